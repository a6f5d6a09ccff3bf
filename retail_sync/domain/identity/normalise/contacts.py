"""E-mail addresses, phones and web domains: one spelling, and whether one person alone may stand behind them."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from ...values.phones import is_e164, parse_phone, split_numbers, without_extension
from ...values.text import fold
from . import contact_tables as tables
from .placeholders import is_made_up_number

PERSONAL = "own"
ROLE = "role"
FAMILY = "family"

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]{2,}")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9 .\-]{6,18}")
_NOT_DIGIT = re.compile(r"\D+")
_NOT_LETTER = re.compile(r"[^a-z]+")
_REMARK = re.compile(
    r"\(?(?<![^\W\d_])(?!(?:x|ext|extension|dw|durchwahl|int|oder|or|und|bis)\b)[^\W\d_]{2,}[.:)]*", re.IGNORECASE
)
_NEXT_NUMBER = re.compile(r";|(?<=\d)\s*(?=\+)|(?<=\d{3})\s+(?=0[1-9]\d{2})|(?<=\d{3})\s+[-–—]\s+(?=0[1-9]\d{2})")
# "(8-17 Uhr)": numbers of a remark are none of the phone's.
_IN_BRACKETS = re.compile(r"\([^()]*[^\W\d_]{2}[^()]*\)")
_WEB = re.compile(r"^(?:[a-z]+://)?(?:www\d?\.)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Email:
    """``address``: canonical, lower case. ``kind``: "own" one person's as far as one can see; "role" a function's;
    "family" a household's. ``free``: a provider's domain, which says nothing about the owner.
    """

    address: str
    local: str
    domain: str
    kind: str
    free: bool


@dataclass(frozen=True, slots=True)
class Phone:
    """``number``: E.164, or bare digits where the country is unknown. ``tail``: the last nine digits. ``mobile``: its
    source calls it so.
    """

    number: str
    tail: str
    mobile: bool


def _is_nobodys(domain: str) -> bool:
    return domain in tables.FREE_DOMAINS or _in_domain(domain, tables.RESERVED_DOMAINS)


def _in_domain(domain: str, known: tuple[str, ...]) -> bool:
    return domain.endswith(known) and any(domain == entry or domain.endswith("." + entry) for entry in known)


@lru_cache(maxsize=8192)
def read_email(text: str) -> Email | None:
    """The address, or ``None`` for no address, a placeholder or a marketplace's relay."""
    address = fold(text.strip().removeprefix("mailto:")).strip("<>;,. ")
    if not _ADDRESS.fullmatch(address):
        return None
    local, _at, domain = address.rpartition("@")
    letters = _NOT_LETTER.sub("", local)
    if not tables.PLACEHOLDER_LOCALS.isdisjoint((local, letters if len(letters) > 3 else "")) or _in_domain(
        domain, tables.PLACEHOLDER_DOMAINS
    ):
        return None
    if _in_domain(domain, tables.RELAY_DOMAINS) or not tables.RELAY_LABELS.isdisjoint(domain.split(".")[:-1]):
        return None
    domain = tables.SAME_DOMAINS.get(domain, domain)
    local = local.partition("+")[0] or local
    if domain in tables.DOTLESS_DOMAINS:
        local = local.replace(".", "") or local
    return Email(f"{local}@{domain}", local, domain, _kind(local, domain), _is_nobodys(domain))


def _kind(local: str, domain: str) -> str:
    """A function's mailbox also with a place, a number or a name beside it: "info-hamburg", "praxis.brandt"."""
    parts = [word for word in _NOT_LETTER.split(local) if word]
    if tables.ROLE_LOCALS.intersection(("".join(parts), local)):
        return ROLE
    if any(word in local for word in tables.FAMILY_WORDS):
        return FAMILY
    if len(parts) > 1:
        functions = tables.ROLE_LOCALS - tables.PRIVATE_LOCALS if domain in tables.FREE_DOMAINS else tables.ROLE_LOCALS
        if parts[0] in functions or (parts[-1] in tables.ENDING_LOCALS and len(parts[0]) > 1):
            return ROLE
        if parts[0] in tables.FAMILY_STARTS or not tables.FAMILY_LINKS.isdisjoint(parts[1:-1]):
            return FAMILY
    # "sand@sand.de": whoever reads the company's mail.
    return ROLE if parts and "".join(parts) == domain.partition(".")[0] else PERSONAL


@lru_cache(maxsize=8192)
def read_phone(text: str, country: str = "", mobile: bool = False) -> Phone | None:
    """The number, ``None`` for none or a made-up one. ``country``: ISO code of the country it may be local to."""
    if _INTERNATIONAL.fullmatch(text):  # as a clean base stores them: no need to parse
        number = "+" + _NOT_DIGIT.sub("", text)
    else:
        parsed, _problem = parse_phone(_dialled_from_abroad(text.strip(), country), country)
        number = without_extension(parsed) if is_e164(parsed) else _NOT_DIGIT.sub("", text)
    digits = number.removeprefix("+")
    if len(digits) < 6 or is_made_up_number(digits):
        return None
    return Phone(number, digits[-9:], mobile)


@lru_cache(maxsize=8192)
def read_phones(text: str, country: str = "", mobile: bool = False) -> tuple[Phone, ...]:
    """The numbers of one field: people write two into it, and what each one is."""
    if _INTERNATIONAL.fullmatch(text):
        parts: tuple[str, ...] = (text,)
    else:
        # "069 1234567 (privat) 0170 1234567", "Fax: ...": a word, and a "+" or "0" after a blank, begin another number.
        bare = _REMARK.sub(";", _IN_BRACKETS.sub(";", text)) if _REMARK.search(text) else text
        # Groups of one number look like that too: a whole number has more digits than a group or two.
        pieces = [piece for piece in _NEXT_NUMBER.split(bare) if sum(map(str.isdigit, piece)) > 7]
        parts = tuple(part for piece in pieces for part in split_numbers(piece, country))
        if not parts or not all(is_e164(parse_phone(part.strip(), country)[0]) for part in parts):
            parts = split_numbers(text, country)
    return tuple(phone for part in parts if (phone := read_phone(part, country, mobile)))


def _dialled_from_abroad(text: str, country: str) -> str:
    """ "00" before the country's own calling code stands for "+", also where it dials something else inside it: in
    Brazil 0055 would be a carrier's code.
    """
    digits = _NOT_DIGIT.sub("", text)
    code = phonenumbers.country_code_for_region(country) if country and digits.startswith("00") else 0
    return f"+{digits[2:]}" if code and digits.startswith(f"00{code}") and len(digits) > 10 else text


@lru_cache(maxsize=8192)
def read_domain(website: str) -> str:
    """The registered domain of a web address in lower case, without "www"; empty where there is none."""
    host = _WEB.sub("", website.strip().lower()).partition("/")[0].partition(":")[0].partition("?")[0].strip(".")
    labels = host.split(".")
    if len(labels) < 2 or not all(labels) or " " in host:
        return ""
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in tables.SECOND_LEVEL else 2
    domain = ".".join(labels[-keep:])
    return "" if _is_nobodys(domain) else domain
