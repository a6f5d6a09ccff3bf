from odoo import api, fields, models

from ...adapter.credential_inputs import credential, credential_input
from ...runtime import actions


class RetailSyncConnection(models.Model):
    """What the screens of a connection need besides its data."""

    _inherit = "retail.sync.connection"

    # Inputs of the two credentials that most platforms have; shown where the adapter declares them. An adapter addon
    # brings the inputs of all others.
    client_id = credential(fields.Char, "client_id", string="Client id", help="The key of the app made for Odoo.")
    client_secret = credential(
        fields.Char, "client_secret", secret=True, help="Stays readable by the system only, and never leaves in a log."
    )
    new_client_secret = credential_input(
        fields.Char,
        "client_secret",
        "new_client_secret",
        string="Client secret",
        help="Kept where only the system can read it. Leave empty to keep the one that is stored.",
    )
    credential_names = fields.Char(
        compute="_compute_credential_names", compute_sudo=True, help="Names of the required credentials."
    )

    @api.depends("system")
    def _compute_credential_names(self):
        for connection in self:
            connection.credential_names = " ".join(field.name for field in connection._credential_fields()) or False

    def _action_of(self, xmlid, domain=None, **context):
        self.ensure_one()
        self.check_access("read")
        domain = [("connection_id", "=", self.id), *(domain or [])]
        return actions.list_of(self.env, xmlid, domain, context=context)

    def action_exceptions(self):
        return self._action_of("retail_sync.action_exception", [("is_exception", "=", True)], search_default_by_cause=1)

    def action_links(self):
        return self._action_of("retail_sync.action_link")

    def action_runs(self):
        return self._action_of("retail_sync.action_run")

    def action_streams(self):
        return self._action_of("retail_sync.action_stream", default_connection_id=self.id)
