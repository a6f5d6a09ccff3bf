"""Hide personal data on screens: only what is classed as open is shown in clear, everything else is masked.

A class comes from the declaration of a canonical field, or from its ownership rule. A field that no mapping names has
no class: its values are hidden, whatever their type.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..canonical.schema import SENSITIVITIES

HIDDEN = "•••"
# Classes whose values are shown in clear to whoever may see the record.
OPEN = ("public", "internal")

EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d?[./]\d\d?[./]\d{2,4}")

# A field with such a word in its name is hidden whatever its class says: a mistake in a mapping must not show it.
_SECRET_WORDS = frozenset(
    ("password", "passwd", "pwd", "secret", "token", "authorization", "cookie", "signature", "assertion", "apikey")
)
_KEY_WORDS = frozenset(("api", "private", "access", "consumer"))
_LOCATION_WORDS = {"street", "street2", "city", "zip", "postal", "postalcode", "address", "latitude", "longitude"}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


class FieldClass(NamedTuple):
    """The masking class of a field. kind: that of the canonical field, by which a masked value is formatted."""

    sensitivity: str
    kind: str = ""


Classes = Mapping[str, "FieldClass | str"]


def is_secret_name(name: str) -> bool:
    """Return whether a field of this name holds a credential ("AccessToken", "api_key")."""
    words = {word.lower() for word in _WORD.findall(name)}
    return bool(words & _SECRET_WORDS) or ("key" in words and bool(words & _KEY_WORDS))


def stricter(left: str, right: str) -> str:
    """Return the more closed one of two classes."""
    return max(left, right, key=SENSITIVITIES.index)


def _mask_word(word: str) -> str:
    return word[0] + "***" if word[:1].isalpha() else HIDDEN


def mask_email(text: str) -> str:
    local, _at, domain = text.partition("@")
    host, _dot, top = domain.rpartition(".")
    return f"{local[:1]}***@{host[:1]}***.{top}" if host else f"{local[:1]}***@***"


def mask_phone(text: str) -> str:
    return HIDDEN + "".join(char for char in text if char.isdigit())[-2:]


def mask_name(text: str) -> str:
    """Return the initials of a name ("Anna Rossi" -> "A*** R***"); a text that is no name is hidden as a whole."""
    text = text.strip()
    if EMAIL.fullmatch(text):
        return mask_email(text)
    if len(text) > 80 or "\n" in text:
        return HIDDEN
    return " ".join(_mask_word(word) for word in text.split())


def _shape(text: str) -> str:
    if EMAIL.fullmatch(text):
        return "email"
    digits = sum(char.isdigit() for char in text)
    if digits >= 5 and digits * 2 >= len(text) and not any(char.isalpha() for char in text) and not DATE.match(text):
        return "phone"
    return "name"


def mask_value(value: Any, sensitivity: str, kind: str = "") -> Any:
    """The value as someone without the right to reveal may see it.

    ``kind`` is that of the canonical field ("email", "phone", "html", ...), or "location" or "name"; when empty it is
    derived from the value's shape. Empty values stay: they show that a field is not filled. A flag or a number of a
    closed class is hidden like a text.
    """
    if sensitivity not in SENSITIVITIES:
        raise ValueError(f"Unknown sensitivity {sensitivity!r}.")
    if sensitivity in OPEN or value is None or value == "":
        return value
    if sensitivity != "personal" or not isinstance(value, str):
        return HIDDEN
    text = value.strip()
    kind = kind or _shape(text)
    if kind == "email" and "@" in text:
        return mask_email(text)
    if kind == "phone":
        return mask_phone(text)
    return mask_name(text) if kind in ("name", "text") else HIDDEN


def _kind_by_name(name: str) -> str:
    words = {word.lower() for word in _WORD.findall(name)}
    return "location" if words & _LOCATION_WORDS else ""


def mask_payload(payload: Any, classes: Classes | None = None, clear: Iterable[str] = ()) -> Any:
    """A masked copy of a nested payload.

    ``classes``: {dotted path or bare field name: class}, without regard to case; a path goes before a name, a bare name
    closes fields below others too but opens none, and the class of an object counts for all that is below it. What no
    class is known of is hidden. ``clear``: values that the reader knows already, such as the id of the record.
    """
    return _mask(payload, "", "", None, _folded(classes), frozenset(clear))


def closed_values(payload: Any, classes: Classes | None = None, clear: Iterable[str] = ()) -> list[Any]:
    """Return the values of a payload that ``mask_payload`` would not show: what no text about the record may quote."""
    known = frozenset(clear)
    return [
        value
        for value, found, _name in _leaves(payload, "", "", None, _folded(classes))
        if not (found and found.sensitivity in OPEN) and value not in known
    ]


def _folded(classes: Classes | None) -> dict[str, FieldClass]:
    return {
        path.casefold(): FieldClass(found) if isinstance(found, str) else found
        for path, found in (classes or {}).items()
    }


def _class_of(path: str, name: str, above: FieldClass | None, known: Mapping[str, FieldClass]) -> FieldClass | None:
    if is_secret_name(name):
        return FieldClass("secret")
    named = known.get(name.casefold())
    # "Name" of a record may be open; the name of its owner, further down, is another field.
    found = known.get(path.casefold()) or (named if named and named.sensitivity not in OPEN else None)
    return found or above


def _mask(
    value: Any, path: str, name: str, above: FieldClass | None, known: Mapping[str, FieldClass], clear: frozenset[str]
) -> Any:
    found = _class_of(path, name, above, known) if name else above
    if isinstance(value, Mapping):
        if found and found.sensitivity in ("sensitive", "secret"):
            return HIDDEN
        return {
            key: _mask(part, f"{path}.{key}" if path else str(key), str(key), found, known, clear)
            for key, part in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_mask(part, path, name, above, known, clear) for part in value]
    if value is None or value == "" or (isinstance(value, str) and value in clear):
        return value
    if found is None:
        return HIDDEN
    # The kind formats a masked value; a text of a street or a town shows no initials.
    return mask_value(value, found.sensitivity, _kind_by_name(name) or found.kind)


def _leaves(
    value: Any, path: str, name: str, above: FieldClass | None, known: Mapping[str, FieldClass]
) -> Iterator[tuple[Any, FieldClass | None, str]]:
    found = _class_of(path, name, above, known) if name else above
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _leaves(part, f"{path}.{key}" if path else str(key), str(key), found, known)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _leaves(part, path, name, above, known)
    elif value not in (None, "", True, False):
        yield value, found, name
