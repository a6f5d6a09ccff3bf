from odoo import api, fields, models

from ...runtime import actions


class RetailSyncConnection(models.Model):
    """What the screens of a connection need besides its data."""

    _inherit = "retail.sync.connection"

    # Written by managers, readable by nobody: what is typed goes straight to the stored
    # secret, which only the system may read.
    new_client_secret = fields.Char(
        compute="_compute_new_secrets",
        inverse="_inverse_new_client_secret",
        string="Client secret",
        groups="retail_sync.group_manager",
        help="Kept where only the system can read it. Leave empty to keep the one that is stored.",
    )
    new_private_key = fields.Text(
        compute="_compute_new_secrets",
        inverse="_inverse_new_private_key",
        string="Private key",
        groups="retail_sync.group_manager",
        help="In PEM form. Kept where only the system can read it. Leave empty to keep the one that is stored.",
    )
    check_level = fields.Selection(
        [("none", "Not tested"), ("ok", "All well"), ("warning", "Remarks"), ("error", "Problems")],
        compute="_compute_check_level",
        string="Last test",
        help="Outcome of the last connection test.",
    )

    def _compute_new_secrets(self):
        self.new_client_secret = False
        self.new_private_key = False

    def _inverse_new_client_secret(self):
        self._store_secret("client_secret", "new_client_secret")

    def _inverse_new_private_key(self):
        self._store_secret("private_key", "new_private_key")

    def _store_secret(self, stored, typed):
        for connection in self:
            if connection[typed]:
                connection.sudo()[stored] = connection[typed].strip()
                connection.sudo().message_post(body=self.env._("%s entered a new secret.", self.env.user.name))
        self.invalidate_recordset([typed])

    @api.depends("last_checks")
    def _compute_check_level(self):
        for connection in self:
            levels = {
                "ok" if check.get("ok") else check.get("level") or "error" for check in connection.last_checks or []
            }
            connection.check_level = next((level for level in ("error", "warning", "ok") if level in levels), "none")

    def _action_of(self, xmlid, domain=None, **context):
        self.ensure_one()
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
