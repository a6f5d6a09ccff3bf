from odoo import fields, models

from ...runtime import actions


class RetailSyncMatchModelActivate(models.TransientModel):
    """What other weights would have changed, before they decide; then the click."""

    _name = "retail.sync.match.model.activate"
    _description = "Activate identity weights"

    model_id = fields.Many2one(
        "retail.sync.match.model",
        string="Weights",
        required=True,
        ondelete="cascade",
        readonly=True,
        help="The weights that will decide.",
    )
    former_id = fields.Many2one(
        "retail.sync.match.model",
        compute="_compute_former_id",
        string="In place of",
        help="The weights that decide until then. They are kept, and can be activated again.",
    )
    replay = fields.Json(related="model_id.replay")
    wrong_count = fields.Integer(related="model_id.wrong_count")
    changed_count = fields.Integer(related="model_id.changed_count")
    possible = fields.Boolean(compute="_compute_possible")

    def _compute_former_id(self):
        self.former_id = self.env["retail.sync.match.model"].search([("state", "=", "active")], limit=1)

    def _compute_possible(self):
        for wizard in self:
            wizard.possible = not wizard.wrong_count or wizard.model_id.origin == "shipped"

    def action_lines(self):
        return self.model_id.action_lines()

    def action_confirm(self):
        self.ensure_one()
        self.model_id._activate()
        return actions.close()
