from odoo import api, models

# The technical user that secrets of keys belong to.
AGENT_USER = "retail_sync_helpdesk.user_agent_api"


class ResUsers(models.Model):
    """Keep keys apart from users: the technical user signs in nowhere."""

    _inherit = "res.users"

    @api.model
    def _agent_api_user(self) -> "ResUsers":
        """Return the user that requests of the agent API run as."""
        user: ResUsers = self.sudo().env.ref(AGENT_USER)
        return user
