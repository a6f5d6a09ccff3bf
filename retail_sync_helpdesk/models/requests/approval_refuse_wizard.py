from typing import Any

from odoo import fields, models


class RetailSyncApprovalRefuse(models.TransientModel):
    """Ask why a request is refused."""

    _name = "retail.sync.approval.refuse"
    _description = "Refuse a service action"

    approval_id = fields.Many2one("retail.sync.approval", required=True, readonly=True, ondelete="cascade")
    effects = fields.Text(related="approval_id.effects")
    reason = fields.Text(help="The person who asked reads it, and it is kept with the request.")

    def action_apply(self) -> dict[str, Any]:
        """Refuse the request with the reason."""
        self.ensure_one()
        return self.approval_id.action_refuse(self.reason or "")
