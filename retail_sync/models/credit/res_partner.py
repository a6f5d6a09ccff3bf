from collections.abc import Collection
from typing import Any

from odoo import api, fields, models

from . import credit_status, rollups

CREDIT_STATES = [("ok", "OK"), ("near_limit", "Near limit"), ("hold", "Hold")]
STATE_GROUPS = (
    "account.group_account_invoice,account.group_account_readonly,"
    "sales_team.group_sale_salesman,retail_sync.group_operator,retail_sync.group_auditor"
)
AMOUNT_GROUPS = (
    "account.group_account_invoice,account.group_account_readonly,"
    "sales_team.group_sale_manager,retail_sync.group_steward,retail_sync.group_auditor"
)


class ResPartner(models.Model):
    """Show the credit of a customer as the platforms receive it."""

    _inherit = "res.partner"

    sync_credit_state = fields.Selection(
        CREDIT_STATES,
        string="Credit state",
        compute="_compute_sync_credit",
        compute_sudo=True,
        groups=STATE_GROUPS,
        help="Hold: the customer is blocked, over the limit, or has overdue invoices. Platforms show the same state.",
    )
    sync_credit_reason = fields.Char(
        string="Credit reason", compute="_compute_sync_credit", compute_sudo=True, groups=STATE_GROUPS
    )
    sync_amount_due = fields.Monetary(
        string="Amount due",
        compute="_compute_sync_credit",
        compute_sudo=True,
        currency_field="sync_credit_currency_id",
        groups=AMOUNT_GROUPS,
        help="Amount that the whole company owes on posted entries.",
    )
    sync_overdue_amount = fields.Monetary(
        string="Overdue",
        compute="_compute_sync_credit",
        compute_sudo=True,
        currency_field="sync_credit_currency_id",
        groups=AMOUNT_GROUPS,
        help="Part of the amount due whose due date has passed.",
    )
    sync_credit_currency_id = fields.Many2one(
        "res.currency", compute="_compute_sync_credit", compute_sudo=True, groups=AMOUNT_GROUPS
    )

    def _retail_sync_commercial(self) -> dict[int, dict[str, Any]]:
        """Return {partner id: values that Odoo alone decides}, in the current company.

        The values belong to the commercial entity: credit_limit (None without a limit), amount_due, overdue_amount (in
        the company's currency), credit_state, credit_reason (a code of domain/credit/credit_state.py), payment_terms,
        tax_class, vat_status, account_block, block_reason and block_until (YYYY-MM-DD). The number of queries does not
        depend on the number of partners.
        """
        return credit_status.values(self.env, self)

    def _retail_sync_rollups(self, names: Collection[str]) -> dict[int, dict[str, Any]]:
        """Return {partner id: roll-ups of its commercial entity} in the current company; see `rollups.values`.

        :param names: those that are asked for; each group of them costs a query
        """
        return rollups.values(self.env, self, names)

    @api.depends_context("company", "lang")
    def _compute_sync_credit(self) -> None:
        values = self._origin._retail_sync_commercial()
        reasons = {commercial["credit_reason"] for commercial in values.values()}
        texts = {reason: credit_status.reason_text(self.env, reason) for reason in reasons}
        for partner in self:
            commercial = values.get(partner._origin.id, {})
            partner.sync_credit_state = commercial.get("credit_state", False)
            partner.sync_credit_reason = texts.get(commercial.get("credit_reason"), False)
            partner.sync_amount_due = commercial.get("amount_due", 0.0)
            partner.sync_overdue_amount = commercial.get("overdue_amount", 0.0)
            partner.sync_credit_currency_id = self.env.company.currency_id
