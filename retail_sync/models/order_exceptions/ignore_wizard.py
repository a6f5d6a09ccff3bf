from typing import Any

from odoo import api, fields, models

from ...runtime import actions


class RetailSyncOrderExceptionIgnore(models.TransientModel):
    """Ask why order exceptions are ignored."""

    _name = "retail.sync.order.ignore"
    _inherit = ["retail.sync.readable.choice"]
    _description = "Ignore order exceptions"
    _choices = ("exception_ids",)

    exception_ids = fields.Many2many("retail.sync.order.exception", readonly=True)
    count = fields.Integer(compute="_compute_count", string="Order exceptions")
    reason = fields.Char(
        help="Tells colleagues why nothing is done about it. A case on the platform is closed with it."
    )

    @api.depends("exception_ids")
    def _compute_count(self) -> None:
        for wizard in self:
            wizard.count = len(wizard.exception_ids)

    def action_apply(self) -> dict[str, Any]:
        """Ignore the exceptions."""
        self.ensure_one()
        self.exception_ids.action_ignore(self.reason)
        return actions.close()
