"""Hide personal data and secrets: masked payloads for screens, scrubbed text for logs."""

import re
from collections.abc import Mapping
from typing import Any

from ..canonical.schema import SENSITIVITIES

HIDDEN = "•••"
_OPEN = ("public", "internal")

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(r"(?<![\w.:/-])(?:\+|\(|\d)[\d\s().-]{6,20}\d(?![\w:-])")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d?[./]\d\d?[./]\d{2,4}")
_SECRET_WORDS = (
    r"access_token|refresh_token|id_token|client_secret|client_assertion|assertion|password|passwd|pwd|secret"
    r"|session_?id|api_?key|private_?key|signature|authorization|cookie|security_?token|csrf_?token"
)
# (pattern, replacement): the order matters, whole blocks before the tokens inside them.
_SECRETS = (
    (re.compile(r"-----BEGIN ([A-Z ]+)-----.*?(?:-----END \1-----|\Z)", re.DOTALL), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic|oauth)(\s+)(?!•)[\w.~+/=!-]{4,}"), rf"\1\2{HIDDEN}"),
    (re.compile(rf"(?i)(<(?:\w+:)?(?:{_SECRET_WORDS})\b[^<>]{{0,300}}>)[^<]+"), rf"\1{HIDDEN}"),
    (re.compile(rf"(?i)((?<![a-z])(?:{_SECRET_WORDS})[\"']?\s*[:=]\s*)\"(?:[^\"\\]|\\.)*\""), rf'\1"{HIDDEN}"'),
    (re.compile(rf"(?i)((?<![a-z])(?:{_SECRET_WORDS})[\"']?\s*[:=]\s*)'(?:[^'\\]|\\.)*'"), rf"\1'{HIDDEN}'"),
    (re.compile(rf"(?i)((?<![a-z])(?:{_SECRET_WORDS})\s*[:=]\s*)(?![\"'•])[^\s&,;}}\]]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?"), HIDDEN),  # JSON Web Token
    (re.compile(r"\b\w{12,18}![\w.~+/=-]{8,}"), HIDDEN),  # session token behind the id of its organisation
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/@:]{1,200}:[^\s/@]{1,500}@"), rf"\1{HIDDEN}@"),
)

# Words of a field name that tell its class; the first class with a word that fits counts.
_NAME_CLASSES = (
    (
        "secret",
        {"password", "passwd", "pwd", "secret", "token", "authorization", "cookie", "signature", "assertion", "apikey"},
    ),
    (
        "sensitive",
        {"birth", "birthdate", "birthday", "ssn", "iban", "passport", "salary", "health", "religion", "gender"}
        | {"card", "ethnicity"},
    ),
    ("internal", {"id", "ids", "type", "url", "version", "status", "currency", "country", "state", "attributes"}),
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_OPAQUE_ID = re.compile(r"[\w:./-]{1,255}")


def classify_name(name: str, default: str = "personal") -> str:
    """Sensitivity of a field by the words of its name ("PersonBirthdate" -> "sensitive"), else ``default``."""
    words = {word.lower() for word in _WORD.findall(name)}
    if "key" in words and words & {"api", "private", "access", "consumer"}:
        return "secret"
    for sensitivity, known in _NAME_CLASSES:
        if words & known:
            return sensitivity
    return default


def _mask_word(word: str) -> str:
    return word[0] + "***" if word[:1].isalpha() else HIDDEN


def _mask_email(text: str) -> str:
    local, _at, domain = text.partition("@")
    host, _dot, top = domain.rpartition(".")
    return f"{local[:1]}***@{host[:1]}***.{top}" if host else f"{local[:1]}***@***"


def _mask_phone(text: str) -> str:
    return HIDDEN + "".join(char for char in text if char.isdigit())[-2:]


def _shape(text: str) -> str:
    if _EMAIL.fullmatch(text):
        return "email"
    digits = sum(char.isdigit() for char in text)
    if digits >= 5 and digits * 2 >= len(text) and not any(char.isalpha() for char in text) and not _DATE.match(text):
        return "phone"
    return "name"


def mask_value(value: Any, sensitivity: str, kind: str = "") -> Any:
    """The value as someone without the right to reveal may see it.

    ``kind`` is that of the canonical field ("email", "phone", "html", ...), or "location" or "name"; when empty it is
    derived from the value's shape. Empty values and yes/no stay: they show that a field is filled, not with what.
    """
    if sensitivity not in SENSITIVITIES:
        raise ValueError(f"Unknown sensitivity {sensitivity!r}.")
    if sensitivity in _OPEN or value is None or value == "":
        return value
    if sensitivity == "secret" or sensitivity == "sensitive":
        return HIDDEN
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return HIDDEN
    text = value.strip()
    kind = kind or _shape(text)
    if kind == "email" and "@" in text:
        return _mask_email(text)
    if kind == "phone":
        return _mask_phone(text)
    if kind in ("name", "text") and len(text) <= 80 and "\n" not in text:
        return " ".join(_mask_word(word) for word in text.split())
    return HIDDEN


_LOCATION_WORDS = {"street", "street2", "city", "zip", "postal", "postalcode", "address", "latitude", "longitude"}


def _kind_by_name(name: str) -> str:
    words = {word.lower() for word in _WORD.findall(name)}
    return "location" if words & _LOCATION_WORDS else ""


def mask_payload(payload: Any, classes: Mapping[str, str] | None = None, default: str = "personal") -> Any:
    """A masked copy of a nested payload.

    ``classes``: {dotted path or bare field name: sensitivity}, without regard to case; a path goes before a name.
    Fields it does not name are judged by their name, and text that is still unknown is ``default``.
    """
    known = {path.casefold(): sensitivity for path, sensitivity in (classes or {}).items()}
    return _mask(payload, "", "", known, default)


def _mask(value: Any, path: str, name: str, known: Mapping[str, str], default: str) -> Any:
    classified = known.get(path.casefold()) or known.get(name.casefold())
    if isinstance(value, Mapping):
        if classified in ("sensitive", "secret"):
            return HIDDEN
        return {
            key: _mask(part, f"{path}.{key}" if path else str(key), str(key), known, default)
            for key, part in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_mask(part, path, name, known, default) for part in value]
    if classified:
        return mask_value(value, classified, _kind_by_name(name))
    sensitivity = classify_name(name, default)
    if sensitivity in _OPEN and isinstance(value, str) and not _OPAQUE_ID.fullmatch(value):
        sensitivity = default  # "Type" and the like hold codes; a sentence or an e-mail there is something else
    if sensitivity == default and not isinstance(value, str):
        return value  # counts, amounts and flags without a classification
    return mask_value(value, sensitivity, _kind_by_name(name))


def _hide_phone(match: re.Match[str]) -> str:
    text = match.group()
    digits = sum(char.isdigit() for char in text)
    marked = text[0] in "+(" or any(char in " (-." for char in text.strip())
    return _mask_phone(text) if 8 <= digits <= 15 and marked and not _DATE.match(text) else text


def scrub_text(text: str) -> str:
    """``text`` fit for a log: tokens, keys and passwords gone, e-mail addresses and phone numbers masked.

    Bare digit strings stay (they are mostly ids and times); a phone number shows by its "+" or its separators.
    """
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    text = _EMAIL.sub(lambda match: _mask_email(match.group()), text)
    return _PHONE.sub(_hide_phone, text)
