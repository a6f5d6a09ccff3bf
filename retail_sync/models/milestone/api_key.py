from typing import Any

from odoo import api, fields, models

from odoo.addons.base.models.res_users import check_identity

from . import export

CHOSEN = "retail_sync_key_scope"


class ResUsersApikeys(models.Model):
    """Make keys that open the milestone export and nothing else."""

    _inherit = "res.users.apikeys"

    @api.model
    def _generate(self, scope: str | None, name: str, expiration_date: Any) -> str:
        """Narrow the scope of a key that would open everything to the one that was chosen."""
        if scope is None and self.env.context.get(CHOSEN) == export.SCOPE:
            scope = export.SCOPE
        key: str = super()._generate(scope, name, expiration_date)
        return key


class ResUsersApikeysDescription(models.TransientModel):
    """Ask what a new key is for."""

    _inherit = "res.users.apikeys.description"

    retail_sync_only = fields.Boolean(
        string="Milestone export only",
        help="The key reads the milestones of orders, and opens nothing else.",
    )

    # Odoo asks for the password and then calls the method by its name: it refuses one without the check.
    @check_identity
    def make_key(self) -> Any:
        chosen = self.sudo().retail_sync_only
        return super(
            ResUsersApikeysDescription, self.with_context(**{CHOSEN: export.SCOPE if chosen else ""})
        ).make_key()
