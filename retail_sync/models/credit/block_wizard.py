from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...runtime import actions


class RetailSyncBlock(models.TransientModel):
    """Block customers, or lift their blocks, with a reason."""

    _name = "retail.sync.block"
    _inherit = ["retail.sync.readable.choice"]
    _description = "Block customers or lift their blocks"
    _choices = ("partner_ids",)

    mode = fields.Selection([("block", "Block"), ("lift", "Lift the block")], required=True, readonly=True)
    partner_ids = fields.Many2many("res.partner", readonly=True, string="Customers", context={"active_test": False})
    count = fields.Integer(compute="_compute_summary")
    current = fields.Text(compute="_compute_summary", string="Current blocks")
    reason = fields.Char(
        help="Users see the reason on each order that they try to confirm, and in the log of the customer."
    )
    until = fields.Date(
        string="Blocked until", help="Last day of the block. If empty, the block lasts until a user lifts it."
    )

    @api.depends("partner_ids")
    def _compute_summary(self) -> None:
        for wizard in self:
            wizard.count = len(wizard.partner_ids)
            holders = {holder.id: holder for holder in wizard.partner_ids._account_blocks().values()}
            wizard.current = "\n".join(holder._account_block_text() for holder in holders.values()) or False

    def _open(self) -> dict[str, Any]:
        self.ensure_one()
        name = self.env._("Block customer") if self.mode == "block" else self.env._("Lift the account block")
        return actions.dialog(name, self, self.env.ref("retail_sync.view_block_form"))

    def action_apply(self) -> dict[str, Any]:
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("The reason is missing. Enter the reason for the change."))
        if self.mode == "lift":
            self.partner_ids._lift_account_block(reason)
            return actions.close()
        today = self.env.company._retail_sync_today()
        if self.until and self.until < today:
            raise UserError(
                self.env._("The end of the block is in the past. Enter %s or later.", format_date(self.env, today))
            )
        self.partner_ids._block_account(reason, self.until)
        return actions.close()
