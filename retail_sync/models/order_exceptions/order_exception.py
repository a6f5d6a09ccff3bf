from datetime import datetime
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...domain.commerce.order_exceptions import IGNORED, OPEN, SOLVED
from ...domain.security.audit import AuditKind
from ...runtime import actions, rights
from ...runtime.erasure import Erasure
from ...runtime.rights import Role
from ..audit import trail
from .constants import PRIORITIES, STATES

# Why an exception ended, as a code; sentences are made of it in the language of who reads.
CLOSINGS = [
    ("cause_gone", "The cause is gone"),
    ("ignored", "Ignored by a person"),
    ("rule_off", "The rule was switched off"),
]


class RetailSyncOrderException(models.Model):
    """One occurrence of the cause of a rule in an order; it opens once and ends when the cause is gone."""

    _name = "retail.sync.order.exception"
    _inherit = ["retail.sync.business.access"]
    _description = "Order exception"
    _erasure = Erasure(
        unset=("partner_id", "contact_id"),
        quotes=("ignore_reason", "detail"),
    )
    _order = "priority_rank desc, due_at, id"
    _business_fields = (("sale.order", "order_id"),)

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    rule_id = fields.Many2one(
        "retail.sync.order.rule", string="Cause", required=True, readonly=True, ondelete="restrict", index=True
    )
    rule_code = fields.Char(required=True, readonly=True)
    ordinal = fields.Integer(
        required=True, readonly=True, aggregator=None, help="Counts the occurrences of the cause in this order."
    )
    key = fields.Char(required=True, readonly=True, index=True)
    state = fields.Selection(STATES, required=True, readonly=True, default=OPEN)
    priority = fields.Selection(PRIORITIES, required=True, readonly=True, default="medium")
    priority_rank = fields.Integer(compute="_compute_priority_rank", store=True, aggregator=None)
    opened_at = fields.Datetime("Opened", required=True, readonly=True)
    since = fields.Datetime(readonly=True, help="When the time began to run, or the cause arose.")
    due_at = fields.Datetime("Was due", readonly=True)
    solved_at = fields.Datetime("Ended", readonly=True)
    closing = fields.Selection(CLOSINGS, readonly=True, string="Why it ended")
    detail = fields.Char(readonly=True, help="The document or the reason, as the rule found it.")
    why = fields.Char(compute="_compute_why", string="What happened")
    next_step = fields.Text(related="rule_id.next_step", string="What to do")
    user_id = fields.Many2one("res.users", string="Assigned to", readonly=True, ondelete="set null")
    ignore_reason = fields.Char("Reason for ignoring", readonly=True)
    ignored_by = fields.Many2one("res.users", string="Ignored by", readonly=True, ondelete="set null")
    ignored_at = fields.Datetime("Ignored", readonly=True)
    earlier_id = fields.Many2one(
        "retail.sync.order.exception", string="Earlier exception", readonly=True, ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="set null", index="btree_not_null"
    )
    contact_id = fields.Many2one("res.partner", readonly=True, ondelete="set null", index="btree_not_null")
    picking_id = fields.Many2one(
        "stock.picking", string="Shipment", readonly=True, ondelete="set null", index="btree_not_null"
    )
    return_picking_id = fields.Many2one(
        "stock.picking", string="Return", readonly=True, ondelete="set null", index="btree_not_null"
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    raises_case = fields.Boolean(readonly=True, string="Case")
    queue = fields.Char(readonly=True)

    _one_per_occurrence = models.UniqueIndex("(order_id, rule_code, ordinal)")
    # At most one of a cause is alive: without it, two evaluations at once could each open their own.
    _one_alive = models.UniqueIndex("(order_id, rule_code) WHERE state IN ('open', 'ignored')")
    _open_idx = models.Index("(rule_id, due_at) WHERE state = 'open'")

    @api.depends("priority")
    def _compute_priority_rank(self) -> None:
        ranks = {name: rank for rank, (name, _label) in enumerate(PRIORITIES)}
        for exception in self:
            exception.priority_rank = ranks.get(exception.priority, 0)

    @api.depends("order_id", "rule_id")
    def _compute_display_name(self) -> None:
        for exception in self:
            exception.display_name = f"{exception.order_id.display_name}: {exception.rule_id.display_name}"

    @api.depends("rule_id", "detail", "due_at")
    @api.depends_context("lang", "tz")
    def _compute_why(self) -> None:
        for exception in self:
            exception.why = exception._sentence()

    def _sentence(self) -> str:
        """Return what happened, in the language of the environment."""
        self.ensure_one()
        words = self.rule_id.summary or self.rule_id.name or ""
        if self.rule_id.kind == "expectation":
            words = self.env._("Expected: %s", words)
        when = format_datetime(self.env, self.due_at, dt_format="short") if self.due_at else ""
        parts = [words, self.env._("due %s", when) if when else "", self._detail_text()]
        return " · ".join(filter(None, parts))

    def _detail_text(self) -> str:
        if self.rule_id.condition == "address":
            labels = {
                "street": self.env._("street"),
                "city": self.env._("city"),
                "zip": self.env._("postal code"),
                "state": self.env._("state"),
                "country": self.env._("country"),
            }
            names = [labels.get(name, name) for name in (self.detail or "").split(", ") if name]
            return self.env._("missing: %s", ", ".join(names)) if names else ""
        return self.detail or ""

    def _closing_text(self) -> str:
        """Return why the exception ended; "" while it is open."""
        self.ensure_one()
        if self.state == OPEN:
            return ""
        if self.ignore_reason:
            return self.env._("Ignored in Odoo: %s", self.ignore_reason)
        if self.closing == "rule_off":
            return self.env._("The rule was switched off.")
        return self.env._("The cause is gone.")

    # -- the end

    def _solve(self, now: datetime, closing: str = "cause_gone") -> None:
        """End exceptions whose cause is gone."""
        if not self:
            return
        ignored = self.filtered(lambda exception: exception.state == IGNORED)
        ended = {"state": SOLVED, "solved_at": now}
        ignored.write(ended)
        (self - ignored).write({**ended, "closing": closing})

    def action_ask_ignore(self) -> dict[str, Any]:
        """Open the dialog that asks why these exceptions are ignored."""
        rights.require(self, Role.operator)
        wizard = self.env["retail.sync.order.ignore"].create({"exception_ids": self.ids})
        return actions.dialog(self.env._("Ignore"), wizard)

    def action_ignore(self, reason: str) -> None:
        """Leave open exceptions alone until their cause has gone and comes again.

        :raises UserError: the reason is missing, or none of them is open
        """
        exceptions = rights.require(self, Role.operator).filtered(lambda exception: exception.state == OPEN)
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Enter a reason: it tells colleagues why nothing is done about it."))
        if not exceptions:
            raise UserError(self.env._("None of the selected exceptions is open."))
        exceptions.write(
            {
                "state": IGNORED,
                "closing": "ignored",
                "ignore_reason": reason,
                "ignored_by": self.env.uid,
                "ignored_at": fields.Datetime.now(),
            }
        )
        for company, same in exceptions.grouped("company_id").items():
            trail.add(
                self.env,
                AuditKind.DECISION,
                model=self._name,
                res_ids=same.ids,
                company=company,
                reason=reason,
                details={"decision": "ignore"},
            )

    def action_take(self) -> None:
        """Assign exceptions to the user."""
        rights.require(self, Role.operator).write({"user_id": self.env.uid})

    def action_open_order(self) -> dict[str, Any]:
        """Open the order."""
        self.ensure_one()
        self.check_access("read")
        return actions.open_record(self.order_id)

    # -- for the overview

    @api.model
    def _overview(self) -> dict[str, Any]:
        """Return what the overview shows of orders; each number is the length of the list that it opens.

        causes: [{rule_id, title, next_step, count, since}] of rules with open exceptions, most of them first; overdue,
        waiting: expectations of orders; failing: orders that cannot be evaluated, retry_at: when that is tried again.
        Counted by indexes of what is open, whatever there was before.
        """
        rows = self._read_group([("state", "=", OPEN)], ["rule_id"], ["__count", "due_at:min"], order="__count DESC")
        expectations = self.env["retail.sync.expectation"]
        expected = dict(
            expectations._read_group(expectations._shown_domain("overdue", "waiting"), ["state"], ["__count"])
        )
        return {
            "causes": [
                {
                    "rule_id": rule.id,
                    "title": rule.display_name,
                    "next_step": rule.next_step or "",
                    "count": count,
                    "since": fields.Datetime.to_string(since) if since else None,
                }
                for rule, count, since in rows
            ],
            "overdue": expected.get("overdue", 0),
            "waiting": expected.get("waiting", 0),
            **self.env["retail.sync.milestone.look"]._overview(),
        }
