import ast
from datetime import timedelta
from typing import Any

from odoo import api, fields, models
from odoo.api import Environment
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...domain.commerce.conditions import CONDITIONS
from ...domain.commerce.expectations import Rule
from ...domain.commerce.order_exceptions import IGNORED, OPEN
from ...runtime import actions, rights
from ...runtime.erasure import Erasure
from ...runtime.rights import Role
from . import order_filter
from .constants import CONDITION_LABELS, LIMITS, MILESTONES, PRIORITIES, RULE_KINDS, UNITS

# What decides which orders are exceptions: changed with a preview only, while the rule is active.
DECIDING = frozenset(
    ("kind", "after_kind", "then_kind", "limit", "condition", "within", "within_unit", "working_days", "domain")
) | {"company_id", "active", "code"}


class RetailSyncOrderRule(models.Model):
    """What makes an order an exception: after A, B within a time; or a condition that must not last."""

    _name = "retail.sync.order.rule"
    _description = "Order rule"
    _erasure = Erasure(why="Configuration.")
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="The cause in words; order exceptions are grouped by it.")
    code = fields.Char(
        required=True,
        copy=False,
        help="Short name without blanks. It is part of the key of each case, and stays as it is.",
    )
    active = fields.Boolean(default=False, copy=False, help="Whether orders are checked by this rule.")
    sequence = fields.Integer(default=100)
    company_id = fields.Many2one("res.company", help="Only orders of this company. Empty: all.")
    kind = fields.Selection(RULE_KINDS, required=True, default="expectation")
    after_kind = fields.Selection(MILESTONES, string="After", default="confirmed")
    then_kind = fields.Selection(MILESTONES, string="Expected", default="shipped")
    limit = fields.Selection(LIMITS, required=True, default="span")
    condition = fields.Selection(CONDITION_LABELS)
    within = fields.Integer(
        default=0, string="Time", help="Time that may pass before it is an exception; 0: it is one at once."
    )
    within_unit = fields.Selection(UNITS, required=True, default="days", string="Unit")
    working_days = fields.Boolean("Working days", help="Only working days of the company's calendar count.")
    domain = fields.Char("Orders", default="[]", help="Which orders the rule is for.")
    priority = fields.Selection(
        PRIORITIES, required=True, default="medium", help="The least priority; valuable customers raise it."
    )
    by_value = fields.Boolean(
        "Priority by value", default=True, help="Raise the priority by the thresholds in the settings."
    )
    raises_case = fields.Boolean("Raises a case", help="Whether the service desk of connected platforms gets a case.")
    queue = fields.Char(help="Name of the queue on the platform that gets the cases.")
    notify_group_id = fields.Many2one(
        "res.groups", string="Notify", help="Members of this group are notified about new exceptions."
    )
    next_step = fields.Text("What to do", translate=True, help="What the person who sees the exception should do.")
    summary = fields.Char(compute="_compute_summary", string="Rule")
    exception_ids = fields.One2many("retail.sync.order.exception", "rule_id", readonly=True)
    open_count = fields.Integer(compute="_compute_counts", string="Open")
    waiting_count = fields.Integer(compute="_compute_counts", string="Expected later")

    _code_unique = models.UniqueIndex("(lower(code))", "Another rule has this code. Enter a code of its own.")
    _within_sign = models.Constraint("CHECK (within >= 0)", "The time is negative. Enter 0 or more.")

    # -- in words

    @api.depends("kind", "after_kind", "then_kind", "limit", "condition", "within", "within_unit", "working_days")
    @api.depends_context("lang")
    def _compute_summary(self) -> None:
        for rule in self:
            rule.summary = rule._words()

    def _words(self) -> str:
        """Return the rule as one sentence."""
        self.ensure_one()
        labels = {name: dict(self._fields[name]._description_selection(self.env)) for name in _SELECTIONS}
        time = self._time_words()
        if self.kind == "condition":
            what = labels["condition"].get(self.condition, "")
            return self.env._("%(what)s for more than %(time)s", what=what, time=time) if time else what
        then = labels["then_kind"].get(self.then_kind, "")
        if self.limit == "promise":
            if time:
                return self.env._("%(then)s no later than %(time)s after the promised date", then=then, time=time)
            return self.env._("%(then)s before the promised date", then=then)
        after = labels["after_kind"].get(self.after_kind, "")
        return self.env._("After %(after)s, %(then)s within %(time)s", after=after, then=then, time=time or "0")

    def _time_words(self) -> str:
        if not self.within:
            return ""
        if self.within_unit == "hours":
            return self.env._("%s hours", self.within)
        return self.env._("%s working days", self.within) if self.working_days else self.env._("%s days", self.within)

    def _compute_counts(self) -> None:
        found = self.env["retail.sync.order.exception"]._read_group(
            [("rule_id", "in", self.ids), ("state", "=", OPEN)], ["rule_id"], ["__count"]
        )
        waiting = self.env["retail.sync.expectation"]._read_group(
            [("rule_id", "in", self.ids), ("state", "=", "waiting")], ["rule_id"], ["__count"]
        )
        opened, expected = dict(found), dict(waiting)
        for rule in self:
            rule.open_count = opened.get(rule, 0)
            rule.waiting_count = expected.get(rule, 0)

    # -- how it is evaluated

    def _pure(self) -> Rule:
        """Return the rule as the domain evaluates it."""
        self.ensure_one()
        span = timedelta(**{self.within_unit: self.within})
        is_expectation = self.kind == "expectation"
        return Rule(
            self.id or self._origin.id,
            self.code or "",
            self.kind,
            after=(self.after_kind or "") if is_expectation else "",
            then=(self.then_kind or "") if is_expectation else "",
            condition="" if is_expectation else self.condition or "",
            within=span,
            working_days=self.working_days,
            until_promise=is_expectation and self.limit == "promise",
        )

    def _order_domain(self) -> Domain:
        """Return the domain of the orders that the rule is for.

        :raises ValidationError: what was entered is no domain of orders
        """
        self.ensure_one()
        try:
            # No code: a rule is entered by a person, and evaluated with the rights of the system.
            domain = Domain(ast.literal_eval(self.domain or "[]"))
            domain.validate(self.env["sale.order"])
        except (ValueError, SyntaxError, TypeError, AssertionError) as error:
            raise ValidationError(
                self.env._("%s: the orders are no valid filter. Choose them again.", self.name)
            ) from error
        if self.company_id:
            domain &= Domain("company_id", "=", self.company_id.id)
        return domain

    def _refuse_hidden_fields(self, env: Environment) -> None:
        """Check that the user of env may read each field that the filter of orders asks for.

        The filter is evaluated with the rights of the system. Without this check, the counts of a preview would tell
        what stands in a field that is hidden from the user, such as a secret of a connection.

        :raises ValidationError: one of the fields is hidden from the user
        """
        if env.su:
            return
        for rule in self:
            hidden = order_filter.hidden_fields(env, rule._order_domain())
            if hidden:
                raise ValidationError(
                    env._("%s: the orders are no valid filter. Choose them again.", rule.name) + f" ({hidden[0]})"
                )

    # -- checks

    @api.constrains("kind", "after_kind", "then_kind", "condition", "limit")
    def _check_complete(self) -> None:
        for rule in self:
            if rule.kind == "condition" and rule.condition not in CONDITIONS:
                raise ValidationError(self.env._("%s: choose the condition.", rule.name))
            if rule.kind == "expectation" and not (rule.then_kind and (rule.after_kind or rule.limit == "promise")):
                raise ValidationError(self.env._("%s: choose both milestones.", rule.name))
            if rule.kind == "expectation" and rule.limit == "span" and rule.after_kind == rule.then_kind:
                raise ValidationError(self.env._("%s: the two milestones are the same.", rule.name))

    @api.constrains("domain")
    def _check_domain(self) -> None:
        for rule in self:
            rule._order_domain()

    @api.constrains("code")
    def _check_code(self) -> None:
        for rule in self:
            if not rule.code.replace("_", "").isalnum() or not rule.code.isascii():
                raise ValidationError(
                    self.env._("%s: the code has letters without accents, digits and underscores only.", rule.name)
                )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> "RetailSyncOrderRule":
        if not self.env.su:
            vals_list = [{**rights.without_managed(self, vals), "active": False} for vals in vals_list]
        rules = super().create(vals_list)
        # Not as a constraint: Odoo checks those with the rights of the system.
        rules._refuse_hidden_fields(self.env)
        return rules

    def write(self, vals: dict[str, Any]) -> bool:
        """Keep what decides about orders of an active rule: that changes with a preview, see action_change.

        :raises UserError: the rule is active, or has exceptions that carry its code
        """
        rights.refuse_managed(self, vals)
        if not self.env.su:
            changed = DECIDING & vals.keys()
            if "active" in changed or (changed and any(self.mapped("active"))):
                raise UserError(
                    self.env._(
                        "This rule checks orders. Press Change: you see how many exceptions would open or end before "
                        "anything happens."
                    )
                )
            if "code" in changed and self.sudo().exception_ids:
                raise UserError(self.env._("The code is part of the key of cases that exist. It stays as it is."))
        result = super().write(vals)
        if "domain" in vals:
            self._refuse_hidden_fields(self.env)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_without_exceptions(self) -> None:
        if self.sudo().with_context(active_test=False).exception_ids:
            raise UserError(
                self.env._(
                    "This rule has order exceptions, which are kept. Switch the rule off instead of deleting it."
                )
            )

    # -- buttons

    def action_change(self) -> dict[str, Any]:
        """Open the dialog that previews a change, or the activation, of the rule."""
        return self._preview("change" if self.active else "activate")

    def action_switch_off(self) -> dict[str, Any]:
        """Open the dialog that switches the rule off and ends its exceptions."""
        return self._preview("off")

    def _preview(self, mode: str) -> dict[str, Any]:
        self.ensure_one()
        rights.require(self, Role.manager)
        wizard = self.env["retail.sync.order.rule.change"]._of(self, mode)
        return actions.dialog(self.env._("Change the rule"), wizard)

    def action_exceptions(self) -> dict[str, Any]:
        """Open the exceptions of this rule that a person has to deal with."""
        self.ensure_one()
        self.check_access("read")
        return actions.list_of(
            self.env,
            "retail_sync.action_order_exception",
            [("rule_id", "=", self.id), ("state", "in", [OPEN, IGNORED])],
        )

    def action_expectations(self) -> dict[str, Any]:
        """Open what this rule expects of orders."""
        self.ensure_one()
        self.check_access("read")
        return actions.list_of(self.env, "retail_sync.action_expectation", [("rule_id", "=", self.id)])


_SELECTIONS = ("after_kind", "then_kind", "condition")
