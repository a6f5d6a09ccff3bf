from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...runtime import actions
from ...runtime.erasure import Erasure
from . import scheduled


class RetailSyncMilestoneLook(models.Model):
    """Keep when time alone will make something true of an order, one row for each such order.

    The schedule reads due rows by their index, so its cost follows from what is due and not from how many orders
    there are. An order whose evaluation failed has a row too, until an evaluation succeeds.
    """

    _name = "retail.sync.milestone.look"
    _inherit = ["retail.sync.business.access"]
    _description = "Next look at an order"
    _erasure = Erasure(why="Holds ids of orders and times.")
    _log_access = False
    _order = "at"
    _rec_name = "order_id"
    _business_fields = (("sale.order", "order_id"),)

    order_id = fields.Integer(string="Id of the order", required=True, readonly=True)
    order_name = fields.Char(compute="_compute_order_name", compute_sudo=True, string="Order")
    at = fields.Datetime(string="Look at", required=True, readonly=True)
    failures = fields.Integer(readonly=True, help="How often the order could not be evaluated since it last could.")
    error = fields.Char(readonly=True, help="Kind of the error at the last failure.")
    since = fields.Datetime(string="Due since", readonly=True, help="When a look was due that has failed since then.")
    next_step = fields.Char(compute="_compute_next_step", string="What happens next")

    _order_uniq = models.UniqueIndex("(order_id)")
    _at_idx = models.Index("(at)")
    _failed_idx = models.Index("(at) WHERE failures > 0")

    @api.depends("order_id")
    def _compute_order_name(self) -> None:
        names = {order.id: order.name for order in self.env["sale.order"].browse(self.mapped("order_id")).exists()}
        for look in self:
            look.order_name = names.get(look.order_id, "")

    @api.depends("failures", "error", "at")
    @api.depends_context("lang", "tz")
    def _compute_next_step(self) -> None:
        for look in self:
            look.next_step = look._failure_text() if look.failures else look._waiting_text()

    def _waiting_text(self) -> str:
        """Return what the look waits for."""
        if self.at <= fields.Datetime.now():
            return self.env._("It is due. Odoo looks at the order with the next run of the schedule, within minutes.")
        return self.env._(
            "A promised date passes then, a shipment counts as delivered, or goods are to be reserved. Odoo looks at "
            "the order automatically and sends what became true."
        )

    def _failure_text(self) -> str:
        """Return what it means that the evaluation of the order fails, and what happens next."""
        self.ensure_one()
        return self.env._(
            "The milestones and rules of this order could not be evaluated (%(error)s, failures so far: %(count)s). "
            "Odoo tries again at %(at)s. Until that succeeds, platforms show an older state of this order. If it keeps "
            "failing, ask an administrator to read the error in the log of the server.",
            error=self.error or "",
            count=self.failures,
            at=format_datetime(self.env, self.at, dt_format="short"),
        )

    def action_open_order(self) -> dict[str, Any]:
        """Open the order."""
        self.ensure_one()
        self.check_access("read")
        order = self.env["sale.order"].browse(self.order_id).exists()
        if not order:
            raise UserError(self.env._("The order no longer exists, so it cannot be opened."))
        order.check_access("read")
        return actions.open_record(order)

    @api.model
    def _of_failing(self, order_ids: list[int]) -> dict[int, "RetailSyncMilestoneLook"]:
        """Return {order id: its look} of those orders whose evaluation fails."""
        found = self.search([("order_id", "in", order_ids), ("failures", ">", 0)])
        return {look.order_id: look for look in found}

    @api.model
    def _overview(self) -> dict[str, Any]:
        """Return what the overview shows: failing, the number of orders whose evaluation fails, and their next try."""
        [(count, at)] = self._read_group([("failures", ">", 0)], [], ["__count", "at:min"])
        return {"failing": count, "retry_at": fields.Datetime.to_string(at) if at else None}

    @api.model
    def _cron_look(self) -> None:
        """Evaluate the orders whose time has come."""
        if not self.env["retail.sync.milestone.keeper"]._is_kept():
            return
        if not scheduled.run(self.env(su=True)):
            self.env.ref("retail_sync.cron_milestones")._trigger()
