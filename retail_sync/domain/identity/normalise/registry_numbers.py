"""VAT numbers, tax and registry numbers: one spelling, equality, and the slip of one character."""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from ...values.countries import country_code
from ...values.tax_ids import is_prescribed, national_part, normalise_vat
from .placeholders import is_made_up_number

_COUNTED = "12345678901234567890"
_ZEROS = re.compile(r"\d{0,2}0{8,}\d?")
# "12121212", "123123123".
_REPEATED = re.compile(r"(\d{1,3})\1{2,}\d?")
# What forms and documentation show as an example in India and Mexico.
_SAMPLES = re.compile(
    r"(?:\d{2})?(?:ABCDE1234F|AAAAA0000A|AAAAA1234A|AAAPL1234C)(?:\dZ\w)?|(?:A{3,4}|X{3,4})010101\w{3}"
)
_DIGITS = str.maketrans("", "", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@lru_cache(maxsize=8192)
def read_vat(text: str, country: str = "") -> str:
    """Return the number's national part in upper case; empty for a placeholder or a number that is never assigned."""
    number = national_part(normalise_vat(text, country) or "") if text else ""
    prefix, rest = number[:2], number[2:]
    # A record that names no country may still write it in front of its number.
    if len(rest) > 4 and (
        prefix == country or (rest[:6].isdigit() and len(rest) > 5 and country_code(prefix) == prefix)
    ):
        number = rest
    return "" if _is_nobodys(number) else number


@lru_cache(maxsize=8192)
def read_number(text: str) -> str:
    """A registry or national number: letters and digits; empty for a placeholder."""
    number = normalise_vat(text) or ""
    return "" if _is_nobodys(number) else number


def _is_nobodys(number: str) -> bool:
    """Return whether a number is prescribed for everybody, or made up: one digit repeated but for a check digit, ten
    digits in a row, a few digits repeated, eight zeros or more between two digits, or an example.
    """
    digits = number.translate(_DIGITS)
    if is_prescribed(number) or is_made_up_number(digits):
        return True
    alike = len(digits) >= 8 and len(set(digits[:-1])) == 1
    if _SAMPLES.fullmatch(number) or (
        len(digits) > 7 and (_REPEATED.fullmatch(digits) or digits.startswith("12345678"))
    ):
        return True
    return alike or (len(digits) > 6 and digits in _COUNTED) or bool(_ZEROS.fullmatch(digits))


def are_close(left: str, right: str) -> bool:
    """True when one character is wrong, missing or too many, or two stand in the wrong order."""
    return min(len(left), len(right)) > 5 and OSA.distance(left, right, score_cutoff=1) <= 1
