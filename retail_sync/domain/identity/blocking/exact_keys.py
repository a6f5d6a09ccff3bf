"""Normal forms of names, e-mails and phones, and the exact keys made of them."""

import re
from collections.abc import Mapping
from functools import lru_cache

from ...canonical.schema import Value
from ...values.phones import is_e164, without_extension
from ...values.tax_ids import vat_keys
from ...values.text import fold_words

# Spelt out or spaced out, a legal form is the same one. Longer ones first, so that a part never hides the whole.
_LEGAL_SPELLINGS = {
    "gesellschaft mit beschrankter haftung": "gmbh",
    "societa a responsabilita limitata": "srl",
    "limited liability company": "llc",
    "public limited company": "plc",
    "besloten vennootschap": "bv",
    "societa per azioni": "spa",
    "aktiengesellschaft": "ag",
    "sociedad limitada": "sl",
    "sociedad anonima": "sa",
    "incorporated": "inc",
    "corporation": "corp",
    "g m b h": "gmbh",
    "limited": "ltd",
    "company": "co",
    "s r l": "srl",
    "s p a": "spa",
    "l l c": "llc",
    "p l c": "plc",
}
_LEGAL_SPELLING = re.compile(rf"\b(?:{'|'.join(_LEGAL_SPELLINGS)})\b")
_NO_NAMES = {"", "na", "n a", "none", "null", "unknown", "test", "tbd", "not provided", "no name", "x", "xx", "xxx"}

_PLACEHOLDER_LOCALS = {
    *("test", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "none", "na", "n.a", "n/a", "null"),
    *("unknown", "nobody", "noemail", "no-email", "nomail", "dummy", "example", "xxx", "asdf", "postmaster"),
    *("mailer-daemon", "abuse", "devnull"),
}
# Mailboxes of a function: evidence for a company, none for one of its people.
_ROLE_LOCALS = {
    *("info", "sales", "admin", "administrator", "office", "contact", "contacts", "support", "help", "helpdesk"),
    *("service", "services", "customerservice", "hello", "hi", "mail", "email", "team", "shop", "store", "order"),
    *("orders", "billing", "invoice", "invoices", "accounting", "accounts", "finance", "hr", "jobs", "marketing"),
    *("press", "reception", "webmaster", "purchasing", "procurement", "kontakt", "buero", "vertrieb", "verkauf"),
    *("rechnung", "buchhaltung", "einkauf", "amministrazione", "vendite", "ordini", "contabilita", "acquisti"),
    *("ventas", "administracion", "pedidos", "facturas", "comercial", "compta", "comptabilite", "commande"),
    *("verkoop", "boekhouding", "administratie", "bestellung"),
}
# Addresses that a marketplace makes up for each order or buyer, and domains of people who have none.
_NO_EVIDENCE_DOMAINS = ("test.com", "noemail.com", "nomail.com", "none.com")
_RELAY_DOMAINS = ("marketplace.amazon.com", "members.ebay.com", "relay.cdiscount.com")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]{2,}")


@lru_cache(maxsize=8192)
def normalise_name(name: str | None) -> str:
    """Case, diacritics, punctuation and spelling of the legal form evened out; the legal form stays a word."""
    text = _LEGAL_SPELLING.sub(lambda match: _LEGAL_SPELLINGS[match.group()], fold_words(name or ""))
    return "" if text in _NO_NAMES else text


def name_key(name: str | None, kind: str = "company") -> str:
    """A person's words are sorted: "Rossi, Maria" and "Maria Rossi" are one name."""
    text = normalise_name(name)
    return " ".join(sorted(text.split())) if kind == "person" else text


def _domain_in(domain: str, known: tuple[str, ...]) -> bool:
    return any(domain == entry or domain.endswith("." + entry) for entry in known)


@lru_cache(maxsize=8192)
def email_key(email: Value, kind: str = "company") -> str:
    """The address in lower case where it is evidence of identity; empty for placeholders, relays and, for a person,
    the mailbox of a function.
    """
    if not isinstance(email, str):
        return ""
    address = email.strip().casefold()
    if not _EMAIL.fullmatch(address):
        return ""
    local, _at, domain = address.rpartition("@")
    if local in _PLACEHOLDER_LOCALS or _domain_in(domain, _NO_EVIDENCE_DOMAINS) or _domain_in(domain, _RELAY_DOMAINS):
        return ""
    return "" if kind == "person" and local in _ROLE_LOCALS else address


@lru_cache(maxsize=8192)
def phone_key(phone: Value) -> str:
    """E.164 without extension where it is evidence of identity; empty for what is no number or is made up."""
    if not is_e164(phone):
        return ""
    number = without_extension(str(phone))
    made_up = len(set(number[-7:])) == 1 or number.endswith(("1234567890", "0123456789"))
    return "" if made_up else number


def match_keys(values: Mapping[str, Value], parent_key: str | None = None) -> list[str]:
    """Return keys that two records of one customer share. One shared key is proof: a dry run finds duplicates by it.

    ``values``: canonical values of a main part. ``parent_key`` is any stable text of the record's parent. A company
    that has one is a branch: it shares name, tax ID and switchboard with its head office rightfully, so its keys only
    tell it from its sister branches.
    """
    kind = str(values.get("kind") or "company")
    name = name_key(str(values.get("name") or ""), kind)
    keys = [f"vat:{number}" for number in vat_keys(str(values.get("vat") or ""))]
    email = email_key(str(values.get("email") or ""), kind)
    phone = phone_key(str(values.get("phone") or ""))
    if name and email:
        keys.append(f"email+name:{email}|{name}")
    if name and phone:
        keys.append(f"phone+name:{phone}|{name}")
    if parent_key and kind == "company":
        keys = [
            f"{key}|{name}|under:{parent_key}" if key.startswith("vat:") else f"{key}|under:{parent_key}"
            for key in keys
        ]
    return keys
