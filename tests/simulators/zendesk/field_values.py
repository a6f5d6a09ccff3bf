"""Fields that an account defines for tickets, users and organizations: what a value may be, and the tags it sets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from . import times
from .errors import Problems
from .table import Row

CHOICES = ("tagger", "multiselect")
TYPES = (
    "text", "textarea", "checkbox", "date", "integer", "decimal", "regexp", "partialcreditcard", "lookup", *CHOICES,
)  # fmt: skip
_INTEGER = re.compile(r"^[+-]?\d+$")
_DECIMAL = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)$")
_NO_TAG = re.compile(r"[^\w\-/.:#@+]", re.UNICODE)


def normal_tags(value: Any, spaces: str = "split") -> list[str]:
    """Tags as they are stored: lower case, sorted, each once. ``value`` is a list or a text with spaces."""
    parts = value.replace(",", " ").split() if isinstance(value, str) else [str(each) for each in value or ()]
    found: set[str] = set()
    for part in parts:
        words = part.split() if spaces == "split" else ["_".join(part.split())]
        found.update(filter(None, (_NO_TAG.sub("", word.lower()) for word in words)))
    return sorted(found)


def options(field: Row) -> list[str]:
    return [option["value"] for option in field.get("custom_field_options") or ()]


def tags_of(field: Row, value: Any) -> set[str]:
    """The tags that a value of a field puts on its record."""
    if field["type"] == "tagger":
        return {value} if value else set()
    if field["type"] == "multiselect":
        return set(value or ())
    if field["type"] == "checkbox":
        return {field["tag"]} if value and field.get("tag") else set()
    return set()


def value_from_tags(field: Row, tags: Iterable[str], value: Any) -> Any:
    """The value of a field whose tags were changed by hand."""
    present = set(tags)
    if field["type"] == "tagger":
        return value if value in present else next((each for each in options(field) if each in present), None)
    if field["type"] == "multiselect":
        return [each for each in options(field) if each in present]
    if field["type"] == "checkbox" and field.get("tag"):
        return field["tag"] in present
    return value


def read(field: Row, value: Any, problems: Problems, *, numbers_as_text: bool, unknown_options: str) -> Any:
    """The stored value of what a call sends for a field; a bad one is added to ``problems``."""
    kind, title = field["type"], field["title"]
    if kind == "checkbox":
        return value in (True, 1, "1", "true", "yes", "on")
    if value is None or value == "" or value == []:
        return [] if kind == "multiselect" else None
    if kind in CHOICES:
        return _choice(field, value, problems, unknown_options)
    text = str(value)
    good = True
    if kind == "integer":
        good = isinstance(value, int) or bool(_INTEGER.match(text))
        text = text if numbers_as_text or not good else int(text)  # type: ignore[assignment]
    elif kind == "decimal":
        good = isinstance(value, (int, float)) or bool(_DECIMAL.match(text))
        text = text if numbers_as_text or not good else float(text)  # type: ignore[assignment]
    elif kind == "date":
        stamp = times.normal(text)
        good = times.is_date(text) or stamp is not None
        text = stamp[:10] if stamp else text
    elif kind == "regexp":
        good = re.fullmatch(field.get("regexp_for_validation") or ".*", text) is not None
    if not good:
        problems.add("base", f"{title}: is invalid", "InvalidFormat" if kind == "regexp" else "InvalidValue")
    return text


def _choice(field: Row, value: Any, problems: Problems, unknown_options: str) -> Any:
    known = set(options(field))
    many = field["type"] == "multiselect"
    wanted = [str(each) for each in (value if isinstance(value, list) else [value])]
    unknown = [each for each in wanted if each not in known]
    if unknown and unknown_options == "refuse":
        problems.add("base", f"{field['title']}: {unknown[0]} is invalid", "InvalidValue")
    kept = [each for each in wanted if each in known]
    return kept if many else next(iter(kept), None)


def pairs(value: Any) -> dict[int, Any]:
    """{field id: value} of ``custom_fields`` as a list of ``{id, value}`` or as an object."""
    if isinstance(value, dict):
        return {int(key): each for key, each in value.items() if str(key).isdigit()}
    found: dict[int, Any] = {}
    for entry in value or ():
        if isinstance(entry, dict) and str(entry.get("id")).isdigit():
            found[int(entry["id"])] = entry.get("value")
    return found


def keyed(fields: Iterable[Row], stored: dict[str, Any], sent: Any, problems: Problems, **options: Any) -> Row:
    """``user_fields`` or ``organization_fields`` after a write: unmentioned keys stay, unknown ones are left out."""
    found = dict(stored)
    by_key = {field["key"]: field for field in fields if field["active"]}
    for key, value in (sent if isinstance(sent, dict) else {}).items():
        if key in by_key:
            found[key] = read(by_key[key], value, problems, **options)
    return found
