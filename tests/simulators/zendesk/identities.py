"""Identities: the addresses and telephone numbers of users."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .errors import Problems
from .journal import Actor
from .table import Row

if TYPE_CHECKING:
    from .account import Account

EMAIL = re.compile(r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+$")


def address(account: Account, value: Any, owner: int | None, problems: Problems) -> str | None:
    """An e-mail address as it is stored; what is wrong with it, or that it is another user's, becomes a problem."""
    if value in (None, ""):
        return None
    email = str(value).strip().lower()
    if not EMAIL.match(email):
        problems.add("email", f"Email: {value} is not properly formatted", "InvalidFormat")
    elif account.owner("email", email) not in (None, owner):
        problems.add("email", f"Email: {email} is already being used by another user", "DuplicateValue")
    return email


def store(account: Account, actor: Actor, user_id: int, kind: str, value: str, verified: bool, primary: bool) -> Row:
    stamp = account.stamp()
    row = {
        "id": account.ids.number(), "user_id": user_id, "type": kind,
        "value": value.strip().lower() if kind == "email" else value, "verified": verified, "primary": primary,
        "created_at": stamp, "updated_at": stamp, "undeliverable_count": 0, "deliverable_state": "deliverable",
    }  # fmt: skip
    return account.save("identity", row, actor, "create")


def add(account: Account, actor: Actor, user: Row, values: Row) -> Row:
    """A further address or number of a user, as a call asks for it. Raises ``RecordInvalid``."""
    problems = Problems()
    kind, value = values.get("type"), str(values.get("value") or "").strip()
    if kind == "email":
        if not value:
            problems.add("value", "Value: cannot be blank", "BlankValue")
        address(account, value, None, problems)
    elif kind != "phone_number" or not value:
        problems.add("type", f"Type: {kind} is not valid", "InvalidValue")
    problems.check()
    row = store(account, actor, user["id"], str(kind), value, bool(values.get("verified")), False)
    if values.get("primary"):
        make_primary(account, actor, user, row)
    return account.records.identities.rows[row["id"]]


def new_address(account: Account, actor: Actor, user: Row, email: str, verified: bool) -> Row | None:
    """Add an address to a user that is being written; ``None`` if it has it already."""
    known = {each["value"].lower(): each for each in account.records.identities.find("user", user["id"])}
    first = user["email"] is None or not account.config.put_email_adds_identity
    if first:
        for identity in known.values():
            if identity["type"] == "email" and identity["primary"]:
                account.save("identity", {**identity, "primary": False}, actor, "update")
        user["email"] = email
    if email in known:
        return None
    return store(account, actor, user["id"], "email", email, verified, first)


def make_primary(account: Account, actor: Actor, user: Row, identity: Row) -> None:
    for other in account.records.identities.find("user", user["id"]):
        if other["type"] == identity["type"] and other["primary"] != (other["id"] == identity["id"]):
            account.save("identity", {**other, "primary": not other["primary"]}, actor, "update")
    if identity["type"] == "email":
        account.save("user", {**user, "email": identity["value"], "updated_at": account.stamp()}, actor, "update")


def move(account: Account, actor: Actor, loser: Row, winner: Row) -> None:
    """Give the identities of one user to another; they stay primary only where the other has none."""
    for identity in account.records.identities.find("user", loser["id"]):
        kept = identity["primary"] and not winner["email" if identity["type"] == "email" else "phone"]
        account.save("identity", {**identity, "user_id": winner["id"], "primary": kept}, actor, "update")
