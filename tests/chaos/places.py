"""What people do with addresses, further addresses, and the accounts that accounts and contacts belong to.

Each record has one side that edits an address, or both, by its id: so it is known what must be there at rest.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any
from zlib import crc32

from setup.lib.rpc import RpcError
from tests.end_to_end.two_way import BothWays

from .readings import CODES, Org, shown, small, words

Pair = tuple[str, int]
# Place, postal code, state by name and code, country as people write it there.
CITIES = (
    ("Torino", "10121", "Torino", "TO", "Italy"),
    ("Asti", "14100", "Asti", "AT", "Italy"),
    ("Udine", "33100", "Udine", "UD", "Italia"),
    ("Trieste", "34121", "Trieste", "TS", "IT"),
    ("Passau", "94032", "Bayern", "BY", "Germany"),
)
COLUMNS = {"Street": "street", "City": "city", "PostalCode": "zip", "State": "state", "Country": "country"}
# object -> ((the platform's prefix, Odoo's type of child or none for the customer's own), ...)
ADDRESSES = {
    "001": (("Billing", None), ("Shipping", "delivery")),
    "003": (("Mailing", None), ("Other", "other")),
}


def is_refusal(error: BaseException) -> bool:
    """Return whether Odoo refused a move: a customer with invoices does not get a company of another tax ID."""
    refused = isinstance(error, RpcError) and error.name == "odoo.exceptions.UserError"
    return refused and "as an invoicing address of another" in str(error)


class Places:
    """Edits of addresses, and moves; a part of Traffic."""

    connection: BothWays
    random: Random
    accounts: list[Pair]
    contacts: list[Pair]
    deleted: set[str]
    recruits: set[str]
    _number: int
    _contact: Callable[[], Pair]
    _word: Callable[[str], str]
    _write: Callable[..., None]
    _note: Callable[[str, str, str, Any], None]
    _try_again: Callable[[Callable[[], Any]], Any]

    def _begin_places(self) -> None:
        # (record, prefix over there) -> {side: what it wrote last}; street, city and all, None where it was cleared
        self.placed: dict[tuple[str, str], dict[str, dict[str, str | None]]] = {}
        # record -> the account that the platform's users gave it last, None for no account
        self.moved: dict[str, str | None] = {}
        # record -> the account that it had when it was taken up
        org = Org(self.connection)
        self.parents = {key: org.company(record) for key, record in org.records.items()}
        # record without a company over there -> the companies that Odoo's users gave it: the last of them may stand
        self.offered: dict[str, set[str]] = {}
        self._countries = {row["code"]: row["id"] for row in self.connection.query("SELECT id, code FROM res_country")}
        self._states = {
            (row["country"], row["code"].rpartition("-")[2]): row["id"]
            for row in self.connection.query(
                "SELECT s.id, s.code, c.code AS country FROM res_country_state s JOIN res_country c"
                " ON c.id = s.country_id"
            )
        }

    # ------------------------------------------------------------------ addresses
    def _address(self) -> None:
        """Edit, make or clear an address of a record on one of its sides, wholly or in part."""
        key, partner = self.random.choice(self.accounts) if self.random.random() < 0.6 else self._contact()
        prefix, kind = self.random.choice(ADDRESSES[key[:3]])
        sides = (("here",), ("there",), ("here", "there"))[crc32(f"{key}{prefix}".encode()) % 3]
        side = self.random.choice(sides)
        # Over a whole further address that goes on one side and is edited on the other, a person is asked.
        clear = (not kind or len(sides) == 1) and self.random.random() < 0.15
        values = dict.fromkeys(COLUMNS) if clear else self._new_address(bool(kind) or len(sides) > 1)
        if side == "there":
            fields = {f"{prefix}{name}": text for name, text in values.items()}
            self.connection.simulator.edit("Account" if key[:3] == "001" else "Contact", key, fields)
        elif kind:
            self._edit_child(partner, kind, values, clear)
        else:
            self._write(partner, **self._vals(values))
        if len(sides) > 1:
            # An address is merged as a whole: of the other parts it can't be said which side's stands.
            values = {"Street": values["Street"]}
        last = self.placed.setdefault((key, prefix), {}).setdefault(side, {})
        last.update(values)

    def _edit_child(self, partner: int, kind: str, values: dict[str, str | None], clear: bool) -> None:
        child = self._child(partner, kind)
        if clear:
            if child:
                self._write(child, active=False)
        elif child:
            self._write(child, **self._vals(values))
        else:
            vals = {"parent_id": partner, "type": kind, **self._vals(values)}
            self._try_again(lambda: self._child(partner, kind) or self.connection.make(**vals))

    def _child(self, partner: int, kind: str) -> int | None:
        """The address of a kind that a user sees below a customer."""
        rows = self._try_again(
            lambda: self.connection.query(
                "SELECT id FROM res_partner WHERE parent_id = %s AND type = %s AND active ORDER BY id", partner, kind
            )
        )
        return rows[0]["id"] if rows else None

    def _new_address(self, whole: bool) -> dict[str, str | None]:
        city, code, state, short, country = self.random.choice(CITIES)
        street = f"Corso {self._word('Via').title()}"
        if self.random.random() < 0.3:
            street += f"\nScala {self.random.randrange(1, 9)}"
        values = {"Street": street, "City": city, "PostalCode": code, "State": self.random.choice((state, short))}
        values["Country"] = country
        if whole or self.random.random() < 0.5:
            return values
        # A state alone would be one of another country.
        if self.random.random() < 0.7:
            return {"Street": street}
        # Of its own: a contact who is given what its company has, is given nothing.
        self._number += 1
        return {"PostalCode": f"{20000 + self._number}"}

    def _vals(self, values: dict[str, str | None]) -> dict[str, Any]:
        """Odoo's columns of an address as it is typed over there."""
        vals: dict[str, Any] = {}
        if "Street" in values:
            first, _line, rest = (values["Street"] or "").partition("\n")
            vals.update(street=first or False, street2=rest or False)
        for name in {"City", "PostalCode"} & values.keys():
            vals[COLUMNS[name]] = values[name] or False
        if "Country" in values:
            code = CODES[values["Country"].casefold()] if values["Country"] else None
            short = next((short for _c, _z, state, short, _l in CITIES if values["State"] in (state, short)), None)
            vals["country_id"] = self._countries.get(code, False)
            vals["state_id"] = self._states.get((code, short), False)
        return vals

    # ------------------------------------------------------------------ moves
    def _move_there(self) -> None:
        """Put a contact or an account below another account, or below none."""
        key, account = self._place_for(self._pick()[0])
        field, name = ("ParentId", "Account") if key[:3] == "001" else ("AccountId", "Contact")
        self.connection.simulator.edit(name, key, {field: account[0] if account else None})
        self.moved[key] = account[0] if account else None
        if account:
            self.offered.pop(key, None)

    def _move_here(self) -> None:
        """Move one in Odoo: by the shipped rules the platform has the say, and the move is taken back.

        A company for a record that has none over there, or a household of its own, is news and goes out.
        """
        key, partner = self._pick()
        _key, account = self._place_for(key)
        before = {*self.offered.get(key, ())}
        if account and not self._company_there(key):
            self.offered.setdefault(key, set()).add(account[0])
        spoken = self._language(partner)
        try:
            self._write(partner, parent_id=account[1] if account else False)
        except RpcError as error:
            if not is_refusal(error):
                raise
            self.offered.pop(key, None)
            if before:
                self.offered[key] = before
            return
        self._follow_language(key, partner, spoken)
        # Odoo gives one who moves the address of the company, and a company without an address that of who comes.
        self.placed.pop((key, ADDRESSES[key[:3]][0][0]), None)
        if account and None in [of.get("Street", "") for of in self.placed.get((account[0], "Billing"), {}).values()]:
            self.placed.pop((account[0], "Billing"))

    def _language(self, partner: int) -> str | None:
        rows = self._try_again(lambda: self.connection.query("SELECT lang FROM res_partner WHERE id = %s", partner))
        return rows[0]["lang"]

    def _follow_language(self, key: str, partner: int, before: str | None) -> None:
        """Odoo gives one who moves the company's language, where the platform states none: it is Odoo's edit."""
        if (now := self._language(partner)) != before:
            self._note(key, "language", "here", now)

    def _company_there(self, key: str) -> str | None:
        """The account that a record belonged to before the trial, or that the platform's users gave it since."""
        if key in self.moved:
            return self.moved[key]
        return self.parents.get(key)

    def _pick(self) -> Pair:
        return self.random.choice(self.accounts) if self.random.random() < 0.3 else self._contact()

    def _place_for(self, key: str) -> tuple[str, Pair | None]:
        """A record, and an account for it: of accounts an earlier one, so that there is never a circle."""
        above = [pair for pair in self.accounts if pair[0] < key] if key[:3] == "001" else self.accounts
        return key, (self.random.choice(above) if above and self.random.random() < 0.85 else None)

    # ------------------------------------------------------------------ the reckoning
    def misplaced(self, org: Org) -> list[str]:
        """Return addresses that are not as one of their sides last wrote them, and records in another account."""
        found = []
        for (key, prefix), wrote in self.placed.items():
            if not (record := org.records.get(key)):
                continue
            for name in {name for values in wrote.values() for name in values}:
                seen = _read(org, name, record, prefix)
                allowed = [
                    _read(org, name, {f"{prefix}{part}": text for part, text in values.items()}, prefix)
                    for values in wrote.values()
                    if name in values
                ]
                if seen not in allowed:
                    found.append(f"{key}: {prefix}{name} is {seen!r}; written were {wrote}")
        for key in self.moved.keys() | self.offered.keys():
            if not (record := org.records.get(key)) or key in self.deleted:
                continue
            held, wanted = org.company(record), self._company_there(key)
            if held not in {wanted, *self.offered.get(key, ())}:
                offered = f", given {self.offered[key]} in Odoo" if key in self.offered else ""
                found.append(f"{key} was moved to {wanted}{offered} and is in {held}")
        return found


def _read(org: Org, name: str, record: dict[str, Any], prefix: str) -> str | None:
    text = shown(record, f"{prefix}{name}Code|{prefix}{name}")
    if name == "Country":
        return CODES.get((text or "").casefold())
    if name == "State":
        country = CODES.get((shown(record, f"{prefix}CountryCode|{prefix}Country") or "").casefold())
        return org.states.get((country, (text or "").lower()), small(text))
    return words(text)
