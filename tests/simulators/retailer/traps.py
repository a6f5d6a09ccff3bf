"""Which records carry which dirt, and what must become of them: the plan and its book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

# What a test may demand of the records under a trap.
CREATED = "created"  # becomes a partner of its own
WARNED = "created_with_warning"  # becomes a partner, and the value that could not be read is kept and flagged
ONE_OF = "one_created_rest_review"  # of the refs in one group exactly one becomes a partner; a person decides the rest
DELIVERY = "delivery_address"  # the main partner gets a delivery address
NO_DELIVERY = "no_delivery_address"  # the second address is the first one written otherwise


@dataclass(frozen=True, slots=True)
class Trap:
    """A kind of dirt: its share of the records, the part of a record it touches, what is expected of the sync.

    Two traps of one ``area`` never meet in one record, else neither could be judged.
    """

    name: str
    object: str
    area: str
    share: float
    expect: str
    why: str


# A trap in "identity" rules out every other one of these areas: its records must be alike in all that identifies.
IDENTIFYING = frozenset({"identity", "name", "email", "phone", "vat", "parent"})

TRAPS: tuple[Trap, ...] = (
    Trap("vat_formatted", "Account", "vat", 0.04, CREATED, "the number with blanks, dots or in lower case"),
    Trap("vat_bad_checksum", "Account", "vat", 0.01, CREATED, "a number that can't be right"),
    Trap("vat_of_parent", "Account", "vat", 0.01, CREATED, "a branch carries the VAT number of its head office"),
    Trap("vat_clash", "Account", "identity", 0.004, ONE_OF, "two firms of different names share one VAT number"),
    Trap("account_twin", "Account", "identity", 0.006, ONE_OF, "the same firm was entered twice (VAT and name)"),
    Trap("same_name_account", "Account", "name", 0.006, CREATED, "two firms share a name and nothing else"),
    Trap("odd_name_account", "Account", "name", 0.012, CREATED, "another script, emoji, quotes, formula, markup"),
    Trap("long_name_account", "Account", "name", 0.002, CREATED, "a name of 255 characters"),
    Trap("padded_name_account", "Account", "name", 0.01, CREATED, "blanks around and inside the name"),
    Trap("phone_unparsable_account", "Account", "phone", 0.015, WARNED, "words where a number should be"),
    Trap("phone_extension", "Account", "phone", 0.01, CREATED, "a number with an extension"),
    Trap("country_spelling", "Account", "country", 0.25, CREATED, "ISO code, English or native name"),
    Trap("country_wrong", "Account", "country", 0.01, WARNED, "no such country"),
    Trap("country_missing", "Account", "country", 0.02, CREATED, "an address without country"),
    Trap("state_name", "Account", "state", 0.15, CREATED, "a state written out instead of its code"),
    Trap("state_wrong", "Account", "state", 0.01, CREATED, "no such state in that country"),
    Trap("street_multiline", "Account", "street", 0.05, CREATED, "two or three lines in one field"),
    Trap("address_empty", "Account", "shipping", 0.03, CREATED, "no address at all"),
    Trap("shipping_same", "Account", "shipping", 0.25, NO_DELIVERY, "shipping address equal to the billing address"),
    Trap("shipping_case", "Account", "shipping", 0.05, NO_DELIVERY, "differs in case, blanks and punctuation only"),
    Trap("shipping_different", "Account", "shipping", 0.15, DELIVERY, "really another place"),
    Trap("notes_odd_account", "Account", "notes", 0.03, CREATED, "quotes, newlines, commas, markup, formulas"),
    Trap("website_odd", "Account", "website", 0.05, CREATED, "no scheme, upper case, blanks around"),
    Trap("customer_number_zeros", "Account", "number", 0.10, CREATED, "leading zeros that must survive"),
    Trap("late_parent", "Account", "modified", 0.02, CREATED, "the parent was changed after the child"),
    Trap("inactive_owner_account", "Account", "owner", 0.03, CREATED, "the owner has left"),
    Trap("contact_twin", "Contact", "identity", 0.006, ONE_OF, "same name and e-mail twice"),
    Trap("phone_twin", "Contact", "identity", 0.003, ONE_OF, "same name and telephone twice, no e-mail"),
    Trap("same_name_contact", "Contact", "name", 0.02, CREATED, "two persons share a name and nothing else"),
    Trap("odd_name_contact", "Contact", "name", 0.012, CREATED, "another script, emoji, quotes, one name only"),
    Trap("long_name_contact", "Contact", "name", 0.002, CREATED, "first and last name as long as they may be"),
    Trap("email_padded", "Contact", "email", 0.02, CREATED, "blanks around, upper case"),
    Trap("email_invalid", "Contact", "email", 0.01, WARNED, "not an address"),
    Trap("email_shared", "Contact", "email", 0.02, CREATED, "a shared mailbox is no evidence of identity"),
    Trap("email_missing", "Contact", "email", 0.08, CREATED, "no e-mail"),
    Trap("phone_unparsable_contact", "Contact", "phone", 0.015, WARNED, "words where a number should be"),
    Trap("phone_only_mobile", "Contact", "phone", 0.08, CREATED, "only the mobile number is known"),
    Trap("no_account", "Contact", "parent", 0.05, CREATED, "a private contact"),
    Trap("late_account", "Contact", "modified", 0.02, CREATED, "the account was changed after the contact"),
    Trap("opted_out", "Contact", "consent", 0.06, CREATED, "wants no e-mail, or no call, or neither"),
    Trap("notes_odd_contact", "Contact", "notes", 0.02, CREATED, "quotes, newlines, commas, markup, formulas"),
    Trap("language_odd", "Contact", "language", 0.03, CREATED, "a language Odoo has not, or another spelling of one"),
    Trap("inactive_owner_contact", "Contact", "owner", 0.03, CREATED, "the owner has left"),
)  # fmt: skip


class TrapBook:
    """Deals traps out to records and writes down where they went."""

    def __init__(self) -> None:
        self.groups: dict[str, list[list[str]]] = {trap.name: [] for trap in TRAPS}

    def note(self, name: str, *refs: str) -> None:
        """Record that the trap was set on these records (several: they belong together)."""
        self.groups[name].append(list(refs))

    def manifest(self) -> dict[str, dict[str, Any]]:
        """Per trap: how many records, what must become of them, why, and the groups of references."""
        return {
            trap.name: {
                "object": trap.object,
                "count": sum(map(len, self.groups[trap.name])),
                "expect": trap.expect,
                "why": trap.why,
                "groups": self.groups[trap.name],
            }
            for trap in TRAPS
        }


def deal(object_name: str, count: int, rng: Random, barred: Mapping[str, Iterable[int]]) -> list[dict[str, str]]:
    """For each of ``count`` records, its traps by area.

    ``barred`` names, per area, indices that a trap of it would make no sense on. From 100 records on every trap is
    set at least twice.
    """
    dealt: list[dict[str, str]] = [{} for _ in range(count)]
    closed = {area: set(indices) for area, indices in barred.items()}
    for trap in sorted((t for t in TRAPS if t.object == object_name), key=lambda t: t.area != "identity"):
        wanted = max(round(trap.share * count), 2 if count >= 100 else 0)
        shut = closed.get(trap.area, set())
        tries = 0
        while wanted and tries < count * 20:
            tries += 1
            index = rng.randrange(count)
            chosen = dealt[index]
            if index in shut or trap.area in chosen or ("identity" in chosen and trap.area in IDENTIFYING):
                continue
            chosen[trap.area] = trap.name
            wanted -= 1
    return dealt
