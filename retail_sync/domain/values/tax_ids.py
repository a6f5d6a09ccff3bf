"""VAT numbers and other tax IDs: one spelling, with or without its country prefix, and which of them prove nothing."""

import re
from functools import lru_cache

from stdnum.eu import vat as eu_vat

from .text import fold_words

_SEPARATORS = re.compile(r"[\s.\-/_,:]+")
# What people type where they have no number. "/" is Odoo's own mark for "has none".
_PLACEHOLDERS = {"", "na", "n a", "none", "null", "nil", "no", "unknown", "tbd", "test", "pending", "exempt", "private"}
# Numbers that the law of a country prescribes for everybody who has none: real values, and no evidence of who it is.
_PRESCRIBED = frozenset(
    (
        *("XAXX010101000", "XEXX010101000"),  # Mexico: general public; customers abroad
        *("666666666", "66666666", "555555555", "55555555"),  # Chile: final consumer; foreigner
        *("222222222", "2222222222", "222222222222", "2222222222227"),  # Colombia: final consumer
        *("444444444", "444444444001"),  # Colombia: foreigner
        *("300000000000003", "310000000000003"),  # Saudi Arabia: what is filled in for none
        *("9999999999999", "9999999999"),  # Ecuador: final consumer
        *("44444401", "444444017", "66666601", "666666016", "77777701", "777777010"),  # Paraguay: nameless, totals
        *("88888801", "888888015", "99999901", "999999013"),  # Paraguay: diplomats, abroad
        *("99001", "99002", "99003"),  # Bolivia: no tax ID; tax office; small sales
        *("CF", "CONSUMIDORFINAL"),  # Guatemala: final consumer
        *("23000000000", "99999999999"),  # Argentina: final consumer
        *("999999990", "OO99999999999"),  # Portugal: final consumer; Italy: outside the European Union
        *("11111111111", "2222222222"),  # Turkey: consumer; foreigner
        *("EI00000000010", "EI00000000020", "EI00000000030", "EI00000000040"),  # Malaysia: public, abroad, state
        *("URP", "PANNOTAVBL", "PANNOTREQD", "PANAPPLIED", "PANINVALID"),  # India: unregistered; no PAN
        *("100000000000", "200000000000", "300000000000"),  # Ukraine: not registered, abroad, own use
        *("400000000000", "500000000000", "600000000000"),
    )
)
# Argentina gives one CUIT to all people of a country abroad, and one to all its companies.
_PRESCRIBED_SERIES = re.compile(r"5[0-5]0000\d{5}")
# Prefixes of VAT numbers in the EU; Greece writes EL, not its ISO code.
_EU_PREFIXES = frozenset("AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split())


@lru_cache(maxsize=8192)
def normalise_vat(text: str, country: str = "") -> str | None:
    """Upper case without separators; ``None`` for a placeholder ("n/a", "000000"). A number that the law prescribes for
    everybody is a value like any other; ``is_prescribed`` says that it identifies no customer.

    A number in the national format of an EU ``country`` gets that country's prefix, if its check digits prove that it
    is one. Anything else stays as it is: a guess here would tie two companies together.
    """
    number = _SEPARATORS.sub("", text).upper()
    if is_prescribed(number):
        return number
    if fold_words(text) in _PLACEHOLDERS or len(set(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))) <= 1:
        return None
    if set(filter(str.isdigit, number)) == {"0"}:
        return None  # with a check letter behind it, as in "00000000T"
    prefix = "EL" if country == "GR" else country
    if prefix in _EU_PREFIXES and not number.startswith(prefix) and eu_vat.is_valid(prefix + number):
        return prefix + number
    return number


def reads_as(text: str, number: str) -> bool:
    """Return whether a text is this number, with its prefix, where it is read in the country of that prefix."""
    country = "GR" if number.startswith("EL") else number[:2]
    return number[:2] in _EU_PREFIXES and normalise_vat(text, country) == number


@lru_cache(maxsize=8192)
def is_prescribed(number: str) -> bool:
    """Return whether the law of a country prescribes this number for everybody who has none.

    :param number: upper case without separators, with or without the country code in front of it
    """
    if not set(number) - {"0"}:
        return False  # zeros alone are what people type where they have nothing
    spellings = (number, number[2:]) if number[:2].isalpha() and len(number) > 8 else (number,)
    return any(spelling in _PRESCRIBED or _PRESCRIBED_SERIES.fullmatch(spelling) for spelling in spellings)


def national_part(vat: str) -> str:
    """The number without its EU prefix."""
    return vat[2:] if vat[:2] in _EU_PREFIXES and len(vat) > 6 else vat


def vat_keys(vat: str | None) -> list[str]:
    """Normalised spellings under which the number may be stored: as it is, and without its EU prefix; none for a number
    that identifies no customer.
    """
    number = normalise_vat(vat or "")
    if not number or is_prescribed(number):
        return []
    national = national_part(number)
    return [number] if national == number else [number, national]
