from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

from ...runtime import actions


class RetailSyncAssign(models.TransientModel):
    _name = "retail.sync.assign"
    _description = "Assign exceptions"

    message_ids = fields.Many2many("retail.sync.message", readonly=True)
    count = fields.Integer(compute="_compute_count", string="Exceptions")
    user_id = fields.Many2one(
        "res.users",
        string="Assign to",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        help="The user who works on these exceptions. Leave empty to remove the assignment.",
    )

    def _compute_count(self) -> None:
        for wizard in self:
            wizard.count = len(wizard.message_ids)

    def action_apply(self) -> Any:
        self.message_ids._assign(self.user_id)
        return actions.close()


class RetailSyncIgnore(models.TransientModel):
    _name = "retail.sync.ignore"
    _description = "Ignore exceptions"

    message_ids = fields.Many2many("retail.sync.message", readonly=True)
    count = fields.Integer(compute="_compute_count", string="Records")
    reason = fields.Char(help="Tells colleagues why this was left out, e.g. 'test account'.")

    def _compute_count(self) -> None:
        for wizard in self:
            wizard.count = len(wizard.message_ids)

    def action_apply(self) -> Any:
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Enter a reason: it tells colleagues why this was left out."))
        self.message_ids.action_ignore(self.reason.strip())
        return actions.close()
