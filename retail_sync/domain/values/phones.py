"""Phone numbers: E.164 where a number can be read with certainty, else as it came, with the reason."""

import re
from functools import lru_cache

import phonenumbers

from .countries import country_name

# Each distinct number is parsed once per worker: parsing costs some hundred times more than any other transform.
_CACHE_SIZE = 8192
# What stands between two numbers, or between the ends of a range. A lone "/" also follows an area code.
_BETWEEN = re.compile(
    r"\s*(?:[/\\|&;\n…*•·~〜～、・，；／]|(?<=\d)\.\s|,(?!,)|\.{2,}|(?<=[\d\s])\+(?=\s*\d)|[-–—]\s*[-–—](?=\s*\d)|[(\[](?=\d+[)\]]\s*$)"
    r"|(?<![^\W\d_])(?:or|and|to|oder|und|bzw|bis|resp|ou|et|o|e|y|a|al|oppure|hasta|jusqu'?[aà]|of|en|tot|eller|og|och"
    r"|till?|lub|albo|i|nebo|az|vagy|es|tai|ja|sau|si|veya|ve|или|и|до|ή|και|u)(?![^\W\d_])\.?)\s*"
)
_DIALLED_ABROAD = re.compile(r"(?<=\d)\s+(?=00[1-9])")
# A range of extensions after the only hyphen before it ("12345-10-20"); a second number as long as the first, after a
# hyphen that stands alone ("1234 - 5678"). Other hyphens group the digits of one number.
_RANGE = re.compile(
    r"(?P<head>(?P<base>[^-–—]*\d)(?:\s*[-–—]\s*|\s+(?:DW|Dw|dw)\.?\s*)(?P<start>\d{1,4}))\s*[-–—]\s*(?P<end>\d{1,4})\s*$"
)
_EQUAL = re.compile(r"(?P<base>(?P<head>[^-–—]*?(?P<start>\d{4,})))\s+[-–—]\s+(?P<end>\d{4,})\s*$")
# Two numbers of one area: "01 58858 01 58859".
_AREA_AGAIN = re.compile(r"(?P<head>\(?(?P<area>0\d{1,4})\)?[\s/-].*\d)\s+(?P<rest>\(?(?P=area)\)?[\s/-].*\d)\s*$")
_HYPHEN = re.compile(r"[-–—](?=\s*\d)")
_MOST_DIGITS = 15  # of a number in E.164
_DIGIT = re.compile(r"\d")
_LEADING_CODE = re.compile(r"([1-9]\d{0,2})[\s(.-]")


@lru_cache(maxsize=_CACHE_SIZE)
def parse_phone(text: str, region: str = "") -> tuple[str, str]:
    """(number, problem). ``region`` is the ISO code of the country whose national format ``text`` may be in.

    The number is E.164, with ``" ext. 5"`` after it when it has an extension; where it can't be read it is ``text``
    unchanged and ``problem`` is a sentence for a person. Two numbers in one text, a range and one digit repeated can't
    be read. Number ranges that the library does not know are taken as they are: operators open new ones all the time.
    """
    region = "GB" if region == "XI" else region  # Odoo's own country for Northern Ireland
    try:
        # Nearly everywhere "00" dials abroad; with a region the library knows for sure.
        abroad = not region and text.startswith("00")
        parsed = phonenumbers.parse("+" + text[2:] if abroad else text, region or None)
        if _is_one_digit(text, parsed):
            return text, f"{text!r} is one digit repeated and no phone number; kept as it came."
        if _first_of_several(text, region):
            return text, f"{text!r} has more than one phone number; kept as it came."
    except phonenumbers.NumberParseException as error:
        if error.error_type != phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            return text, f"{text!r} is no phone number; kept as it came."
        if region in phonenumbers.SUPPORTED_REGIONS or text.startswith("+"):
            return text, f"{text!r} has a country calling code that does not exist; kept as it came."
        return text, f"{text!r} has no country calling code and the country is not known; kept as it came."
    if not phonenumbers.is_valid_number(parsed):
        if any(_is_whole(text[: hyphen.start()], region) for hyphen in _HYPHEN.finditer(text)):
            # "210 1234567-8" where a number has ten digits: the two ends of a range.
            return text, f"{text!r} has more than one phone number; kept as it came."
        other = _with_plus(text)
        where = country_name(phonenumbers.region_code_for_country_code(parsed.country_code or 0))
        # A local number without its area code counts as "possible" for the library, but can't be dialled from abroad.
        possible = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
        if other is not None:
            parsed = other
        elif not possible or _lacks_area_code(text, region) or any(char.isalpha() for char in text):
            # "tbd 2024" has as many digits as some number somewhere, and is none; so has the extension "1234".
            return text, f"{text!r} is not a possible phone number in {where}; kept as it came."
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if len(number) > _MOST_DIGITS + 1:
        return text, f"{text!r} has more digits than a phone number; kept as it came."
    return (f"{number} ext. {parsed.extension}" if parsed.extension else number), ""


def reads_as(text: str, number: str) -> bool:
    """Return whether a text is this number, in E.164 form, where it is read in the number's own country."""
    if not is_e164(number):
        return False
    parsed = phonenumbers.parse(without_extension(number))
    region = phonenumbers.region_code_for_number(parsed)
    region = region or phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    return parse_phone(text, region)[0] == number


def split_numbers(text: str, region: str = "") -> tuple[str, ...]:
    """Return the whole numbers that a text has, as they came: several where it has several.

    The ends of a range are no numbers of their own, so that only its first number counts.
    """
    first = _first_of_several(text, region)
    if not first:
        return (text,)
    rest = text[len(first) :]
    separator = _BETWEEN.match(rest) or _DIALLED_ABROAD.match(rest)
    rest = rest[separator.end() :] if separator else ""
    # Without "+" or a leading zero the second is a part of the first: an extension, or the end of a range.
    whole = rest.lstrip("( ").startswith(("+", "0")) and _is_whole(rest, region)
    return (first, *split_numbers(rest, region)) if whole else (first,)


def _first_of_several(text: str, region: str) -> str:
    """Return the part of a text before the second number in it; empty where it has one number at most."""
    for separator in sorted(
        (*_BETWEEN.finditer(text), *_DIALLED_ABROAD.finditer(text)), key=lambda found: found.start()
    ):
        first, rest = text[: separator.start()], text[separator.end() :]
        if ";ext=" in text[separator.start() :].lower()[:6] or not _DIGIT.search(rest):
            continue
        # "6120 0062" are the last digits of one number: what is dialled abroad is a whole number of its own.
        if separator.re is _DIALLED_ABROAD and not _is_whole(f"+{rest[2:]}", region):
            continue
        if _is_whole(first, region):
            return first
    return _first_of_hyphened(text, region)


def _first_of_hyphened(text: str, region: str) -> str:
    again = _AREA_AGAIN.match(text)
    if again and _is_whole(again["head"], region) and _is_whole(again["rest"], region):
        return again["head"]
    found = _RANGE.match(text) or _EQUAL.match(text)
    if not found or len(found["start"]) != len(found["end"]) or found["start"] >= found["end"]:
        return ""
    return found["head"] if _is_whole(found["base"], region) and _is_whole(found["head"], region) else ""


def _is_whole(text: str, region: str) -> bool:
    """Return whether a text is a number that can be dialled, and no mere area code."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region or None))
    except phonenumbers.NumberParseException:
        return False


def _lacks_area_code(text: str, region: str) -> bool:
    """Return whether a text lacks the zero with which numbers begin in this country: a local one, or an extension."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None) if region else None
    return metadata is not None and metadata.national_prefix == "0" and not text.lstrip("( ").startswith(("+", "0"))


def _is_one_digit(text: str, parsed: phonenumbers.PhoneNumber) -> bool:
    """Return whether the text, or a number that no plan knows, is one digit repeated."""
    if len(set(_DIGIT.findall(text))) == 1:
        return True
    return len(set(str(parsed.national_number))) == 1 and not phonenumbers.is_valid_number(parsed)


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
