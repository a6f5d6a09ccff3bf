from typing import Any

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ...domain.commerce.order_exceptions import OPEN
from ...runtime import actions
from .constants import BANNER_GROUPS, PRIORITIES


class SaleOrder(models.Model):
    """What is wrong with an order, on its screens."""

    _inherit = "sale.order"

    sync_exception_note = fields.Html(compute="_compute_sync_exceptions", compute_sudo=True, groups=BANNER_GROUPS)
    sync_exception_count = fields.Integer(
        "Order exceptions", compute="_compute_sync_exceptions", compute_sudo=True, groups=BANNER_GROUPS
    )
    sync_exception_priority = fields.Selection(
        PRIORITIES,
        "Exception",
        compute="_compute_sync_exceptions",
        compute_sudo=True,
        search="_search_sync_exception_priority",
        groups=BANNER_GROUPS,
        help="Priority of the most urgent open exception of the order.",
    )

    @api.depends_context("lang", "tz")
    def _compute_sync_exceptions(self) -> None:
        model = self.env["retail.sync.order.exception"]
        found = model.search(
            [("order_id", "in", self._origin.ids), ("state", "=", OPEN)], order="priority_rank desc, due_at, id"
        ).grouped("order_id")
        failing = self.env["retail.sync.milestone.look"]._of_failing(self._origin.ids)
        for order in self:
            exceptions = found.get(order._origin, model)
            order.sync_exception_count = len(exceptions)
            order.sync_exception_priority = exceptions[:1].priority
            note = exceptions._note()
            if look := failing.get(order._origin.id):
                note += Markup("<div>%s</div>") % look._failure_text()
            order.sync_exception_note = note or False

    @api.model
    def _search_sync_exception_priority(self, operator: str, value: Any) -> Any:
        if operator != "in":
            return NotImplemented
        values = set(value)
        exceptions = self.env["retail.sync.order.exception"].sudo()
        domain = Domain("state", "=", OPEN)
        found = Domain.FALSE
        if chosen := [priority for priority in values if priority]:
            found = Domain(
                "id", "in", exceptions._search(domain & Domain("priority", "in", chosen)).subselect("order_id")
            )
        if not values - {False, None} == values:
            found |= Domain("id", "not in", exceptions._search(domain).subselect("order_id"))
        return found

    def action_sync_exceptions(self) -> dict[str, Any]:
        """Open the exceptions of these orders, ended ones included."""
        self.check_access("read")
        return actions.list_of(
            self.env,
            "retail_sync.action_order_exception",
            [("order_id", "in", self.ids)],
            context={"search_default_open": 0},
        )


class RetailSyncOrderException(models.Model):
    _inherit = "retail.sync.order.exception"

    def _note(self) -> Markup:
        """Return the open exceptions of one order as the lines of its banner: what happened, and what to do."""
        return Markup("").join(
            Markup("<div><strong>%s</strong> %s%s</div>")
            % (
                exception.rule_id.name,
                exception._sentence(),
                Markup("<br/><span class='text-muted'>%s</span>") % exception.next_step if exception.next_step else "",
            )
            for exception in self
        )
