"""What a secret is bound to: a change of who would receive it removes it."""

from typing import Any, Self

from odoo import api, models
from odoo.modules.registry import Registry

from ...domain.security import sign_in
from ...domain.security.hosts import HostRules
from ...runtime.server_config import options

# Of a transaction, until it ends: the connections whose sign-in it has changed.
CHANGED = "retail_sync.sign_in_changed"


class RetailSyncConnection(models.Model):
    """Who receives the secrets of a connection, and what happens to them when that changes."""

    _inherit = "retail.sync.connection"

    @api.model
    def _bound_fields(self) -> tuple[str, ...]:
        """Return the fields that decide who receives a secret, and by which way; an adapter addon adds its own."""
        return ("system", "code", "base_url", "ca_bundle")

    @api.model
    def _bound_value(self, name: str, value: Any) -> str:
        """Return a value of such a field in the form in which it is compared."""
        if name == "base_url":
            return sign_in.origin(value)
        text = sign_in.words(value or "")
        return text.lower() if name == "code" else text

    def _changed_bounds(self, values: Any) -> list[str]:
        """Return the fields of which values (a dict, or a record that is being edited) would change the receiver."""
        self.ensure_one()
        return [
            name
            for name in self._bound_fields()
            if name in values and self._bound_value(name, self[name]) != self._bound_value(name, values[name])
        ]

    # -- writing

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        for vals in vals_list:
            if vals.get("code"):
                vals["code"] = vals["code"].strip().lower()
        connections: Self = super().create(vals_list)
        return connections

    def write(self, vals: dict[str, Any]) -> bool:
        if vals.get("code"):
            vals = dict(vals, code=vals["code"].strip().lower())
        for connection in self:
            if bounds := connection.sudo()._changed_bounds(vals):
                # Before the write: a secret that comes with the new URL is meant for it, and stays.
                connection.sudo()._remove_secrets(bounds)
        result = super().write(vals)
        stored = {"credential_values", "credential_secrets", *self._bound_fields()}
        touched = self if vals.keys() & stored else self.filtered(lambda each: vals.keys() & each._credential_names())
        touched._note_changed_sign_in()
        return result

    def _remove_secrets(self, bounds: list[str]) -> None:  # pylint: disable=missing-return
        """Remove what is stored, because these fields change: it was entered for another receiver."""
        if not self.credential_secrets:
            return
        super().write({"credential_secrets": False})  # pylint: disable=super-method-mismatch
        labels = self.fields_get(bounds, ["string"])
        self.message_post(
            body=self.env._(
                "The stored secrets were removed, because this changed: %s. Enter them again for the new settings.",
                ", ".join(labels[name]["string"] if name in labels else name for name in bounds),
            )
        )

    def _credential_names(self) -> set[str]:
        return {field.name for field in self.sudo()._credential_fields()}

    # -- what others know of a change

    def _note_changed_sign_in(self) -> None:
        """Let calls of this transaction know that no other one sees their sign-in yet, and drop the token after it."""
        if not self:
            return
        changed = self.env.cr.postcommit.data.setdefault(CHANGED, set())
        if not changed:
            database = self.env.cr.dbname
            self.env.cr.postcommit.add(lambda: _drop_tokens(database, tuple(changed)))
        changed.update(self.ids)

    # -- where calls may go, and with what

    def _host_rules(self) -> HostRules:
        """Return the hosts that may be called: those of the platform, and what the server configuration adds."""
        self.ensure_one()
        known = f"retail.sync.adapter.{self.system}" in self.env
        return HostRules(
            platform=tuple(self._adapter().platform_hosts(self)) if known else (),
            configured=options("allowed_hosts"),
            private=options("private_hosts"),
        )

    def _sign_in_values(self) -> dict[str, Any]:
        """Return all that decides how a sign-in ends; an adapter addon adds its own."""
        connection = self.sudo()
        values = {name: self._bound_value(name, connection[name]) for name in self._bound_fields()}
        values["authority"] = sign_in.words(connection._trusted_certificates())
        values["credentials"] = {field.name: connection._credential(field.name) for field in self._credential_fields()}
        return values

    def _sign_in_fingerprint(self) -> str:
        """Return a digest of what a sign-in would be made with now; a token is good only for the same one."""
        self.ensure_one()
        salt = self.env["ir.config_parameter"].sudo().get_param("database.secret") or ""
        return sign_in.fingerprint(self._sign_in_values(), salt)

    # -- the form

    @api.onchange("system", "code", "base_url", "ca_bundle")
    def _onchange_receiver(self) -> dict[str, Any] | None:
        return self._secrets_warning(self)

    def _secrets_warning(self, edited: Any) -> dict[str, Any] | None:
        """Return what an onchange says before a save removes stored secrets; None when it removes none.

        :param edited: the record that is being edited: this connection, or a wizard in its place
        """
        stored = self._origin.sudo()
        if not stored.credential_secrets or not stored._changed_bounds(edited):
            return None
        return {
            "warning": {
                "title": self.env._("The stored secrets will be removed"),
                "message": self.env._(
                    "A secret is sent only to the URL, and in the way, that it was entered for. When you save, the "
                    "stored secrets are removed. Enter them again with the new settings."
                ),
            }
        }


def _drop_tokens(database: str, connection_ids: tuple[int, ...]) -> None:
    """Remove tokens whose sign-in has changed: no call takes them any more, so no copy of the database needs them."""
    with Registry(database).cursor() as cr:
        cr.execute(
            "UPDATE retail_sync_call_guard SET access_token = NULL, token_data = NULL, token_fingerprint = NULL"
            " WHERE connection_id = ANY(%s)",
            [list(connection_ids)],
        )
