from odoo import fields, models

from odoo.addons.retail_sync.runtime.rights import has_role

from ..access.roles import ServiceRole


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    sync_may_serve = fields.Boolean(compute="_compute_sync_may_serve", help="Whether the user sees the service panel.")

    def _compute_sync_may_serve(self):
        self.sync_may_serve = has_role(self.env, ServiceRole.agent)
