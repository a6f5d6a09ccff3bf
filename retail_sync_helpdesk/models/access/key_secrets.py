from datetime import timedelta
from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.res_users import INDEX_SIZE
from odoo.addons.retail_sync.domain.security.audit import AuditKind
from odoo.addons.retail_sync.runtime import actions
from odoo.addons.retail_sync.runtime.rights import require

from . import key_lookup
from .roles import ServiceRole

# How long the former secret is accepted after a rotation: time to enter the new one wherever the key is used.
OVERLAP = timedelta(hours=24)


class RetailSyncApiKey(models.Model):
    """Make, rotate and revoke the secrets of keys. A secret is shown once and stored as a hash."""

    _inherit = "retail.sync.api.key"

    def action_issue(self) -> dict[str, Any]:
        """Make the first secret and show it."""
        self.ensure_one()
        key = require(self, ServiceRole.manager)
        key._refuse_ended()
        if key.apikey_id.exists():
            raise UserError(self.env._("The key has a secret already. Rotate it to get another one."))
        return key._show(key._new_secret(), "issue")

    def action_rotate(self) -> dict[str, Any]:
        """Make another secret and show it; the former one is accepted for another day."""
        self.ensure_one()
        key = require(self, ServiceRole.manager)
        key._refuse_ended()
        former, until = key.apikey_id.exists(), fields.Datetime.now() + OVERLAP
        if not former:
            raise UserError(self.env._("The key has no secret yet. Make one."))
        key.former_apikey_id.exists().unlink()
        secret = key._new_secret()
        ends = min(until, former.expiration_date) if former.expiration_date else until
        # Core makes its columns itself, and knows them as read-only.
        self.env.cr.execute("UPDATE res_users_apikeys SET expiration_date = %s WHERE id = %s", [ends, former.id])
        former.invalidate_recordset(["expiration_date"])
        key.write({"former_apikey_id": former.id, "former_until": ends})
        return key._show(secret, "rotate")

    def action_end_former(self) -> None:
        """Refuse the former secret from now on."""
        keys = require(self, ServiceRole.manager)
        keys.former_apikey_id.exists().unlink()
        keys.write({"former_until": False, "former_apikey_id": False})
        keys._note("end_former")

    def action_revoke(self) -> None:
        """Refuse the key from now on, for good."""
        keys = require(self, ServiceRole.manager).filtered(lambda key: not key.revoked_at)
        (keys.apikey_id | keys.former_apikey_id).exists().unlink()
        ended = {"apikey_id": False, "former_apikey_id": False, "former_until": False}
        keys.write({"revoked_at": fields.Datetime.now(), "revoked_by_id": self.env.uid, **ended})
        keys._note("revoke")

    def _refuse_ended(self) -> None:
        if self.revoked_at:
            raise UserError(self.env._("The key was revoked. Make another key."))
        if self.expires_at and self.expires_at <= fields.Datetime.now():
            raise UserError(self.env._("The key has expired. Set a later date first."))

    def _new_secret(self) -> str:
        """Return a new secret of the key, of which Odoo keeps the hash."""
        agent = self.env["res.users"]._agent_api_user()
        secret: str = (
            self.env["res.users.apikeys"]
            .with_user(agent)
            .sudo()
            ._generate(key_lookup.SCOPE, f"{self._description} {self.id}", self.expires_at)
        )
        self.env.cr.execute(
            "SELECT max(id) FROM res_users_apikeys WHERE user_id = %s AND index = %s AND scope = %s",
            [agent.id, secret[:INDEX_SIZE], key_lookup.SCOPE],
        )
        made = {"issued_at": fields.Datetime.now(), "issued_by_id": self.env.uid}
        self.write({"apikey_id": self.env.cr.fetchone()[0], **made})
        return secret

    def _show(self, secret: str, step: str) -> dict[str, Any]:
        self._note(step)
        view = self.env.ref("retail_sync_helpdesk.view_api_key_shown")
        # The secret travels with the dialog of core and is stored nowhere.
        return actions.dialog(
            self.env._("Secret of the key"), self.env["res.users.apikeys.show"], view, default_key=secret
        )

    def _note(self, step: str) -> None:
        for key in self:
            scopes = key.sudo().scope_ids.mapped("code")
            self.env["retail.sync.audit"]._note(key, step, AuditKind.CREDENTIAL, scopes=scopes)

    def write(self, vals: dict[str, Any]) -> bool:
        result = super().write(vals)
        if "expires_at" in vals:
            self.sudo()._move_expiry()
        return result

    def _move_expiry(self) -> None:
        """Let the secrets end with their keys: Odoo deletes what has expired."""
        for key in self.filtered("apikey_id"):
            self.env.cr.execute(
                "UPDATE res_users_apikeys SET expiration_date = %s WHERE id = %s",
                [key.expires_at or None, key.apikey_id.id],
            )
        self.apikey_id.invalidate_recordset(["expiration_date"])
