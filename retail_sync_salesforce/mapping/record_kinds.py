"""Business and person accounts come in one stream, and are read by different lines of its mapping."""

from collections.abc import Mapping
from typing import Any

from odoo.addons.retail_sync.domain.mapping.decoding import Decoded, Decoder

# In our id of an account that was made for a private customer; it is no customer of its own.
HOUSEHOLD_MARK = ":household:"
_PARTS = ("Street", "City", "PostalCode", "State", "StateCode", "Country", "CountryCode")
_MAILING = [(f"PersonMailing{part}", f"Billing{part}") for part in _PARTS]


def is_person(row: Mapping[str, Any]) -> bool:
    """Whether a row is a person account, or the hidden contact of one. Bulk results hold booleans as text."""
    flag = row.get("IsPersonAccount")
    return flag is True or (isinstance(flag, str) and flag.lower() == "true")


def household_key(key: str) -> str:
    """Our id of the account that is made for a private customer, from the customer's own (see HOUSEHOLD_MARK)."""
    return key.replace(":res.partner:", HOUSEHOLD_MARK)


def is_household(key: Any) -> bool:
    """Whether our id on an account says that it only holds the contact of a private customer."""
    return isinstance(key, str) and HOUSEHOLD_MARK in key


def with_mailing_address(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row, its mailing address taken from the billing address when it has none.

    As a whole: a mailing street with a billing city would be a place that does not exist.
    """
    if any(row.get(mailing) for mailing, _billing in _MAILING):
        return row
    return {**row, **{mailing: row[billing] for mailing, billing in _MAILING if billing in row}}


def without_mailing_copy(row: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields to write, those of the mailing address as billing ones where the billing address was read in its place.

    A value goes back to where it was read: a mailing address of the edited field alone would hide the rest.
    """
    if any(row.get(mailing) for mailing, _billing in _MAILING) or not any(row.get(billing) for _m, billing in _MAILING):
        return dict(fields)
    billing_of = dict(_MAILING)
    moved = {billing_of[path]: value for path, value in fields.items() if path in billing_of}
    return {**moved, **{path: value for path, value in fields.items() if path not in billing_of}}


class KindDecoder:
    """Looks like a Decoder; reads each row by the lines for its kind."""

    def __init__(self, business: Decoder, person: Decoder) -> None:
        self._business = business
        self._person = person
        self.paths = list(dict.fromkeys([*business.paths, *person.paths]))
        self.digest = f"{business.digest}{person.digest}"

    def decode(self, record: Mapping[str, Any], options: Mapping[str, Any] | None = None) -> Decoded:
        if isinstance(record, Mapping) and is_person(record):
            return self._person.decode(with_mailing_address(record), options)
        return self._business.decode(record, options)
