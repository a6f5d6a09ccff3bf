import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models

from ...runtime import actions
from ...runtime.constants import NO_USER
from ...runtime.secret_box import seal, unseal

TOKEN_BYTES = 32

# A former URL or key stays good for this long, so that both sides need not change at the same moment.
OVERLAP = timedelta(days=1)


class RetailSyncEventKey(models.TransientModel):
    """Shows a new signing key, once. Nothing of it is stored here."""

    _name = "retail.sync.event.key"
    _description = "New signing key"

    key = fields.Char(store=False, readonly=True, help="Copy the key now: it is not shown again.")


class RetailSyncConnection(models.Model):
    """Where a platform sends its events: a secret URL, and keys that sign the calls which can be signed."""

    _inherit = "retail.sync.connection"

    event_token = fields.Char(groups=NO_USER, copy=False)
    event_token_previous = fields.Char(groups=NO_USER, copy=False)
    event_token_until = fields.Datetime(
        groups="retail_sync.group_manager",
        readonly=True,
        copy=False,
        help="Until then the former URL accepts events too.",
        string="Former URL until",
    )
    event_key = fields.Char(groups=NO_USER, copy=False)
    event_key_previous = fields.Char(groups=NO_USER, copy=False)
    event_key_until = fields.Datetime(
        groups="retail_sync.group_manager",
        readonly=True,
        copy=False,
        help="Until then calls signed with the former key are accepted too.",
        string="Former key until",
    )
    event_url = fields.Char(
        compute="_compute_event_url",
        compute_sudo=True,
        groups="retail_sync.group_manager",
        help="The platform sends signed calls to this URL. A caller who knows the URL can announce changes, nothing "
        "more; keep it secret.",
        string="URL for signed calls",
    )
    has_event_key = fields.Boolean(
        compute="_compute_has_event_key",
        compute_sudo=True,
        help="A key is stored in the database or in the server configuration. Without a key no signed call is "
        "accepted.",
        string="Signing key stored",
    )

    @api.depends("event_token", "code")
    def _compute_event_url(self):
        for connection in self:
            connection.event_url = connection._event_url("event")

    def _event_url(self, kind):
        """Return the URL for events of a kind, or False when there is none."""
        token = self._event_tokens()[:1] if self.ids else []
        return f"{self.get_base_url()}/retail_sync/{token[0]}/{kind}" if token else False

    @api.depends("event_key", "code")
    def _compute_has_event_key(self):
        for connection in self:
            connection.has_event_key = bool(connection._event_keys())

    # -- what is accepted

    def _event_tokens(self):
        """Return the path tokens that are good now, the current one first."""
        return self._current_and_former("event_token")

    def _event_keys(self):
        """Return the signing keys that are good now, the current one first."""
        return self._current_and_former("event_key")

    def _current_and_former(self, name):
        """The server configuration goes first; its <code>_<name>_previous is good while it stands there."""
        self.ensure_one()
        connection = self.sudo()
        if configured := connection._configured(name):
            return [secret for secret in (configured, connection._configured(f"{name}_previous")) if secret]
        found = [secret] if (secret := unseal(connection[name])) else []
        until = connection[f"{name}_until"]
        if until and until > fields.Datetime.now() and (former := unseal(connection[f"{name}_previous"])):
            found.append(former)
        return found

    @api.model
    def _of_event_token(self, token):
        """Return the connection that this path token belongs to, or an empty recordset.

        All tokens are compared, each in constant time: how long it takes tells nothing of how near a guess was.
        """
        given, found = token.encode("utf-8", "replace"), self.browse()
        for connection in self.sudo().search([("active", "=", True)]):
            for known in connection._event_tokens():
                if hmac.compare_digest(known.encode(), given):
                    found = connection
        return found

    # -- making and renewing

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        for connection in connections.sudo().filtered(lambda connection: not connection.event_token):
            connection.event_token = seal(secrets.token_urlsafe(TOKEN_BYTES))
        return connections

    def action_renew_event_url(self):
        """Make a new URL; the one in use is accepted for another day."""
        self._renew("event_token", self.env._("%s renewed the URL for events.", self.env.user.name))
        return True

    def action_renew_event_key(self):
        """Make a new signing key and show it, this once; the one in use is good for another day."""
        self.ensure_one()
        key = self._renew("event_key", self.env._("%s made a new key for signed calls.", self.env.user.name))
        # In the action only: the form that shows it is never saved, so the key is stored in one place.
        return actions.list_of(self.env, "retail_sync.action_event_key", context={"default_key": key})

    def _renew(self, name, note):
        self._require_manager()
        secret = None
        for connection in self.sudo():
            secret = secrets.token_urlsafe(TOKEN_BYTES)
            former = connection[name]
            connection.write(
                {
                    name: seal(secret),
                    f"{name}_previous": former,
                    f"{name}_until": former and fields.Datetime.now() + OVERLAP,
                }
            )
            connection.message_post(body=note)
        return secret

    # -- screens

    def action_events(self):
        return self._action_of("retail_sync.action_event")
