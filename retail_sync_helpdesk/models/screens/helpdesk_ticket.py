from odoo import fields, models

from ..access.roles import ServiceRole, has_role


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    sync_may_serve = fields.Boolean(compute="_compute_sync_may_serve", help="Whether the user sees the service panel.")

    def _compute_sync_may_serve(self):
        self.sync_may_serve = has_role(self.env, ServiceRole.agent)
