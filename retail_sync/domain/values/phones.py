"""Phone numbers: E.164 where a number can be read with certainty, else as it came, with the reason."""

import re
from functools import lru_cache

import phonenumbers

from .countries import country_name

# Each distinct number is parsed once per worker: parsing costs some hundred times more than any other transform.
_CACHE_SIZE = 8192
_LEADING_CODE = re.compile(r"([1-9]\d{0,2})[\s(.-]")


@lru_cache(maxsize=_CACHE_SIZE)
def parse_phone(text: str, region: str = "") -> tuple[str, str]:
    """(number, problem). ``region`` is the ISO code of the country whose national format ``text`` may be in.

    The number is E.164, with ``" ext. 5"`` after it when it has an extension; where it can't be read it is ``text``
    unchanged and ``problem`` is a sentence for a person. Number ranges that the library does not know are taken as
    they are: operators open new ones all the time.
    """
    try:
        # Nearly everywhere "00" dials abroad; with a region the library knows for sure.
        abroad = not region and text.startswith("00")
        parsed = phonenumbers.parse("+" + text[2:] if abroad else text, region or None)
    except phonenumbers.NumberParseException as error:
        if error.error_type != phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            return text, f"{text!r} is no phone number; kept as it came."
        if region in phonenumbers.SUPPORTED_REGIONS or text.startswith("+"):
            return text, f"{text!r} has a country calling code that does not exist; kept as it came."
        return text, f"{text!r} has no country calling code and the country is not known; kept as it came."
    if not phonenumbers.is_valid_number(parsed):
        other = _with_plus(text)
        where = country_name(phonenumbers.region_code_for_country_code(parsed.country_code or 0))
        # A local number without its area code counts as "possible" for the library, but can't be dialled from abroad.
        possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
        if other is not None:
            parsed = other
        elif not possible or any(char.isalpha() for char in text):
            # "tbd 2024" has as many digits as some number somewhere, and is none.
            return text, f"{text!r} is not a possible phone number in {where}; kept as it came."
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return (f"{number} ext. {parsed.extension}" if parsed.extension else number), ""


def _with_plus(text: str) -> phonenumbers.PhoneNumber | None:
    """The number whose "+" was left out, as in "1 (302) 556-4395" from a record in Germany; ``None`` when it is none.

    Only where the calling code stands apart from the rest: bare digits of some other country are no proof.
    """
    head = _LEADING_CODE.match(text)
    if not head:
        return None
    try:
        parsed = phonenumbers.parse("+" + text)
    except phonenumbers.NumberParseException:
        return None
    return parsed if str(parsed.country_code) == head.group(1) and phonenumbers.is_valid_number(parsed) else None


def is_e164(text: object) -> bool:
    """True for a number in E.164 form, with or without an extension."""
    if not isinstance(text, str):
        return False
    number = text.partition(" ext. ")[0]
    return number.startswith("+") and number[1:].isdigit() and 7 <= len(number) - 1 <= 15


def without_extension(text: str) -> str:
    return text.partition(" ext. ")[0]


@lru_cache(maxsize=8192)
def is_mobile(number: str) -> bool:
    """Whether an E.164 number is a mobile one by its country's numbering plan; False where the plan does not tell."""
    if not is_e164(number):
        return False
    parsed = phonenumbers.parse(without_extension(number))
    return phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
