"""Which of the fields that were sent a refusal means.

It may name them otherwise than they were sent (a state by name that went by code, the contact's field for that of a
person, a compound for its parts), or only quote their value, or say by its code alone which field it is about.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

_OWNER = ("OwnerId",)
#: Codes that can be about one field only.
_BY_CODE = {
    "INACTIVE_OWNER_OR_USER": _OWNER,
    "TRANSFER_REQUIRES_READ": _OWNER,
    "OP_WITH_INVALID_USER_TYPE_EXCEPTION": _OWNER,
    "INVALID_CURRENCY_ISO": ("CurrencyIsoCode",),
    "CIRCULAR_DEPENDENCY": ("ParentId", "ReportsToId"),
}
#: Codes whose message quotes the id that a field refers to.
_OF_REFERENCES = frozenset(("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "MALFORMED_ID"))
_NAME_PARTS = ("Salutation", "FirstName", "MiddleName", "LastName", "Suffix")
_ADDRESS_PARTS = ("Street", "City", "State", "StateCode", "PostalCode", "Country", "CountryCode")
_MISSING = re.compile(r"Required fields are missing: \[([^\]]*)\]")
_QUOTED = re.compile(
    r": (?:invalid email address|data value too large|bad value for restricted picklist field): "
    r"(?P<value>.*?)(?: \(max length=\d+\))?\Z",
    re.DOTALL,
)
_PLACE = re.compile(r"problem with this (country|state)\b")
_UNIQUE = re.compile(r"duplicate value found: (\S+) duplicates value on record")
_ID = re.compile(r"\b[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?\b")


def named(code: str, message: str, fields: Sequence[str], sent: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of a refusal, by the names under which they were sent.

    sent: {field: value}. A name that fits none of them stays as it is: the refusal is about more than what was sent.
    """
    if not fields:
        return tuple(_unnamed(code, message, sent))
    known = {name.casefold(): name for name in sent}
    found: list[str] = []
    for name in fields:
        found += _sent_as(name, known) or [name]
    return tuple(dict.fromkeys(found))


def _sent_as(name: str, known: Mapping[str, str]) -> list[str]:
    """The names under which a named field was sent: itself, or else those that stand for it."""
    if name.casefold() in known:
        return [known[name.casefold()]]
    others: Collection[str]
    if name == "Name":
        others = _NAME_PARTS
    elif name.endswith("Address"):
        others = [f"{name.removesuffix('Address')}{part}" for part in _ADDRESS_PARTS]
    elif name.endswith(("__c", "__pc")):
        others = [name.replace("__pc", "__c"), name.replace("__c", "__pc")]
    else:
        others = [f"{name}Code", name.removesuffix("Code"), f"Person{name}", name.removeprefix("Person")]
        # Of a person's address both the prefix and the code may differ.
        others += [f"{other}Code" for other in others[2:]]
    return [known[other.casefold()] for other in others if other.casefold() in known]


def _unnamed(code: str, message: str, sent: Mapping[str, Any]) -> list[str]:
    """The fields of a refusal that names none, as far as it says which they are."""
    if code in _BY_CODE:
        return [name for name in _BY_CODE[code] if name in sent]
    missing = _MISSING.search(message)
    if missing:
        return [name.strip() for name in missing[1].split(",") if name.strip()]
    unique = _UNIQUE.search(message)
    if unique:
        return _sent_as(unique[1], {name.casefold(): name for name in sent})
    if code in _OF_REFERENCES:
        refused = {found[:15] for found in _ID.findall(message)}
        return [name for name, value in sent.items() if name != "Id" and _is_one_of(value, refused)]
    quoted = _QUOTED.search(message)
    if quoted:
        found = [name for name, value in sent.items() if isinstance(value, str) and value == quoted["value"]]
        return found if len(found) == 1 else []
    place = _PLACE.search(message)
    if place:
        word = place[1].capitalize()
        found = [name for name in sent if name.removesuffix("Code").endswith(word)]
        return found if len(found) == 1 else []
    return []


def _is_one_of(value: Any, ids: Collection[str]) -> bool:
    """Whether a value is an id that begins with one of these 15 characters."""
    return isinstance(value, str) and len(value) in (15, 18) and value[:15] in ids
