from collections.abc import Collection, Mapping
from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ..credit.constants import BLOCK_NAMES, CREDIT_NAMES
from ..outbox.change_source import ChangeSource
from . import evaluation, fact_holds, looks, settings
from .change_sources import MODEL, order_sources

# What is reported of an order where no entity of its own names its values.
NAMES = ("stage",)


class RetailSyncMilestoneKeeper(models.AbstractModel):
    """Keep the milestone journal of orders: informed of their changes, and of customers who are blocked or released."""

    _name = "retail.sync.milestone.keeper"
    _inherit = ["retail.sync.journal"]
    _description = "Keeper of the milestone journal"
    _watches = (MODEL, "res.partner")

    @api.model
    def _is_kept(self) -> bool:
        return settings.is_kept(self.env)

    @api.model
    def _names(self) -> set[str]:
        """Return the names of values of an order that may change with its milestones."""
        return {name for source in self._order_sources() for name in source.names}

    @api.model
    def _order_sources(self) -> list[ChangeSource]:
        """Return the sources of orders; where an entity declares the same ones, with its names.

        A source with the same names has the same trigger: the journal costs none beside those of the streams.
        """
        declared = {
            _shape(source): source
            for entity in self.env["retail.sync.entity"]._all().values()
            if entity._res_model == MODEL
            for source in entity._change_sources()
        }
        return [declared.get(_shape(source), source) for source in order_sources(self.env, NAMES)]

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        # A block or a credit hold of the customer holds its orders.
        names = {"account_block", "credit_state"}
        customers = [
            source
            for source in self.env["retail.sync.entity.customer"]._change_sources()
            if names & set(source.names) and set(source.names) <= {*BLOCK_NAMES, *CREDIT_NAMES, "credit_limit"}
        ]
        return [*self._order_sources(), *customers]

    @api.model
    def _note_changes(self, model: str, changes: Mapping[int, set[str]]) -> None:
        if model == MODEL:
            evaluation.evaluate(self.env, changes)
            return
        stopping = {"account_block", "account_block_until", "credit_state"}
        partners = [partner_id for partner_id, names in changes.items() if names & stopping]
        if orders := self._orders_of(partners):
            # As changes of their own: they are evaluated with whatever else happens to these orders.
            self.env["retail.sync.change"]._raise(MODEL, orders, self._names())

    @api.model
    def _orders_of(self, partner_ids: list[int]) -> list[int]:
        """Return the orders of these customers whose holds are not those that the journal says.

        An invoice changes the credit of its customer, and most changes stop or release nothing.
        """
        if not partner_ids:
            return []
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT sale.id, ARRAY(%(standing)s) FROM (SELECT DISTINCT own.id, own.state FROM res_partner changed"
                " JOIN res_partner member ON member.commercial_partner_id = changed.commercial_partner_id"
                # One index after the other: PostgreSQL would not use both for an "or".
                " CROSS JOIN LATERAL (SELECT id, state FROM sale_order WHERE partner_id = member.id"
                " UNION SELECT id, state FROM sale_order WHERE partner_invoice_id = member.id) own"
                " WHERE changed.id = ANY(%(partners)s)) sale WHERE %(stoppable)s",
                standing=fact_holds.STANDING,
                partners=partner_ids,
                stoppable=fact_holds.stoppable(self.env),
            )
        )
        held = {order_id: set(standing) for order_id, standing in rows}
        stops = fact_holds.stops(self.env, held)
        # Reason by reason: of two, one may have gone.
        return sorted(
            order_id
            for order_id, standing in held.items()
            if standing != {f"{stop.kind}:{stop.partner.id}" for stop in stops.get(order_id, ())}
        )

    @api.model
    def _note_late(self, picking_ids: Collection[int]) -> None:
        """Hook: shipments became late by time alone; nothing was written that the capture sees."""

    @api.model
    def _evaluate_again(self, order_ids: Collection[int]) -> None:
        """Hook: evaluate what follows from the journals of orders, for orders whose evaluation failed before."""

    @api.model
    def _note_failed(self, model: str, res_id: int, error: Exception) -> None:
        if model == MODEL:
            looks.note_failure(self.env, res_id, error)


def _shape(source: ChangeSource) -> ChangeSource:
    """Return a source without its names: what it watches."""
    return replace(source, names=())
