from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import psycopg2

from odoo import api, models

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.canonical.kind_decimal import exact
from ...domain.canonical.kinds import Amount, to_json
from ...domain.canonical.schema import PART_MAIN
from ...domain.commerce.intake_changes import not_confirmed
from ...runtime import error_texts
from ...runtime.halving import halve
from ..mapping.item import Outcome
from . import values
from .checks import ENDED, PLANS, Plan, check_page, fault_of, plan_of
from .faults import IntakeFault
from .sale_order import OFFERED

# What the platform reads for the states of an order.
STATES = {"draft": "Quotation", "sent": "Quotation sent", "sale": "Order", "cancel": "Cancelled"}

# Outcomes of known records that were compared and are written.
REACHED = (Outcome.updated, Outcome.unchanged, Outcome.linked)


class RetailSyncEntityIncomingOrder(models.AbstractModel):
    """Sales of a platform in Odoo: a quotation or an order each, made of the whole tree or not at all.

    The platform's values are not held by columns of their own: the base of the link says what the order was made of,
    and so stands for Odoo's side in comparisons. Number, state, total and page of the order go back.
    """

    _name = "retail.sync.entity.incoming_order"
    _inherit = ["retail.sync.entity"]
    _description = "Incoming orders in Odoo"

    _entity = "incoming_order"
    _res_model = "sale.order"
    _title_field = "title"
    _checks_items = True

    @api.model
    def _columns(self) -> dict[str, tuple[str, ...]]:
        return {
            "quote_number": ("name",),
            "quote_state": ("state",),
            "quote_total": ("amount_total",),
            "quote_url": ("name",),
        }

    @api.model
    def _header_references(self) -> dict[str, Any]:
        """Return none: no column follows a reference alone. The record is read again as a whole when one comes."""
        return {}

    @api.model
    def _can_wait(self, reference: Any) -> bool:
        return False

    @api.model
    def _exportable(
        self, stream: models.BaseModel, res_ids: Collection[int], ordered: Collection[int] = ()
    ) -> list[int]:
        """Return none: an order that was made in Odoo does not become a sale over there."""
        return []

    # -- into Odoo

    @api.model
    def _check_items(self, stream: models.BaseModel, items: Sequence[Any], ctx: dict[str, Any]) -> None:
        check_page(self.env, stream, items, ctx)

    @api.model
    def _message_vals(self, item: Any) -> dict[str, Any]:
        return {"intake": item.fault.tree if isinstance(item.fault, IntakeFault) else False}

    @api.model
    def _create_records(self, items: list[Any], ctx: dict[str, Any]) -> dict[tuple[str, str], int]:
        plans: dict[str, Plan] = {item.incoming.external_id: ctx[PLANS][item.incoming.external_id] for item in items}
        people = values.salespeople(self.env, plans.values())
        by_company: dict[Any, list[Any]] = defaultdict(list)
        for item in items:
            by_company[plans[item.incoming.external_id].tree.company].append(item)
        created: dict[tuple[str, str], int] = {}
        for company, group in by_company.items():
            trees = [plans[item.incoming.external_id].tree for item in group]
            vals_list = [values.order_vals(tree, people) for tree in trees]
            orders = self._model().with_company(company).create(vals_list)
            orders._note_intake()
            for item, order, vals in zip(group, orders, vals_list, strict=True):
                item.res_id, item.written[order.id] = order.id, vals
                created[(item.incoming.external_id, PART_MAIN)] = order.id
            self._log_notes(orders, trees)
            made = zip(orders, (plans[item.incoming.external_id] for item in group), strict=True)
            self._confirm([(order, plan) for order, plan in made if plan.confirm], ctx)
        return created

    @api.model
    def _log_notes(self, orders: models.BaseModel, trees: Sequence[Any]) -> None:
        """Log on orders what the platform's notes say, and what the checks let pass with a remark: one batch."""
        bodies = {}
        for order, tree in zip(orders, trees, strict=True):
            if tree.credit_hold:
                tree.notes.append(self.env._("The customer is on credit hold: the quotation was not confirmed."))
            texts = [tree.main.get("notes"), *tree.notes]
            if any(texts):
                bodies[order.id] = "\n".join(text for text in texts if text)
        if bodies:
            orders.browse(list(bodies))._message_log_batch(bodies=bodies)

    @api.model
    def _confirm(self, pairs: Sequence[tuple[models.BaseModel, Plan]], ctx: dict[str, Any]) -> None:
        """Confirm orders in a savepoint. One that Odoo refuses stays a quotation with an exception, until it is one."""

        def attempt(part: Sequence[tuple[models.BaseModel, Plan]]) -> None:
            with self.env.cr.savepoint():
                orders = self._model().union(*(order for order, _plan in part))
                orders.sudo().filtered("intake_refused").intake_refused = False
                orders.action_confirm()

        def refused(pair: tuple[models.BaseModel, Plan], error: Exception) -> None:
            (order, plan), text = pair, error_texts.of_error(error)
            order.sudo().intake_refused = True
            plan.tree.item.fault = fault_of(self.env, [not_confirmed(plan.tree.main, text)], plan.tree, ctx)

        halve(pairs, attempt, refused, passes_on=_is_technical)

    @api.model
    def _vals_for_write(self, record: models.BaseModel, values_: dict[str, Any], item: Any, ctx: dict[str, Any]):
        """Return the vals by which an untouched quotation follows its tree; none for what changed beside it."""
        plan = plan_of(item, ctx)
        if plan is None or not plan.tree.follows or plan.tree.order != record:
            return {}
        return values.changed_vals(plan.tree)

    @api.model
    def _before_write(self, changes: dict[int, dict[str, Any]], ctx: dict[str, Any]) -> None:
        result = super()._before_write(changes, ctx)
        self.env["retail.sync.order.decision"]._end(ctx.get(ENDED, ()))
        return result

    @api.model
    def _write_records(self, changes: dict[int, dict[str, Any]], ctx: dict[str, Any]) -> None:
        result = super()._write_records(changes, ctx)
        # Odoo keeps the taxes of lines whose order gets another fiscal position until a person presses a button.
        retaxed = self._model().browse(res_id for res_id, vals in changes.items() if "fiscal_position_id" in vals)
        if retaxed:
            retaxed._recompute_taxes()
        self._model().browse(res_id for res_id, vals in changes.items() if vals)._note_intake()
        self._decide_refused(ctx)
        return result

    @api.model
    def _decide_refused(self, ctx: dict[str, Any]) -> None:
        """Try again to confirm the orders that Odoo refused, without those that a person has taken over."""
        plans = [plan for plan in ctx.get(PLANS, {}).values() if plan.tree.refused]
        reached = [plan for plan in plans if plan.tree.item.outcome in REACHED and plan.tree.order.state in OFFERED]
        for plan in reached:
            if plan.taken_over:
                plan.tree.order.sudo().intake_refused = False
        due = [plan for plan in reached if plan.confirm]
        self._confirm([(plan.tree.order.with_company(plan.tree.company), plan) for plan in due], ctx)
        for plan in due:
            if plan.tree.item.fault is None:
                plan.tree.item.outcome = Outcome.updated

    # -- out of Odoo

    @api.model
    def _local_values(
        self, records: models.BaseModel, ctx: dict[str, Any], bases: Mapping[int, Any]
    ) -> dict[int, dict[str, Any]]:
        fields = self._spec().fields
        remote_names = {name for name, spec in fields.items() if spec.owner == "remote"}
        local = {}
        for order in records:
            base = bases.get(order.id) or {}
            remote_values = {name: base[name] for name in remote_names & base.keys()}
            total = Amount(exact(order.amount_total), order.currency_id.name)
            local[order.id] = {
                **remote_values,
                "quote_number": order.name,
                "quote_state": STATES.get(order.state, order.state),
                "quote_total": to_json(total, "amount", fields["quote_total"].options),
                "quote_url": f"{order.get_base_url()}/odoo/sale.order/{order.id}",
            }
        return local


def _is_technical(error: Exception) -> bool:
    return isinstance(error, (psycopg2.OperationalError, RetryableJobError))
