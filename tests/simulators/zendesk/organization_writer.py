"""Writes organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import field_values
from .errors import Problems, not_found
from .journal import Actor
from .table import Row
from .ticket_writer import TicketWriter

if TYPE_CHECKING:
    from .account import Account

PLAIN = ("name", "external_id", "details", "notes", "group_id", "shared_tickets", "shared_comments")
KNOWN = frozenset("domain_names tags organization_fields id url created_at updated_at result_type".split()) | set(PLAIN)


class OrganizationWriter:
    """Writes in the name of ``actor``. ``quiet`` writes make no news."""

    def __init__(self, account: Account, actor: Actor, quiet: bool = False) -> None:
        self.account = account
        self.actor = actor
        self.quiet = quiet

    def create(self, values: Row) -> Row:
        """The new organization. Raises ``RecordInvalid``."""
        self.account.faults.check_record("organization", "create", values, None)
        row: Row = {
            "id": 0, "name": None, "external_id": None, "domain_names": [], "details": None, "notes": None,
            "group_id": None, "tags": [], "organization_fields": {}, "shared_tickets": False, "shared_comments": False,
        }  # fmt: skip
        self._apply(row, values)
        stamp = self.account.stamp()
        row |= {"id": self.account.ids.number(), "created_at": stamp, "updated_at": stamp}
        self.account.save("organization", row, self.actor, "create")
        self._news("created", None, row)
        return row

    def update(self, number: int, values: Row) -> Row:
        """The organization after a partial update. Raises 404, 422."""
        before = self.account.records.organizations.get(number)
        if before is None:
            raise not_found()
        self.account.faults.check_record("organization", "update", values, before)
        row = dict(before)
        self._apply(row, values)
        if row == before:
            return before
        row["updated_at"] = self.account.stamp()
        self.account.save("organization", row, self.actor, "update")
        self._news("updated", before, row)
        return row

    def create_or_update(self, values: Row) -> tuple[Row, bool]:
        """The organization that id or external id names, or a new one; whether it is new."""
        records = self.account.records.organizations
        if isinstance(values.get("id"), int) and records.get(values["id"]) is not None:
            return self.update(values["id"], values), False
        if values.get("external_id"):
            found = by_external_id(self.account, str(values["external_id"]))
            if found:
                return self.update(found[0]["id"], values), False
        if self.account.config.organizations_match_by_name:
            named = records.find("name", str(values.get("name") or "").lower())
            if named:
                return self.update(named[0]["id"], values), False
        return self.create(values), True

    def delete(self, number: int) -> None:
        """Delete an organization; users and open tickets lose it."""
        account = self.account
        before = account.records.organizations.get(number)
        if before is None:
            raise not_found()
        account.remove("organization", number, self.actor)
        for user in account.records.users.find("organization", number):
            account.save("user", {**user, "organization_id": None}, self.actor, "update")
        writer = TicketWriter(account, self.actor)
        for ticket in account.records.tickets.find("organization", number):
            if ticket["status"] not in ("closed", "deleted"):
                writer.system_update(ticket["id"], {"organization_id": None})
        self._news("deleted", before, before)

    def _apply(self, row: Row, values: Row) -> None:
        account, problems = self.account, Problems()
        for name in PLAIN:
            if name in values:
                row[name] = values[name].strip() if isinstance(values[name], str) else values[name]
        if not row["name"]:
            problems.add("name", "Name: cannot be blank", "BlankValue")
        else:
            row["name"] = str(row["name"])
            taken = account.records.organizations.find("name", row["name"].lower())
            if any(other["id"] != row["id"] for other in taken):
                problems.add("name", f"Name: {row['name']} has already been taken", "DuplicateValue")
        if row["external_id"] is not None:
            row["external_id"] = str(row["external_id"])
            if any(other["id"] != row["id"] for other in by_external_id(account, row["external_id"])):
                problems.add("external_id", "External: has already been taken", "DuplicateValue")
        if "domain_names" in values:
            names = values["domain_names"] or []
            names = names.split() if isinstance(names, str) else [str(name) for name in names]
            row["domain_names"] = sorted({name.strip().lower() for name in names if name.strip()})
        if "tags" in values:
            row["tags"] = field_values.normal_tags(values["tags"], account.config.tag_spaces)
        row["organization_fields"] = field_values.keyed(
            account.records.organization_fields, row["organization_fields"], values.get("organization_fields"),
            problems, numbers_as_text=False, unknown_options=account.config.unknown_tagger_values,
        )  # fmt: skip
        problems.check()

    def _news(self, event: str, before: Row | None, after: Row) -> None:
        if not self.quiet:
            self.account.hub.organization_changed(event, before, after, self.actor)


def by_external_id(account: Account, external_id: str) -> list[Row]:
    found = account.records.organizations.find("external_id", external_id.strip().lower())
    return [row for row in found if account.fold(row["external_id"]) == account.fold(external_id.strip())]
