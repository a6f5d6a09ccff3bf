from odoo import api, fields, models
from odoo.exceptions import UserError

from ...runtime import actions
from . import undo


class RetailSyncMergeUndo(models.TransientModel):
    """Show what an undo restores and what it cannot restore, then undo the merge."""

    _name = "retail.sync.merge.undo"
    _inherit = ["retail.sync.readable.choice"]
    _description = "Undo a merge"
    _choices = ("merge_id",)

    merge_id = fields.Many2one("retail.sync.merge", required=True, ondelete="cascade", readonly=True, index=True)
    possible = fields.Boolean(compute="_compute_outlook")
    outlook = fields.Text(
        compute="_compute_outlook",
        string="Effects",
        help="What the undo restores, what stays as it is, and why.",
    )
    reason = fields.Char(help="Why the merge was wrong. The merge keeps the reason.")

    @api.depends("merge_id")
    def _compute_outlook(self) -> None:
        for wizard in self:
            if not wizard.merge_id.has_access("read"):
                wizard.possible, wizard.outlook = False, self.env._("You may not see this merge.")
                continue
            wizard.possible, lines = undo.outlook(self.env, wizard.merge_id)
            wizard.outlook = "\n".join(lines)

    def action_confirm(self) -> dict:
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("The reason is missing. Enter why this merge was wrong."))
        self.merge_id._undo(self.reason)
        return actions.open_record(self.merge_id)
