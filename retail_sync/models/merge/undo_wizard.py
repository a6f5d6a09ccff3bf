from odoo import api, fields, models
from odoo.exceptions import UserError

from . import undo


class RetailSyncMergeUndo(models.TransientModel):
    """What an undo will do, and what it cannot; then the click."""

    _name = "retail.sync.merge.undo"
    _description = "Undo a merge"

    merge_id = fields.Many2one("retail.sync.merge", required=True, ondelete="cascade", readonly=True)
    possible = fields.Boolean(compute="_compute_outlook")
    outlook = fields.Text(
        compute="_compute_outlook", string="What will happen", help="What goes back, what stays as it is, and why."
    )
    reason = fields.Char(string="Why", help="Why the merge was wrong. It is kept with the merge.")

    @api.depends("merge_id")
    def _compute_outlook(self):
        for wizard in self:
            wizard.possible, lines = undo.outlook(self.env, wizard.merge_id)
            wizard.outlook = "\n".join(lines)

    def action_confirm(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Please say why this merge was wrong."))
        self.merge_id._undo(self.reason)
        return {
            "type": "ir.actions.act_window",
            "res_model": "retail.sync.merge",
            "res_id": self.merge_id.id,
            "views": [[False, "form"]],
        }
