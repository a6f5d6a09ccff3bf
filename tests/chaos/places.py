"""What people do with addresses, parts, accounts of contacts and opt-outs while things die under them.

Each record has one side that edits it, or both, by its place in the list: so it is known what must be there at rest.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.end_to_end.two_way import BothWays

Pair = tuple[str, int]
CITIES = (("Torino", "10121"), ("Asti", "14100"), ("Udine", "33100"), ("Trieste", "34121"))
_COLUMNS = {"Street": "street", "City": "city", "PostalCode": "zip"}


class Places:
    """Edits of addresses and parts, moves and opt-outs; a part of Traffic."""

    connection: BothWays
    random: Random
    accounts: list[Pair]
    contacts: list[Pair]
    deleted: set[str]
    sole: dict[tuple[str, str, str], Any]
    _contact: Callable[[], Pair]
    _word: Callable[[str], str]
    _write: Callable[..., None]
    _try_again: Callable[[Callable[[], Any]], Any]

    def _begin_places(self) -> None:
        # (account, prefix over there) -> {side: last street}; None for an address that was cleared
        self.streets: dict[tuple[str, str], dict[str, str | None]] = {}
        self.moved: dict[str, str] = {}  # contact -> the account that the platform's users gave it last

    # ------------------------------------------------------------------ addresses
    def _sides(self, number: int) -> tuple[str, ...]:
        return (("here",), ("there",), ("here", "there"))[number % 3]

    def _address(self) -> None:
        """Edit the address of an account on one of its sides, wholly or its street alone."""
        number = self.random.randrange(len(self.accounts))
        key, partner = self.accounts[number]
        side, values = self.random.choice(self._sides(number)), self._new_address("Corso")
        if side == "there":
            self.connection.simulator.edit("Account", key, {f"Billing{name}": text for name, text in values.items()})
        else:
            self._write(partner, **{_COLUMNS[name]: text for name, text in values.items()})
        self.streets.setdefault((key, "Billing"), {})[side] = values["Street"]

    def _part(self) -> None:
        """Edit, make or clear the delivery address of an account on one of its sides."""
        number = self.random.randrange(len(self.accounts))
        key, partner = self.accounts[number]
        side, values = self.random.choice(self._sides(number)), self._new_address("Rampa", whole=True)
        if side == "there":
            clear = len(self._sides(number)) == 1 and self.random.random() < 0.2
            fields = {f"Shipping{name}": None if clear else text for name, text in values.items()}
            self.connection.simulator.edit("Account", key, {**fields, "ShippingCountry": None if clear else "Italy"})
            self.streets.setdefault((key, "Shipping"), {})[side] = None if clear else values["Street"]
            return
        child = self._delivery_child(partner)
        vals = {_COLUMNS[name]: text for name, text in values.items()}
        if child:
            self._write(child, **vals)
        else:
            country = self._try_again(lambda: self.connection.country("IT"))
            self._try_again(
                lambda: (
                    self._delivery_child(partner)
                    or self.connection.make(parent_id=partner, type="delivery", country_id=country, **vals)
                )
            )
        self.streets.setdefault((key, "Shipping"), {})[side] = values["Street"]

    def _delivery_child(self, partner: int) -> int | None:
        """The delivery address that a user sees below a company."""
        rows = self._try_again(
            lambda: self.connection.query(
                "SELECT id FROM res_partner WHERE parent_id = %s AND type = 'delivery' AND active ORDER BY id", partner
            )
        )
        return rows[0]["id"] if rows else None

    def _new_address(self, street: str, whole: bool = False) -> dict[str, str]:
        city, code = self.random.choice(CITIES)
        values = {"Street": f"{street} {self._word('Via').title()}"}
        return {**values, "City": city, "PostalCode": code} if whole or self.random.random() < 0.5 else values

    # ------------------------------------------------------------------ moves and opt-outs
    def _move_there(self) -> None:
        key, _partner = self._contact()
        account = self.random.choice(self.accounts)[0]
        self.connection.simulator.edit("Contact", key, {"AccountId": account})
        self.moved[key] = account

    def _move_here(self) -> None:
        """Move a contact in Odoo: by the shipped rules the platform has the say, and the move is taken back."""
        _key, partner = self._contact()
        self._write(partner, parent_id=self.random.choice(self.accounts)[1])

    def _opt_out(self) -> None:
        """E-mail is opted out of over there, calls here."""
        key, partner = self._contact()
        value = self.random.random() < 0.5
        if self.random.random() < 0.5:
            self.connection.simulator.edit("Contact", key, {"HasOptedOutOfEmail": value})
            self.sole[key, "HasOptedOutOfEmail", "email_opt_out"] = value
        else:
            self._write(partner, phone_opt_out=value)
            self.sole[key, "DoNotCall", "phone_opt_out"] = value

    # ------------------------------------------------------------------ the reckoning
    def misplaced(self, records: dict[str, dict[str, Any]]) -> list[str]:
        """Return addresses that are not as one of their sides last wrote them, and contacts in another account."""
        found = []
        for (key, prefix), wrote in self.streets.items():
            street = (records[key].get(f"{prefix}Street") or "").strip() or None
            if street not in wrote.values():
                found.append(f"{key}: {prefix} is {street!r}; written were {wrote}")
        for key, account in self.moved.items():
            if key not in self.deleted and records[key].get("AccountId") != account:
                found.append(f"{key} was moved to {account} and is in {records[key].get('AccountId')}")
        return found
