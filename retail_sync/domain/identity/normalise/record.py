"""A record as the engine takes it, and how it is read from a mapping."""

from collections.abc import Mapping
from dataclasses import dataclass

PERSON = "person"
COMPANY = "company"

_PHONES = ("phone", "landline")
_MOBILES = ("mobile", "mobile_phone")
_NUMBERS = ("national_id", "registry_number", "company_registry", "soc_sec_id", "tax_code")


@dataclass(frozen=True, slots=True)
class Record:
    """One customer record, values as they came. ``kind``: "person", "company" or "" where it is not known.

    ``country``: ISO alpha-2 code. ``mobiles`` are numbers that their source calls mobile. ``numbers``: national or
    registry numbers other than ``vat``. ``birthdate``: ISO text. ``parent``: id of the account it belongs to.
    """

    id: int | str
    kind: str = ""
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street: str = ""
    street2: str = ""
    city: str = ""
    zip: str = ""
    state: str = ""
    country: str = ""
    phones: tuple[str, ...] = ()
    mobiles: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    website: str = ""
    vat: str = ""
    numbers: tuple[str, ...] = ()
    birthdate: str = ""
    parent: int | str | None = None


def id_order(record_id: int | str) -> tuple[int, int, str]:
    """Numbers by value before texts, so that ids of any sort have one order."""
    return (0, record_id, "") if isinstance(record_id, int) else (1, 0, str(record_id))


def _several(values: Mapping[str, object], *names: str) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        value = values.get(name)
        for entry in value if isinstance(value, (list, tuple)) else (value,):
            text = str(entry or "").strip()
            if text and text not in found:
                found.append(text)
    return tuple(found)


def read_record(record_id: int | str, values: Mapping[str, object]) -> Record:
    """A record from a mapping with the names of ``Record``'s fields, or singular ones (phone, mobile, email,
    national_id). Values that are absent, ``None`` or ``False`` are missing; lists are taken where several may stand.
    """

    def text(name: str) -> str:
        return str(values.get(name) or "").strip()

    return Record(
        id=record_id,
        kind=text("kind") if text("kind") in (PERSON, COMPANY) else "",
        name=text("name"),
        first_name=text("first_name"),
        last_name=text("last_name"),
        company=text("company"),
        street=text("street"),
        street2=text("street2"),
        city=text("city"),
        zip=text("zip"),
        state=text("state"),
        country=text("country").upper()[:2],
        phones=_several(values, "phones", *_PHONES),
        mobiles=_several(values, "mobiles", *_MOBILES),
        emails=_several(values, "emails", "email"),
        website=text("website"),
        vat=text("vat"),
        numbers=_several(values, "numbers", *_NUMBERS),
        birthdate=text("birthdate"),
        parent=values.get("parent") or None,  # type: ignore[arg-type]
    )
