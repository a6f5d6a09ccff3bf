from collections.abc import Collection, Iterable
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical.returns import RETURN
from ..outbox.change_source import ChangeSource
from ..shipment.entity import CUSTOMERS, MOVES
from ..shipment.values import customer_of
from . import values

# Milestones of an order that change the state of its returns, and that no row of a return or of a credit note tells.
_FROM_JOURNAL = ("inspected", "refund_approved", "refund_failed", "refund_paid")


class RetailSyncEntityReturn(models.AbstractModel):
    """Transfers that take goods back from a customer, known by the moves whose goods come back."""

    _name = "retail.sync.entity.return"
    _inherit = ["retail.sync.document.entity"]
    _description = "Returns in Odoo"

    _entity = RETURN.name
    _res_model = "stock.picking"
    _history_date = "scheduled_date"
    _own_columns = {
        "name": ("number",),
        "state": ("state", "received_at", "lines"),
        "partner_id": ("customer",),
        "sale_id": ("order", "customer"),
        "date_done": ("received_at",),
    }

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        """Return what comes back from a customer. The transfer of a return's backorder names no return itself."""
        return super()._export_domain(stream) & Domain(
            [
                ("location_id.usage", "=", "customer"),
                ("move_ids.origin_returned_move_id", "!=", False),
                ("state", "not in", ("draft", "cancel")),
            ]
        )

    @api.model
    def _history_open(self) -> Domain:
        return Domain("state", "not in", ("draft", "done", "cancel"))

    @api.model
    def _customers(self, records: models.BaseModel) -> dict[int, models.BaseModel]:
        return {picking.id: customer_of(picking) for picking in records}

    @api.model
    def _reason_texts(self, picking_ids: Iterable[int]) -> dict[int, str]:
        """Hook: return {transfer id: why goods come back}. Odoo itself asks for no reason."""
        return {}

    @api.model
    def _document_values(self, records: models.BaseModel, wanted: Collection[str]) -> dict[int, dict[str, Any]]:
        return values.of_returns(self.env, records, self._reason_texts(records.ids))

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        return [
            *super()._change_sources(),
            MOVES,
            CUSTOMERS,
            # The refund: credit notes of the order lines that came back.
            ChangeSource(
                "account_move",
                "id",
                ("state", "payment_state", "amount_residual", "name"),
                "stock.picking",
                ("refund", "refund_open", "credit_notes"),
                hops=(
                    ("account_move_line", "move_id", "id"),
                    ("sale_order_line_invoice_rel", "invoice_line_id", "order_line_id"),
                    ("stock_move", "sale_line_id", "picking_id"),
                ),
                conditions=(("move_type", ("out_refund",)),),
            ),
            # What the provider says of a refund, and what other transfers do with the goods, is in the journal of the
            # order. Its returns are the transfers whose moves return others of its lines.
            ChangeSource(
                "retail_sync_milestone",
                "res_id",
                ("kind",),
                "stock.picking",
                ("state", "result"),
                hops=(
                    ("sale_order_line", "order_id", "id"),
                    ("stock_move", "sale_line_id", "id"),
                    ("stock_move", "origin_returned_move_id", "picking_id"),
                ),
                conditions=(("res_model", ("sale.order",)), ("kind", _FROM_JOURNAL)),
            ),
        ]
