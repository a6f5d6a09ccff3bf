from collections.abc import Mapping, Sequence
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import WAY_CODES, AccountReport, FaultError
from odoo.addons.retail_sync.adapter.checks import ERROR, OK, WARNING, Check
from odoo.addons.retail_sync.adapter.contract import Connection

from ...client.records import Person
from .lines import COMMENTS


class RetailSyncAdapterDesk(models.AbstractModel):
    """The connection test: what stands in the way, in plain words, each with what to do; and whose account it is."""

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def test_connection(self, connection: Connection) -> list[Check]:
        connection = connection.sudo()
        checks: list[Check] = []
        try:
            with self._desk(connection, "critical", by_hand=True) as desk:
                user = desk.whoami()
                address = self.env._("%(name)s answers at %(url)s, encrypted.", **self._words(connection))
                checks.append(self._check(self.env._("Address and encryption"), OK, address))
                checks.append(self._check_user(user))
                checks.append(self._check_account(connection, user))
                if connection._is_known_desk():
                    self._open_the_call_guard(connection)
                described = self._look(connection, desk)
                checks += self._check_description(described)
        except FaultError as fault:
            is_address = fault.code in WAY_CODES
            name = self.env._("Address and encryption") if is_address else self.env._("Sign-in")
            return [*checks, self._failed(connection, name, fault.code, fault.message)]
        checks += [self._check_stream(stream) for stream in connection.stream_ids.sorted("sequence")]
        checks.append(self._check_webhook(connection))
        return checks

    @api.model
    def _words(self, connection: Connection) -> dict[str, str]:
        return {"name": connection.platform_name or "", "url": connection.base_url or ""}

    @api.model
    def _check_user(self, user: Person) -> Check:
        name = self.env._("Sign-in")
        who = user.email or user.name or user.key
        if user.role == "admin" or not self._needs_admin():
            return self._check(name, OK, self.env._("Signed in as %s.", who))
        return self._check(
            name,
            ERROR,
            self.env._("Signed in as %s, who is no administrator of the desk.", who),
            self.env._("Let an administrator own the OAuth client: only administrators may read what changed."),
        )

    @api.model
    def _needs_admin(self) -> bool:
        """Return whether only administrators may read what changed."""
        return True

    @api.model
    def _check_account(self, connection: Connection, user: Person) -> Check:
        name, host = self.env._("Account"), connection._desk_host()
        if not connection._is_known_desk() and connection.link_count:
            return self._check(
                name,
                ERROR,
                self.env._(
                    "The URL leads to the account %(new)s, but the links of this connection belong to %(old)s.",
                    new=host,
                    old=connection.desk_account,
                ),
                self.env._(
                    "Correct the URL, or make a new connection for the other account. If the other account is a copy "
                    "of the former one, choose Adopt this account on the connection."
                ),
            )
        vals = {"desk_account": host, "desk_user_key": user.key}
        connection.write({key: value for key, value in vals.items() if connection[key] != value})
        return self._check(name, OK, host)

    @api.model
    def _check_description(self, described: Any) -> list[Check]:
        name = self.env._("Tickets")
        detail = self.env._(
            "%(fields)s fields, %(groups)s groups, %(brands)s brands.",
            fields=len(described.fields),
            groups=len(described.groups),
            brands=len(described.brands),
        )
        required = [field.title for field in described.fields if field.required and field.active and not field.system]
        if not required:
            return [self._check(name, OK, detail)]
        text = self.env._("Tickets need these fields before they are solved: %s.", ", ".join(required))
        step = self.env._("Fill these fields at the desk, or map them: the desk refuses to solve tickets without them.")
        return [self._check(name, WARNING, f"{detail} {text}", step)]

    @api.model
    def _check_stream(self, stream: Any) -> Check:
        if stream.remote_object == COMMENTS:
            return self._check(stream.name, OK, self.env._("Comments are written with their tickets."))
        missing = [line for line in self._check_lines(stream) if line["status"] == "missing"]
        if not missing:
            return self._check(stream.name, OK, self.env._("All mapped fields are there."))
        return self._check(
            stream.name,
            WARNING,
            self.env._("The desk does not show: %s.", ", ".join(line["path"] for line in missing)),
            self.env._("Correct these field mappings, or let an administrator of the desk show the fields."),
        )

    @api.model
    def _check_webhook(self, connection: Connection) -> Check:
        name = self.env._("Webhooks")
        if connection._credential("desk_webhook_secret") or connection._event_keys():
            return self._check(name, OK, self.env._("Signed calls of the desk are accepted."))
        return self._check(
            name,
            OK,
            self.env._("No webhook secret is stored: changes are found by polls, within minutes."),
        )

    # -- the account

    @api.model
    def inspect_account(self, connection: Connection, ids: Mapping[int, Sequence[str]]) -> AccountReport | None:
        connection = connection.sudo()
        streams = {stream.id: stream for stream in connection.stream_ids}
        with self._desk(connection, "critical", by_hand=True) as desk:
            desk.whoami()
            found = {
                stream_id: (len(external_ids), len(self._read(desk, streams[stream_id], list(external_ids))))
                for stream_id, external_ids in ids.items()
                if external_ids
            }
        host = connection._desk_host()
        return AccountReport(host, host, None, found, url=connection.base_url or "")

    @api.model
    def adopt_account(self, connection: Connection, report: AccountReport) -> str:
        connection = connection.sudo()
        former: str = connection.desk_account or ""
        connection.desk_account = report.account_id
        return former
