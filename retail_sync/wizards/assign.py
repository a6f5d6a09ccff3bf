from odoo import fields, models


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
        help="Who works on these. Empty: nobody.",
    )

    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.message_ids)

    def action_apply(self):
        self.message_ids.write({"user_id": self.user_id.id})
        return {"type": "ir.actions.act_window_close"}
