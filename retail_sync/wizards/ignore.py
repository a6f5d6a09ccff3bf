from odoo import fields, models


class RetailSyncIgnore(models.TransientModel):
    _name = "retail.sync.ignore"
    _description = "Ignore exceptions"

    message_ids = fields.Many2many("retail.sync.message", readonly=True)
    count = fields.Integer(compute="_compute_count", string="Records")
    reason = fields.Char(
        required=True, help="Colleagues read this when they wonder why the record is not in Odoo, e.g. 'test account'."
    )

    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.message_ids)

    def action_apply(self):
        self.message_ids.action_ignore(self.reason)
        return {"type": "ir.actions.act_window_close"}
