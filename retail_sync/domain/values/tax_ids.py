"""VAT numbers and other tax IDs: one spelling, with or without its country prefix."""

import re
from functools import lru_cache

from stdnum.eu import vat as eu_vat

from .text import fold_words

_SEPARATORS = re.compile(r"[\s.\-/_,:]+")
# What people type where they have no number. "/" is Odoo's own mark for "has none".
_PLACEHOLDERS = {"", "na", "n a", "none", "null", "nil", "no", "unknown", "tbd", "test", "pending", "exempt", "private"}
# Prefixes of VAT numbers in the EU; Greece writes EL, not its ISO code.
_EU_PREFIXES = frozenset("AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split())


@lru_cache(maxsize=8192)
def normalise_vat(text: str, country: str = "") -> str | None:
    """Upper case without separators; ``None`` for a placeholder ("n/a", "000000").

    A number in the national format of an EU ``country`` gets that country's prefix, if its check digits prove that it
    is one. Anything else stays as it is: a guess here would tie two companies together.
    """
    number = _SEPARATORS.sub("", text).upper()
    if fold_words(text) in _PLACEHOLDERS or len(set(number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))) <= 1:
        return None
    prefix = "EL" if country == "GR" else country
    if prefix in _EU_PREFIXES and not number.startswith(prefix) and eu_vat.is_valid(prefix + number):
        return prefix + number
    return number


def national_part(vat: str) -> str:
    """The number without its EU prefix."""
    return vat[2:] if vat[:2] in _EU_PREFIXES and len(vat) > 6 else vat


def vat_keys(vat: str | None) -> list[str]:
    """Normalised spellings under which the number may be stored: as it is, and without its EU prefix."""
    number = normalise_vat(vat or "")
    if not number:
        return []
    national = national_part(number)
    return [number] if national == number else [number, national]
