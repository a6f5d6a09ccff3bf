"""Which customer a look-up means, and how sure that is: by e-mail, phone, order number, external id.

Values are compared in the normal forms of the engine's identity decisions, which the caller passes: an addon imports
the engine by another name inside Odoo than outside. The quality says that a record is meant, not that the caller is
this person: verification is another matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

__all__ = ["Customer", "Forms", "Lookup", "Match", "Quality", "Result", "match"]


class Forms(Protocol):
    """Normal forms of contact values."""

    def email(self, text: str) -> tuple[str, bool] | None:
        """Return (address in its normal form, whether one person alone reads it); None for no address."""

    def phone(self, text: str, country: str) -> str | None:
        """Return the number in its normal form; None for no number, or a made-up one."""


class Quality(str, Enum):
    """How sure it is that a customer is meant."""

    certain = "certain"  # an id of the record, or two values that point to it independently
    strong = "strong"  # one value that belongs to this customer alone
    weak = "weak"  # a value that others use too, or one that agrees while another does not
    none = "none"


_ORDER = (Quality.certain, Quality.strong, Quality.weak, Quality.none)


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is known of who is looked for; empty: not known. ``country``: ISO code by which a phone number is read."""

    email: str = ""
    phone: str = ""
    order_number: str = ""
    external_id: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer that was found by some of the values.

    :param order_numbers: of its orders, as far as they were asked for
    :param external_ids: by which a platform knows it
    """

    id: int
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    order_numbers: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    country: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A customer with the quality, and the names of the values that agree, are shared with others, and do not agree."""

    customer_id: int
    quality: Quality
    agrees: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """All matches, the best first. ``chosen``: the only customer that can be meant; None where several can, or none."""

    matches: tuple[Match, ...] = ()

    @property
    def chosen(self) -> Match | None:
        """Return the match that stands above all others; a weak one never does."""
        if not self.matches or self.matches[0].quality is Quality.weak:
            return None
        first, rest = self.matches[0], self.matches[1:]
        return None if any(other.quality is first.quality for other in rest) else first


def match(lookup: Lookup, customers: Iterable[Customer], forms: Forms) -> Result:
    """Return which of some customers a look-up means. The order in which they are given is irrelevant."""
    unique = {customer.id: customer for customer in customers}
    agreeing = {key: _agreeing(lookup, unique[key], forms) for key in sorted(unique)}
    asked = _asked(lookup, forms)
    carriers: dict[str, int] = {}
    for names in agreeing.values():
        for name in names:
            carriers[name] = carriers.get(name, 0) + 1
    several = {name for name, count in carriers.items() if count > 1} | _for_many(lookup, forms)
    found = [_match(key, names, asked - names, several) for key, names in agreeing.items() if names]
    found.sort(
        key=lambda entry: (_ORDER.index(entry.quality), -len(entry.agrees), len(entry.differs), entry.customer_id)
    )
    return Result(tuple(found))


def _match(customer_id: int, agrees: set[str], differs: set[str], several: set[str]) -> Match:
    alone = agrees - several
    if "external_id" in alone or len(alone) > 1:
        quality = Quality.certain
    elif alone:
        quality = Quality.strong
    else:
        quality = Quality.weak
    if differs and quality is not Quality.weak and "external_id" not in alone:
        # What does not agree may be a new number of the same customer, or another customer: one step less sure.
        quality = _ORDER[_ORDER.index(quality) + 1]
    return Match(customer_id, quality, _sorted(agrees), _sorted(agrees & several), _sorted(differs))


def _agreeing(lookup: Lookup, customer: Customer, forms: Forms) -> set[str]:
    found = set()
    email = forms.email(lookup.email) if lookup.email else None
    if email and any((known := forms.email(text)) and known[0] == email[0] for text in customer.emails):
        found.add("email")
    phone = forms.phone(lookup.phone, lookup.country) if lookup.phone else None
    if phone and any(forms.phone(text, customer.country or lookup.country) == phone for text in customer.phones):
        found.add("phone")
    if lookup.order_number and _plain(lookup.order_number) in map(_plain, customer.order_numbers):
        found.add("order_number")
    if lookup.external_id and lookup.external_id in customer.external_ids:
        found.add("external_id")
    return found


def _asked(lookup: Lookup, forms: Forms) -> set[str]:
    """Return the names of the values that can be compared."""
    found = {name for name in ("order_number", "external_id") if getattr(lookup, name)}
    if lookup.email and forms.email(lookup.email):
        found.add("email")
    if lookup.phone and forms.phone(lookup.phone, lookup.country):
        found.add("phone")
    return found


def _for_many(lookup: Lookup, forms: Forms) -> set[str]:
    """Return the e-mail address where a function or a household reads it."""
    email = forms.email(lookup.email) if lookup.email else None
    return {"email"} if email and not email[1] else set()


def _plain(number: str) -> str:
    return "".join(number.split()).upper().lstrip("#")


def _sorted(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=("external_id", "order_number", "email", "phone").index))
