"""A rule changes with a preview: how many exceptions would open, and how many would end."""

from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.commerce.expectations import overdue
from ...domain.commerce.order_exceptions import SOLVED
from ...domain.security.audit import AuditKind
from ...runtime import actions, rights
from ...runtime.rights import Role
from ..audit import trail
from . import candidates, life, reading
from .constants import CONDITION_LABELS, LIMITS, MILESTONES, PRIORITIES, RULE_KINDS, UNITS

# Orders among which those are looked for that the user may see.
NAMED_FROM = 100
# What the dialog copies from the rule and writes back.
COPIED = (
    "kind",
    "after_kind",
    "then_kind",
    "limit",
    "condition",
    "within",
    "within_unit",
    "working_days",
    "domain",
    "priority",
    "raises_case",
    "queue",
)


class RetailSyncOrderRuleChange(models.TransientModel):
    """Change, activate or switch off a rule, once a manager has seen what that does."""

    _name = "retail.sync.order.rule.change"
    _inherit = ["retail.sync.readable.choice"]
    _description = "Change of an order rule"
    _choices = ("rule_id",)

    rule_id = fields.Many2one("retail.sync.order.rule", required=True, readonly=True, ondelete="cascade")
    mode = fields.Selection(
        [("activate", "Activate"), ("change", "Change"), ("off", "Switch off")], required=True, readonly=True
    )
    kind = fields.Selection(RULE_KINDS, readonly=True)
    after_kind = fields.Selection(MILESTONES, string="After")
    then_kind = fields.Selection(MILESTONES, string="Expected")
    limit = fields.Selection(LIMITS)
    condition = fields.Selection(CONDITION_LABELS)
    within = fields.Integer("Time")
    within_unit = fields.Selection(UNITS, string="Unit")
    working_days = fields.Boolean("Working days")
    domain = fields.Char("Orders")
    priority = fields.Selection(PRIORITIES)
    raises_case = fields.Boolean("Raises a case")
    queue = fields.Char()
    summary = fields.Char(compute="_compute_preview", string="Rule")
    opens = fields.Integer(compute="_compute_preview", string="Would open now")
    ends = fields.Integer(compute="_compute_preview", string="Would end now")
    looked_at = fields.Integer(compute="_compute_preview", string="Orders looked at")
    is_part = fields.Boolean(compute="_compute_preview")
    counted_in = fields.Char(compute="_compute_preview", string="Counted in")
    order_names = fields.Char(compute="_compute_preview", string="For example")

    @api.model
    def _of(self, rule: models.BaseModel, mode: str) -> "RetailSyncOrderRuleChange":
        """Return the dialog about a rule."""
        vals = {name: rule[name] for name in COPIED}
        return self.create({**vals, "rule_id": rule.id, "mode": mode})

    def _changed_rule(self) -> models.BaseModel:
        """Return the rule as it would be, in memory only."""
        self.ensure_one()
        return self.rule_id.sudo().new({name: self[name] for name in COPIED}, origin=self.rule_id.sudo())

    @api.depends(*COPIED, "mode", "rule_id")
    @api.depends_context("lang")
    def _compute_preview(self) -> None:
        for wizard in self:
            rights.require(wizard.rule_id, Role.manager)
            companies = wizard._counted_companies()
            alive = (
                self.env["retail.sync.order.exception"]
                .sudo()
                .search(
                    [
                        ("rule_id", "=", wizard.rule_id.id),
                        ("state", "!=", SOLVED),
                        ("order_id.company_id", "in", companies.ids),
                    ]
                )
            )
            wizard.counted_in = wizard._counted_text(companies)
            wizard.summary = wizard._changed_rule()._words()
            wizard.opens, wizard.ends, wizard.looked_at, wizard.order_names, wizard.is_part = 0, 0, 0, False, False
            if wizard.mode == "off":
                wizard.ends = len(alive)
                continue
            ids, wizard.is_part = candidates.recent(self.env, companies.ids, alive.order_id.ids)
            caused = wizard._caused(ids)
            before = set(alive.order_id.ids)
            new = [order_id for order_id in ids if order_id in caused - before]
            wizard.opens, wizard.ends, wizard.looked_at = len(new), len(before - caused), len(ids)
            # Who may not see an order of their company does not read its number either.
            shown = self.env["sale.order"].browse(new[:NAMED_FROM])._filtered_access("read")[:5]
            wizard.order_names = ", ".join(shown.mapped("name")) or False

    def _counted_companies(self) -> models.BaseModel:
        """Return the companies whose orders are counted: that of the rule, else those that the user has selected."""
        return self.rule_id.company_id or self.env.companies

    def _counted_text(self, companies: models.BaseModel) -> str:
        """Return whose orders are counted, and that the rule is for more of them; "" where it is for no others."""
        if self.rule_id.company_id or not self.env["res.company"].sudo().search_count(
            [("id", "not in", companies.ids)], limit=1
        ):
            return ""
        names = ", ".join(companies.mapped("name"))
        return self.env._("Orders of %s. The rule itself checks the orders of all companies.", names)

    def _caused(self, order_ids: list[int]) -> set[int]:
        """Return those of the orders that the rule, as it would be, makes exceptions now."""
        rule = self._changed_rule()
        rule._refuse_hidden_fields(self.env)
        asked = [reading.Asked(rule._pure(), rule._order_domain())]
        env = self.env(su=True)
        found: set[int] = set()
        for start in range(0, len(order_ids), candidates.PAGE):
            seen = reading.watches(env, order_ids[start : start + candidates.PAGE], asked)
            now = fields.Datetime.now()
            found |= {order_id for (order_id, _rule_id), due in seen.items() if overdue(due, now)}
        return found

    def action_preview(self) -> dict[str, Any]:
        """Show the dialog again with the counts for what was entered."""
        self.ensure_one()
        rights.require(self.rule_id, Role.manager)
        return actions.dialog(self.env._("Change the rule"), self)

    def action_apply(self) -> dict[str, Any]:
        """Write the change and evaluate orders by it, in batches in the background.

        :raises UserError: the rule was switched on or off meanwhile
        """
        self.ensure_one()
        rule = rights.require(self.rule_id, Role.manager)
        if rule.active == (self.mode == "activate"):
            raise UserError(self.env._("Another user changed this rule meanwhile. Close the dialog and open it again."))
        if self.mode == "off":
            rule.write({"active": False})
            life.end_of_rules(self.env, rule, fields.Datetime.now())
            self.env["retail.sync.expectation"].sudo().search([("rule_id", "=", rule.id)]).unlink()
        else:
            self._changed_rule()._refuse_hidden_fields(self.env)
            rule.write({**{name: self[name] for name in COPIED}, "active": True})
            self.env["retail.sync.order_exceptions.jobs"]._queue()
        trail.add(
            self.env,
            AuditKind.OWNERSHIP,
            model=rule._name,
            res_ids=rule.ids,
            details={"mode": self.mode, "opens": self.opens, "ends": self.ends},
        )
        return actions.close()
