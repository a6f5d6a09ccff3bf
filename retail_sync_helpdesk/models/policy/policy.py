from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.retail_sync.runtime.erasure import Erasure
from odoo.addons.retail_sync.runtime.rights import refuse_managed

from ...domain.service.policy import Policy
from ...domain.service.policy_text import text_of
from .constants import SHIPPING
from .snapshot import policy_from

# Policies that are being saved: their lines make no versions of their own. Any caller can set a context, so the
# transaction holds their ids.
SAVING = "retail_sync.saving_policies"


class RetailSyncPolicy(models.Model):
    """What the shop does for its customers. A change makes a version, and decisions name the version they followed."""

    _name = "retail.sync.policy"
    _description = "Service policy"
    _order = "priority, id"
    _erasure = Erasure(why="Configuration.")

    name = fields.Char(required=True, translate=False)
    active = fields.Boolean(default=True)
    priority = fields.Integer(default=10, help="The policy with the lowest number that fits an order decides.")
    version = fields.Integer(readonly=True, copy=False, help="The version that decides now.")
    version_ids = fields.One2many("retail.sync.policy.version", "policy_id", "Versions", readonly=True, copy=False)

    company_id = fields.Many2one("res.company", index=True, help="Empty: orders of every company.")
    brand = fields.Char(help="Name of the sales team in English: only its orders. Empty: every brand.")
    starts = fields.Date(help="By the date of the order; this day counts. Empty: open.")
    ends = fields.Date(help="By the date of the order; this day counts. Empty: open.")

    takes_returns = fields.Boolean(
        "Takes goods back", default=True, help="Not set: goods come back for a defect alone."
    )
    return_days = fields.Integer("Days of return", default=30, help="After hand-over; the last day counts.")
    warranty_days = fields.Integer("Days of warranty", default=730, help="For defects, after hand-over.")
    category_ids = fields.One2many("retail.sync.policy.category", "policy_id", "Categories", copy=True)
    no_return_category_ids = fields.Many2many(
        "product.category",
        "retail_sync_policy_no_return_rel",
        "policy_id",
        "category_id",
        string="Not returnable",
        help="Goods of these categories, and of all below them, come back for a defect alone.",
    )
    restocking_percent = fields.Float(
        "Restocking fee", digits=(5, 2), help="Percent of the price that is kept of goods without a defect."
    )
    defect_reason_ids = fields.Many2many(
        "retail.sync.reason",
        "retail_sync_policy_defect_rel",
        "policy_id",
        "reason_id",
        string="Defects",
        help="Reasons that make it the shop's fault: the warranty counts, and no fee is kept.",
    )
    at_once_reason_ids = fields.Many2many(
        "retail.sync.reason",
        "retail_sync_policy_at_once_rel",
        "policy_id",
        "reason_id",
        string="Refunded at once",
        help="Reasons for which money goes back before the goods have come back.",
    )
    method_ids = fields.One2many("retail.sync.policy.method", "policy_id", "Ways of paying back", copy=True)
    shipping_refund = fields.Selection(SHIPPING, "Shipping costs go back", required=True, default="full_only")
    shipping_percent = fields.Float(
        string="Shipping costs (%)", digits=(5, 2), default=100.0, help="Percent of paid shipping at most."
    )
    shipping_limited = fields.Boolean("Limit of shipping costs")
    shipping_most = fields.Float("Shipping costs at most", digits=(16, 2), help="In the currency of the order.")
    goodwill_percent = fields.Float("Goodwill", digits=(5, 2), help="Percent of the order's total at most.")
    goodwill_limited = fields.Boolean("Limit of goodwill")
    goodwill_most = fields.Float("Goodwill at most", digits=(16, 2), help="In the currency of the order.")
    machine_action_ids = fields.Many2many(
        "retail.sync.action.kind",
        "retail_sync_policy_machine_rel",
        "policy_id",
        "kind_id",
        string="Machines may",
        domain=[("looks_up", "=", False)],
        help="Service actions that a program may ask for on its own. Empty: it only looks up.",
    )
    customer_days = fields.Integer("Days that are looked at", default=30)
    limit_refunds = fields.Boolean("Limit of refunds")
    customer_refunds = fields.Integer("Refunds of a customer")
    limit_amount = fields.Boolean("Limit of the amount")
    customer_amount = fields.Float("Amount of a customer", digits=(16, 2), help="In the currency of the order.")
    demand_ids = fields.One2many("retail.sync.policy.demand", "policy_id", "Verifications", copy=True)
    refuse_printed = fields.Boolean(
        "Printed counts as on its way", default=True, help="An order with a printed transfer is not cancelled."
    )
    refuse_picked = fields.Boolean(
        "Picked counts as on its way", default=True, help="An order with picked goods is not cancelled."
    )
    cut_ordered = fields.Boolean(
        "Lower what was ordered",
        default=True,
        help="A refund lowers the ordered quantity where nothing is open, so that the goods are not billed again.",
    )

    _percents = models.Constraint(
        "CHECK (restocking_percent BETWEEN 0 AND 100 AND shipping_percent BETWEEN 0 AND 100"
        " AND goodwill_percent BETWEEN 0 AND 100)",
        "A percentage of a policy lies between 0 and 100.",
    )
    _not_negative = models.Constraint(
        "CHECK (return_days >= 0 AND warranty_days >= 0 AND customer_days >= 0 AND customer_refunds >= 0"
        " AND customer_amount >= 0 AND shipping_most >= 0 AND goodwill_most >= 0)",
        "Days and amounts of a policy are not below zero.",
    )
    _days_in_order = models.Constraint("CHECK (starts <= ends)", "A policy starts before it ends.")

    @api.model
    def default_get(self, fields: list[str]) -> dict[str, Any]:
        values = super().default_get(fields)
        if "method_ids" in fields and "method_ids" not in values:
            values["method_ids"] = [(0, 0, {"method": "original"})]
        return values

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        with_method = [vals if vals.get("method_ids") else {**vals, "method_ids": [(0, 0, {})]} for vals in vals_list]
        data = self.env.cr.precommit.data
        outer = data.get(SAVING)
        data[SAVING] = True
        try:
            policies = super().create(with_method)
        finally:
            data[SAVING] = outer
        policies._keep_versions()
        return policies

    def write(self, vals: dict[str, Any]) -> bool:
        refuse_managed(self, vals)
        data = self.env.cr.precommit.data
        outer = data.get(SAVING)
        data[SAVING] = True
        try:
            result: bool = super().write(vals)
        finally:
            data[SAVING] = outer
        if set(vals) != {"version"}:
            self._keep_versions()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self) -> None:
        raise UserError(self.env._("Policies are archived, not deleted: decisions name them."))

    # -- versions

    def _policy(self) -> Policy:
        """Return the policy as its fields are now, with the number of its present version."""
        self.ensure_one()
        return policy_from(self)

    def _keep_versions(self) -> None:
        """Store a version of each policy that is no longer what its last version says."""
        if self.env.cr.precommit.data.get(SAVING):
            return
        rows = []
        for policy in self.sudo():
            try:
                content = text_of(policy._policy())
            except ValueError as error:
                raise UserError(self.env._("The policy cannot be kept: %s", error)) from error
            last = policy.version_ids[:1]
            if not last or last.content != content:
                rows.append(
                    {
                        "policy_id": policy.id,
                        "number": last.number + 1,
                        "content": content,
                        "changed_at": fields.Datetime.now(),
                        "changed_by_id": self.env.uid,
                    }
                )
        for made in self.env["retail.sync.policy.version"].sudo().create(rows):
            made.policy_id.version = made.number
        self.invalidate_recordset(["version_ids"])

    def action_try(self) -> dict[str, Any]:
        """Return the dialog that says which policy decides on an order, and why the others do not."""
        self.env["retail.sync.policy.trial"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which policy decides?"),
            "res_model": "retail.sync.policy.trial",
            "view_mode": "form",
            "target": "new",
        }
