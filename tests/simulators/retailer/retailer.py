"""The whole retailer: sales people, accounts, contacts, in the order an import needs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from .accounts import AccountMaker
from .contacts import ContactMaker
from .phones import PhoneBook
from .records import Record
from .traps import TrapBook

_START = datetime(2022, 1, 3, 8, 0, tzinfo=timezone.utc)
_SPAN_SECONDS = 3 * 365 * 86400

_SALES_PEOPLE = (
    ("Elena", "Marchesi", True), ("Tom", "Fielding", True), ("Katrin", "Lindner", True), ("Pierre", "Marchand", True),
    ("Ana", "Robledo", True), ("Piet", "Zandstra", True), ("Oskar", "Gone", False), ("Ruth", "Formerly", False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Export:
    """Records per object in import order, and the manifest of the traps."""

    records: dict[str, list[Record]]
    manifest: dict[str, Any]


def generate(accounts: int = 2000, contacts: int = 3000, seed: int = 19, clean: bool = False) -> Export:
    """Make the retailer's customers. ``clean`` sets no trap: only a hierarchy, for measuring speed."""
    rng = Random(f"retailer:{seed}:{accounts}:{contacts}:{clean}")
    book = None if clean else TrapBook()
    phones = PhoneBook(rng)
    users = [_user(number, *person) for number, person in enumerate(_SALES_PEOPLE, 1)]
    owners = (
        [user["attributes"]["referenceId"] for user in users if user["IsActive"]],
        [user["attributes"]["referenceId"] for user in users if not user["IsActive"]],
    )
    made = AccountMaker(rng, phones, book, owners).make(accounts)
    maker = ContactMaker(rng, phones, book, owners, made)
    people = maker.make(contacts)
    _date(made.records, people, rng, book)
    records = {"User": users, "Account": made.records, "Contact": people}
    manifest = {
        "seed": seed,
        "clean": clean,
        "records": {name: len(rows) for name, rows in records.items()},
        "key_field": "Legacy_Id__c",
        "levels": max(made.levels, default=0) + 1,
        "with_parent": {
            "Account": sum(parent is not None for parent in made.parents),
            "Contact": sum("AccountId" in person for person in people),
        },
        "traps": book.manifest() if book else {},
    }
    return Export(records, manifest)


def _user(number: int, first: str, last: str, active: bool) -> Record:
    email = f"{first}.{last}@retailer.example".lower()
    return {
        "attributes": {"type": "User", "referenceId": f"UserRef{number}"},
        "FirstName": first,
        "LastName": last,
        "Email": email,
        "Username": f"{email}.crm",
        "Alias": (first[0] + last)[:8].lower(),
        "IsActive": active,
    }


def _date(accounts: list[Record], contacts: list[Record], rng: Random, book: TrapBook | None) -> None:
    """Give each record its dates: entered in order, some edited later, and the late ones after what points to them."""
    count = max(len(accounts) + len(contacts), 1)
    step = _SPAN_SECONDS / count
    created: dict[str, int] = {}
    changed: dict[str, int] = {}
    # Accounts and contacts are entered side by side, as in life; a clean export has all accounts first.
    order = [*accounts, *contacts]
    if book:
        half = len(accounts) / max(len(contacts), 1)
        order = sorted(order, key=lambda record: _turn(record, half))
    for place, record in enumerate(order):
        ref = record["attributes"]["referenceId"]
        created[ref] = changed[ref] = int(place * step)
        if book and rng.random() < 0.3:
            changed[ref] += rng.randrange(_SPAN_SECONDS // 6)
    if book:
        pairs = [pair for name in ("late_parent", "late_account") for pair in book.groups[name]]
        # A parent that is made late may itself be a child: go on until every pair holds.
        while late := [(parent, child) for parent, child in pairs if changed[parent] <= changed[child]]:
            for parent, child in late:
                changed[parent] = changed[child] + rng.randint(60, 86400)
    for record in order:
        ref = record["attributes"]["referenceId"]
        record["CreatedDate"] = _written(created[ref])
        record["LastModifiedDate"] = record["SystemModstamp"] = _written(changed[ref])


def _turn(record: Record, half: float) -> tuple[float, str]:
    kind, number = record["attributes"]["type"], int(record["attributes"]["referenceId"].split("Ref")[1])
    return (number, kind) if kind == "Account" else (number * half, kind)


def _written(seconds: int) -> str:
    return (_START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
