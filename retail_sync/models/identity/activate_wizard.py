from odoo import fields, models

from ...runtime import actions


class RetailSyncMatchModelActivate(models.TransientModel):
    """Show which past decisions other weights would change, then activate these weights."""

    _name = "retail.sync.match.model.activate"
    _description = "Activate match model"

    model_id = fields.Many2one(
        "retail.sync.match.model",
        string="Weights",
        required=True,
        ondelete="cascade",
        readonly=True,
        help="Weights to activate.",
    )
    former_id = fields.Many2one(
        "retail.sync.match.model",
        compute="_compute_former_id",
        string="Active weights",
        help="Weights that are active now. They are retired, and can be activated again.",
    )
    replay = fields.Json(related="model_id.replay")
    wrong_count = fields.Integer(related="model_id.wrong_count")
    changed_count = fields.Integer(related="model_id.changed_count")
    possible = fields.Boolean(compute="_compute_possible")

    def _compute_former_id(self) -> None:
        self.former_id = self.env["retail.sync.match.model"].search([("state", "=", "active")], limit=1)

    def _compute_possible(self) -> None:
        for wizard in self:
            wizard.possible = not wizard.wrong_count or wizard.model_id.origin == "shipped"

    def action_lines(self) -> dict:
        return self.model_id.action_lines()

    def action_confirm(self) -> dict:
        self.ensure_one()
        self.model_id._activate()
        return actions.close()
