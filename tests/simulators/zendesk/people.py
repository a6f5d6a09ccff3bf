"""Writes users and their identities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import field_values, identities, stock, triggers
from .errors import Problems, forbidden, not_found, one_problem
from .journal import Actor
from .table import Row

if TYPE_CHECKING:
    from .account import Account

ROLES = ("end-user", "agent", "admin")
PLAIN = (
    "name", "external_id", "phone", "alias", "details", "notes", "signature", "locale", "time_zone", "moderator",
    "ticket_restriction", "only_private_comments", "default_group_id", "custom_role_id",
)  # fmt: skip
KNOWN = frozenset(
    """email role organization_id organization user_fields tags suspended verified skip_verify_email identities active
    id url created_at updated_at shared shared_agent photo locale_id iana_time_zone last_login_at role_type
    restricted_agent remote_photo_url organization_ids chat_only report_csv two_factor_auth_enabled
    shared_phone_number result_type permanently_deleted user""".split()
) | set(PLAIN)


class UserWriter:
    """Writes in the name of ``actor``. ``quiet`` writes make no news."""

    def __init__(self, account: Account, actor: Actor, quiet: bool = False) -> None:
        self.account = account
        self.actor = actor
        self.quiet = quiet

    # -- one user
    def create(self, values: Row) -> Row:
        """The new user. Raises ``RecordInvalid``."""
        account = self.account
        account.faults.check_record("user", "create", values, None)
        problems = Problems()
        row = {"id": 0, **stock.user_row()}
        self._apply(row, values, None, problems)
        email = identities.address(account, values.get("email"), None, problems)
        extra = [each for each in values.get("identities") or () if isinstance(each, dict)]
        for identity in extra:
            if identity.get("type") == "email":
                identities.address(account, identity.get("value"), None, problems)
        problems.check()
        stamp = account.stamp()
        row |= {"id": account.ids.number(), "created_at": stamp, "updated_at": stamp, "email": email}
        if row["organization_id"] is None and email and account.config.map_domains:
            row["organization_id"] = self._mapped(email)
        account.save("user", row, self.actor, "create")
        if email:
            identities.store(account, self.actor, row["id"], "email", email, row["verified"], True)
        if row["phone"]:
            identities.store(account, self.actor, row["id"], "phone_number", row["phone"], True, True)
        for identity in extra:
            verified = bool(identity.get("verified"))
            identities.store(account, self.actor, row["id"], identity["type"], str(identity["value"]), verified, False)
        if row["role"] != "end-user":
            self._membership(row["id"])
        self.welcome(row, values)
        self._news("created", None, row)
        return account.records.users.rows[row["id"]]

    def update(self, number: int, values: Row) -> Row:
        """The user after a partial update. Raises 404, 422."""
        account = self.account
        before = account.user(number)
        if before is None:
            raise not_found()
        account.faults.check_record("user", "update", values, before)
        problems = Problems()
        row = dict(before)
        self._apply(row, values, before, problems)
        email = identities.address(account, values.get("email"), number, problems) if "email" in values else None
        problems.check()
        added = None
        if email and email != (before["email"] or "").lower():
            added = identities.new_address(account, self.actor, row, email, bool(values.get("verified")))
        if row == before and added is None:
            return before
        row["updated_at"] = account.stamp()
        account.save("user", row, self.actor, "update")
        if row["role"] != "end-user" and before["role"] == "end-user":
            self._membership(number)
        if added is not None:
            self.welcome(row, values, added["value"])
        self._news("updated", before, row)
        return account.records.users.rows[number]

    def create_or_update(self, values: Row) -> tuple[Row, bool]:
        """The user that external id or address names, or a new one; whether it is new."""
        found = self.match(values)
        if found is None:
            return self.create(values), True
        return self.update(found, values), False

    def match(self, values: Row) -> int | None:
        """The user that a call means by ``id``, ``external_id`` or ``email``, in this order."""
        if isinstance(values.get("id"), int) and self.account.user(values["id"]) is not None:
            return int(values["id"])
        if values.get("external_id"):
            row = by_external_id(self.account, values["external_id"])
            if row is not None:
                return int(row["id"])
        return self.account.owner("email", str(values["email"])) if values.get("email") else None

    def find_or_create(self, values: Row) -> int:
        """The id of a requester or of a person in copy, given by id, address, or name and address."""
        if isinstance(values.get("id"), int):
            return int(values["id"])
        email = str(values.get("email") or "").strip()
        found = self.account.owner("email", email) if email else None
        if found is not None:
            return found
        name = values.get("name") or email.partition("@")[0].replace(".", " ").title()
        return int(self.create({"name": name, "email": email or None, "skip_verify_email": True})["id"])

    def copied(self, stored: list[int], ids: Any, rich: Any, added: Any) -> list[int]:
        """The people in copy: ``ids`` replaces them, ``rich`` has put and delete actions, ``added`` adds."""
        found = [each for each in ids if self.account.user(each)] if isinstance(ids, list) else list(stored)
        for entry in rich if isinstance(rich, list) else ():
            number = entry.get("user_id")
            if number is None and entry.get("user_email"):
                number = self.find_or_create({"name": entry.get("user_name"), "email": entry["user_email"]})
            number = int(number) if str(number).isdigit() else None
            if entry.get("action") == "delete":
                found = [each for each in found if each != number]
            elif number is not None and self.account.user(number) is not None:
                found.append(number)
        for entry in added if isinstance(added, list) else ():
            values = entry if isinstance(entry, dict) else {"email": entry} if isinstance(entry, str) else {"id": entry}
            found.append(self.find_or_create(values))
        return list(dict.fromkeys(found))

    def delete(self, number: int) -> Row:
        """Deactivate a user; addresses are free again. Raises 422 for a requester of open tickets, 404."""
        account = self.account
        before = account.user(number)
        if before is None:
            raise not_found()
        if any(row["status"] not in ("closed", "deleted") for row in account.records.tickets.find("requester", number)):
            raise one_problem("base", "User: is requester on tickets that are not closed", "InvalidValue")
        return self._deactivate(before, "deleted")

    def merge(self, loser_id: int, winner_id: int) -> Row:
        """Give everything of one end user to another; the first is deleted. Raises 404, 422."""
        account = self.account
        loser, winner = account.user(loser_id), account.user(winner_id)
        if loser is None or winner is None or loser_id == winner_id:
            raise not_found()
        if loser["role"] != "end-user":
            raise one_problem("base", "User: only end users can be merged", "InvalidValue")
        identities.move(account, self.actor, loser, winner)
        for ticket in account.records.tickets.find("requester", loser_id):
            if ticket["status"] not in ("closed", "deleted"):
                account.save("ticket", {**ticket, "requester_id": winner_id}, self.actor, "update")
        row = {**winner, "updated_at": account.stamp()}
        for name in ("external_id", "phone", "organization_id", "email"):
            row[name] = winner[name] or loser[name]
        row["tags"] = sorted({*winner["tags"], *loser["tags"]})
        self._deactivate(loser, "merged")
        account.save("user", row, self.actor, "update")
        return account.records.users.rows[winner_id]

    def _deactivate(self, before: Row, event: str) -> Row:
        account = self.account
        for identity in account.records.identities.find("user", before["id"]):
            account.remove("identity", identity["id"], self.actor)
        row = {**before, "active": False, "external_id": None, "updated_at": account.stamp()}
        account.save("user", row, self.actor, "delete")
        self._news(event, before, row)
        return row

    # -- fields
    def _apply(self, row: Row, values: Row, before: Row | None, problems: Problems) -> None:
        account = self.account
        for name in PLAIN:
            if name in values:
                row[name] = values[name] if not isinstance(values[name], str) else values[name].strip() or None
        if not row["name"]:
            problems.add("name", "Name: cannot be blank", "BlankValue")
        elif not isinstance(row["name"], str) or len(row["name"]) > 255:
            problems.add("name", "Name: is too long (maximum is 255 characters)", "TooLong")
        if row["external_id"] is not None:
            row["external_id"] = str(row["external_id"])
            other = by_external_id(account, row["external_id"])
            if other is not None and other["id"] != row["id"]:
                problems.add("external_id", "External: has already been taken", "DuplicateValue")
        if "role" in values and values["role"] != row["role"]:
            self._role(row, values["role"], problems)
        for name in ("suspended", "verified"):
            if name in values:
                row[name] = bool(values[name])
        if "organization_id" in values:
            row["organization_id"] = values["organization_id"]
            if values["organization_id"] and account.records.organizations.get(values["organization_id"]) is None:
                problems.add("organization", "Organization: is invalid", "InvalidValue")
        if "tags" in values:
            row["tags"] = field_values.normal_tags(values["tags"], account.config.tag_spaces)
        row["user_fields"] = field_values.keyed(
            account.records.user_fields, row["user_fields"], values.get("user_fields"), problems,
            numbers_as_text=False, unknown_options=account.config.unknown_tagger_values,
        )  # fmt: skip

    def _role(self, row: Row, role: Any, problems: Problems) -> None:
        if role not in ROLES:
            problems.add("role", f"Role: {role} is not valid", "InvalidValue")
            return
        caller = self.account.user(self.actor.user_id)
        if caller is not None and caller["role"] != "admin":
            raise forbidden("You are not allowed to change roles")
        row["role"] = role

    def _mapped(self, email: str) -> int | None:
        """The organization that has the mail domain of an address."""
        found = self.account.records.organizations.find("domain", email.rpartition("@")[2])
        return found[0]["id"] if found else None

    def _membership(self, user_id: int) -> None:
        account, stamp = self.account, self.account.stamp()
        group = next((row["id"] for row in account.records.groups if row["default"]), None)
        if group is None or account.records.group_memberships.find("user", user_id):
            return
        row = {"id": account.ids.number(), "user_id": user_id, "group_id": group, "default": True,
               "created_at": stamp, "updated_at": stamp}  # fmt: skip
        account.save("group_membership", row, self.actor, "create")

    def welcome(self, row: Row, values: Row, email: str | None = None) -> None:
        """The mail that asks to verify an address."""
        address = email or row["email"]
        if self.quiet or not address or row["verified"] or not self.account.config.welcome_mails:
            return
        if values.get("skip_verify_email") in (True, "true"):
            return
        triggers.send(self.account, {**row, "email": address}, "welcome", "Welcome to Acme", "Verify your address.")

    def _news(self, event: str, before: Row | None, after: Row) -> None:
        if not self.quiet:
            self.account.hub.user_changed(event, before, after, self.actor)


def by_external_id(account: Account, external_id: Any) -> Row | None:
    """The active user with an external id."""
    text = str(external_id).strip()
    for row in account.records.users.find("external_id", text.lower()):
        if row["active"] and account.fold(row["external_id"]) == account.fold(text):
            return row
    return None
