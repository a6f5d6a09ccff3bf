from odoo import api, fields, models
from odoo.exceptions import UserError


class RetailSyncAsk(models.TransientModel):
    """Choose a colleague and say what to look at."""

    _name = "retail.sync.ask"
    _description = "Ask a colleague"

    message_ids = fields.Many2many("retail.sync.message", readonly=True)
    count = fields.Integer(compute="_compute_count", string="Records", help="What the colleague is asked about.")
    user_id = fields.Many2one(
        "res.users",
        string="Colleague",
        domain=lambda self: self._colleagues(),
        help="Gets an activity for each record. Only people with a role in Retail Sync can open them.",
    )
    note = fields.Text(
        string="What do you want to know?", help="The colleague reads it in the activity, e.g. 'is this your customer?'"
    )

    @api.model
    def _colleagues(self):
        groups = [self.env.ref(f"retail_sync.group_{name}").id for name in ("operator", "auditor")]
        return [("share", "=", False), ("id", "!=", self.env.uid), ("all_group_ids", "in", groups)]

    @api.depends("message_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.message_ids)

    def action_apply(self):
        """Give the colleague an activity about each record."""
        self.ensure_one()
        if not self.user_id:
            raise UserError(self.env._("Choose a colleague first."))
        note = (self.note or "").strip()
        if not note:
            raise UserError(self.env._("Please say what you want to know: the colleague sees nothing but your note."))
        self.message_ids._ask_colleague(self.user_id, note)
        return self.message_ids._notify(
            self.env._("%(user)s was asked about %(count)s records.", user=self.user_id.name, count=self.count)
        )
