"""How people edit each mapped field on either side, and what must be there at rest.

Who may write a field, the ownership rules say. A shared one has, by record, one side that edits it, or both; one that
a side owns is edited by both, and the owner's last value must be there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from zlib import crc32

from tests.end_to_end.two_way import BothWays
from tests.simulators.retailer.vat import make_vat
from tests.simulators.salesforce.client import Simulator
from tests.stack import Stack

from .readings import ADDRESS, READINGS, Line, Org, lines, shown

HERE, THERE = "here", "there"
BLANKS = 0.15
# Not the one that Odoo fills in: no edit to it would be one.
LANGUAGES = ("de_DE", "fr_FR", "it_IT")
Vals = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """value: makes a value. here: vals of Odoo; there: fields of the platform, by default the value in the mapping's
    first field. blank: whether people may clear it."""

    value: Callable[[FieldEdits], Any]
    here: Callable[[FieldEdits, Any], Vals] | None = None
    there: Callable[[FieldEdits, Any], Vals] | None = None
    blank: bool = True


def _column(name: str) -> Callable[[FieldEdits, Any], Vals]:
    return lambda _people, value: {name: value or False}


def _word(start: str) -> Callable[[FieldEdits], Any]:
    return lambda people: people._word(start)


def _of(*choices: Any) -> Callable[[FieldEdits], Any]:
    return lambda people: people.random.choice(choices)


def _block(people: FieldEdits, value: Any) -> Vals:
    reason = people._word("Reason") if value else False
    until = people.random.choice((False, "2099-05-31")) if value else False
    return {"account_block": bool(value), "account_block_reason": reason, "account_block_until": until}


def _amount(people: FieldEdits) -> float:
    return float(people.random.randrange(100, 9000))


# What only Odoo decides and no one types there is edited over there alone, and must be taken back.
EDITS: dict[str, Edit] = {
    "name": Edit(_word(""), _column("name"), blank=False),
    "job_title": Edit(_word("Title"), _column("function")),
    "email": Edit(lambda people: f"{people._word('m').lower()}@mail.example", _column("email")),
    "phone": Edit(lambda people: f"+39 02 {people._digits()}", _column("phone")),
    "website": Edit(lambda people: f"https://{people._word('w').lower()}.example", _column("website")),
    "vat": Edit(lambda people: people._vat(), _column("vat")),
    "customer_number": Edit(_word("C"), _column("ref")),
    "language": Edit(_of(*LANGUAGES), _column("lang"), blank=False),
    "notes": Edit(_word("Note ")),
    "email_opt_out": Edit(_of(True, False), _column("email_opt_out"), blank=False),
    "phone_opt_out": Edit(_of(True, False), _column("phone_opt_out"), blank=False),
    "owner": Edit(
        lambda people: people.random.choice(people.salespeople),
        lambda people, value: {"user_id": people.users[value]},
        lambda people, value: {"OwnerId": people.owners[value]},
        blank=False,
    ),
    "account_block": Edit(_of(True, False), _block, blank=False),
    "block_reason": Edit(_word("Typed")),
    "block_until": Edit(_of("2031-01-31", "2032-02-28")),
    "credit_limit": Edit(_amount, lambda _people, value: {"credit_limit": value or 0}),
    "amount_due": Edit(_amount),
    "overdue_amount": Edit(_amount),
    "credit_state": Edit(_of("OK", "Near limit", "Hold")),
    "payment_terms": Edit(
        lambda people: people.random.choice(list(people.terms)),
        lambda people, value: {"property_payment_term_id": people.terms.get(value, False)},
    ),
    "tax_class": Edit(
        lambda people: people.random.choice(list(people.positions)),
        lambda people, value: {"property_account_position_id": people.positions.get(value, False)},
    ),
    "vat_status": Edit(_of("Valid", "Invalid", "Unchecked")),
    "open_orders": Edit(_of(1, 7)),
    "last_order_at": Edit(_of("2025-03-04T05:06:07.000+0000")),
    "returns_rate": Edit(_of(3.5, 12.5)),
    "lifetime_value": Edit(_amount),
    "loyalty_points": Edit(_of(10, 250)),
}
# Their own classes edit these; what a record is, no one edits.
ELSEWHERE = {*ADDRESS, "parent", "kind"}
# A company's people have these from their company.
OF_COMPANY = {"account_block", "credit_limit", "payment_terms", "tax_class"}


def unedited(connection: BothWays) -> list[str]:
    """Mapped fields that the traffic never edits: no trial would show that their edits get lost."""
    found = {(line.object, line.field) for line in lines(connection) if line.field not in {*EDITS, *ELSEWHERE}}
    return [f"{name}: {field} is mapped and never edited" for name, field in sorted(found)]


def open_office(stack: Stack, simulator: Simulator) -> None:
    """Prepare Odoo for a trial: a salesperson for each of the platform's users, languages, limits of credit."""
    mails = [user["Email"] for user in simulator.records("User")]
    known = {login for (login,) in stack.sql("SELECT login FROM res_users")}
    new = [{"name": mail.partition("@")[0], "login": mail, "email": mail} for mail in mails if mail not in known]
    stack.rpc("res.users", "create", [new])
    # Odoo ships them with no value there at all.
    languages = stack.sql("SELECT id FROM res_lang WHERE code = ANY(%s) AND active IS NOT TRUE", (list(LANGUAGES),))
    stack.rpc("res.lang", "write", [[row[0] for row in languages], {"active": True}])
    [(company,)] = stack.sql("SELECT id FROM res_company ORDER BY id LIMIT 1")
    stack.rpc("res.company", "write", [[company], {"account_use_credit_limit": True}])
    stack.restart()


class FieldEdits:
    """Edits of single fields; a part of Traffic."""

    connection: BothWays
    random: Random
    accounts: list[tuple[str, int]]
    recruits: set[str]
    deleted: set[str]
    _contact: Callable[[], tuple[str, int]]
    _word: Callable[[str], str]
    _digits: Callable[[], str]
    _write: Callable[..., None]

    def _begin_fields(self) -> None:
        connection = self.connection
        self.owner_of = {
            row["canonical_field"]: (row["owner"], row["survivorship"])
            for row in connection.query(
                "SELECT canonical_field, owner, survivorship FROM retail_sync_ownership_rule"
                " WHERE active AND entity = 'customer' AND connection_id IS NULL AND company_id IS NULL"
            )
        }
        self.lines = {
            (line.object, line.field): line
            for line in lines(connection)
            if line.part == "main" and line.kind != "person"
        }
        org = Org(connection)
        # (record, field) -> what it was before anybody edited it, as a clerk reads it
        self.initial = {
            (key, field): org.reads(line, record)
            for key, record in org.records.items()
            for (name, field), line in self.lines.items()
            if name == _object(key)
        }
        # (record, field) -> {side: what it wrote last, as a clerk reads it}
        self.wrote: dict[tuple[str, str], dict[str, Any]] = {}
        # (record, field) -> what was typed over there while Odoo had no value of its own
        self.filled: dict[tuple[str, str], list[Any]] = {}
        self.opted_out: set[tuple[str, str]] = set()
        self._begin_choices()

    def _begin_choices(self) -> None:
        """Make what values are chosen from: salespeople on both sides, terms of payment, classes of tax."""
        rpc = self.connection.stack.rpc
        self.owners = {user["Email"]: user["Id"] for user in self.connection.simulator.records("User")}
        self.salespeople = sorted(self.owners)
        rows = self.connection.query(
            "SELECT u.id, u.login FROM res_users u WHERE u.login = ANY(%s)", list(self.salespeople)
        )
        self.users = {row["login"]: row["id"] for row in rows}
        self.terms, self.positions = (
            dict(zip(names, rpc(model, "create", [[{"name": name} for name in names]]), strict=True))
            for model, names in (
                ("account.payment.term", ("30 days net", "60 days net")),
                ("account.fiscal.position", ("Domestic trade", "Export trade")),
            )
        )

    def _vat(self) -> str:
        number = make_vat("IT", self.random)
        return number if self.random.random() < 0.7 else number[:-1] + str((int(number[-1]) + 1) % 10)

    # ------------------------------------------------------------------ editing
    def _edit_field(self) -> None:
        """Edit one field of one record on a side that may, on both where both may, or clear it."""
        key, partner = self.random.choice(self.accounts) if self.random.random() < 0.5 else self._contact()
        names = [field for name, field in self.lines if name == _object(key) and field in EDITS]
        field = self.random.choice(names)
        if field == "name" and key in self.recruits:
            return  # by its name it is found in the end
        sides = self._sides_of(key, field)
        # A side alone most of the time: both at the same moment is the exception among people.
        chosen = sides if self.random.random() < 0.2 else [self.random.choice(sides)]
        for side in chosen:
            self._edit(side, key, partner, field)

    def _sides_of(self, key: str, field: str) -> list[str]:
        """Which sides edit a field of a record."""
        line, edit = self.lines[_object(key), field], EDITS[field]
        if line.direction == "in" or edit.here is None or (field in OF_COMPANY and _object(key) == "Contact"):
            return [THERE]
        if self._owner(field) != "shared":
            return [HERE, THERE]
        return ([HERE], [THERE], [HERE, THERE])[crc32(f"{key}{field}".encode()) % 3]

    def _owner(self, field: str) -> str:
        # What has no rule is of those that Odoo alone decides.
        return self.owner_of.get(field, ("odoo", ""))[0]

    def _edit(self, side: str, key: str, partner: int, field: str) -> None:
        edit, line = EDITS[field], self.lines[_object(key), field]
        value = None if edit.blank and self.random.random() < BLANKS else edit.value(self)
        if side == THERE:
            fields = _typed(self, key, line, edit, value)
            self.connection.simulator.edit(_object(key), key, fields)
            seen = value if field == "owner" else shown(fields, line.path)
            self._note(key, field, THERE, READINGS[field].there(seen))
            return
        vals = edit.here(self, f"Anna {value}" if field == "name" and _object(key) == "Contact" else value)
        self._write(partner, **vals)
        seen = vals.get("name", value) if field == "name" else value
        self._note(key, field, HERE, READINGS[field].there(seen))
        if field == "account_block":
            self._note(key, "block_reason", HERE, vals["account_block_reason"] or None)
            self._note(key, "block_until", HERE, vals["account_block_until"] or None)

    def _note(self, key: str, field: str, side: str, value: Any) -> None:
        wrote = self.wrote.setdefault((key, field), {})
        if wrote.get(HERE, self.initial.get((key, field))) is not None:
            # What Odoo has now, or clears now, is its own; a blank over a blank is no edit.
            self.filled.pop((key, field), None)
        elif side == THERE:
            self.filled.setdefault((key, field), []).append(value)
        wrote[side] = value
        if value is True:
            self.opted_out.add((key, field))

    # ------------------------------------------------------------------ the reckoning
    def astray(self, org: Org) -> list[str]:
        """Return fields that do not have the last value of a side that may write them, in words."""
        found = []
        for (key, field), wrote in self.wrote.items():
            record, line = org.records.get(key), self.lines[_object(key), field]
            if record is None or key in self.deleted:
                continue
            value, allowed = org.reads(line, record), self._allowed(key, field, wrote)
            if allowed is not None and value not in allowed:
                found.append(f"{key}: {field} is {value!r} there; it should be {allowed}, written were {wrote}")
        return found

    def _allowed(self, key: str, field: str, wrote: dict[str, Any]) -> list[Any] | None:
        """The values of which one must be there; None where only the comparison can say."""
        before, owner = self.initial.get((key, field)), self._owner(field)
        if owner == "odoo":
            if EDITS[field].here is None and HERE not in wrote or (field in OF_COMPANY and _object(key) == "Contact"):
                return None
            last = wrote.get(HERE, before)
            # A blank that both sides agreed on may be filled over there, but for what only Odoo decides. What filled
            # it is Odoo's from then on: of several values any may be the one.
            filled = last is None and field in self.owner_of
            return [last, *(self.filled.get((key, field), []) if filled else [])]
        if owner == "remote":
            return [wrote.get(THERE, before)]
        if self.owner_of[field][1] == "restrictive":
            # What one of them refused once, stays refused, unless the other never knew.
            if True in wrote.values() or before:
                return [True]
            return [False, True] if (key, field) in self.opted_out else [False]
        # The platform gives a record that was made here an owner when it creates the record. Its clock runs ahead of
        # ours in a trial, so that this value may count as the newer one.
        given = [before] if field == "owner" and key in self.recruits and THERE not in wrote else []
        return [*wrote.values(), *given]


def _object(key: str) -> str:
    return "Account" if key.startswith("001") else "Contact"


def _typed(people: FieldEdits, key: str, line: Line, edit: Edit, value: Any) -> Vals:
    """The platform's fields for a value."""
    if edit.there:
        return edit.there(people, value)
    if line.field == "name" and _object(key) == "Contact":
        return {"FirstName": "Anna", "LastName": value}
    return {line.path.partition("|")[0]: value}
