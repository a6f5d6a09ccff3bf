"""What the org lets us write, as the describe said it; and what can be said against values before they are sent."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..client import picklists
from ..client.describe import FieldInfo, ObjectDescribe

BUSINESS_NAME = "Name"
PERSON_NAME = "LastName"
# What no server takes as an address; finer rules are the org's own.
_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]{2,}\Z")

Stored = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a record is not sent. fields: the platform's."""

    code: str
    text: str
    fields: tuple[str, ...]


def collect(described: ObjectDescribe, paths: Iterable[str]) -> Stored:
    """JSON of what is needed later: {"fields": {path: facts}, "required": names needed on creation}."""
    fields = {path: info for path in paths if (info := described.field(path)) is not None}
    facts = {path: _facts(info) for path, info in fields.items()}
    for path, info in fields.items():
        listed = picklists.labels(described, path)
        if listed is not None:
            facts[path].update(by=info.controller, allowed=listed)
    return {
        "fields": facts,
        "required": [info.name for info in described.fields.values() if info.required_on_create],
    }


def _facts(info: FieldInfo) -> Stored:
    facts: Stored = {"type": info.type, "label": info.label, "create": info.createable, "update": info.updateable}
    if info.length and info.type not in ("reference", "id", "picklist", "multipicklist", "boolean"):
        facts["length"] = info.length
    if info.restricted_picklist and info.picklist_values:
        facts["choices"] = list(info.picklist_values)
    return facts


class WriteSchema:
    """Answer what a record may contain, from the stored form."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self.fields: Mapping[str, Stored] = stored.get("fields") or {}
        self.required: tuple[str, ...] = tuple(stored.get("required") or ())
        self.person_type: str | None = stored.get("person_type")

    def known(self, path: str) -> bool:
        return path in self.fields

    def writable(self, creating: bool) -> Callable[[str], bool]:
        """A function that tells whether a field may be written, in a new record or in one that exists."""
        right = "create" if creating else "update"
        return lambda path: bool(self.fields.get(path, {}).get(right))

    def fit(
        self, values: Mapping[str, Any], remote: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[Objection]]:
        """Values in the form that JSON and the org's lists want, and what stands against sending them.

        Nothing is shortened: half a value is a wrong value. A state of a country for which the org lists no states is
        emptied: it has no place there, and Odoo keeps its own (see `listed_countries`). `remote`: the record as it is,
        for the values on which others depend.
        """
        fitted, objections = {}, []
        for path, value in values.items():
            facts = self.fields.get(path) or {}
            fitted[path], objection = _fit(path, facts, value)
            if objection:
                objections.append(objection)
        for path in fitted:
            facts = self.fields.get(path) or {}
            by: str = facts.get("by") or ""
            if fitted[path] and "allowed" in facts and (by in fitted or by in (remote or {})):
                around = fitted[by] if by in fitted else (remote or {}).get(by)
                fitted[path], objection = _fit_dependent(path, facts, fitted[path], around)
                objections += [objection] if objection else []
        return fitted, objections

    def listed_countries(self) -> frozenset[str] | None:
        """Codes of the countries for which the org lists states; None where it does not tell."""
        found = self.listed_states()
        return None if found is None else frozenset(found)

    def listed_states(self) -> dict[str, dict[str, str]] | None:
        """{country code: {code of a state: its label}}, as the org lists them; None where it does not tell."""
        found = [facts["allowed"] for facts in self.fields.values() if facts.get("by", "").endswith("CountryCode")]
        return {code: states for allowed in found for code, states in allowed.items()} if found else None

    def needed(self, person: bool, account: bool) -> tuple[str, ...]:
        """What a new record must have. A person account needs its last name, where the describe says Name."""
        if not account:
            return self.required
        others = (name for name in self.required if name not in (BUSINESS_NAME, PERSON_NAME))
        return (*others, PERSON_NAME if person else BUSINESS_NAME)

    def missing(
        self, values: Mapping[str, Any], person: bool, account: bool, beside: Collection[str] = ()
    ) -> Objection | None:
        """What a new record lacks. beside: fields that are filled just before it is sent."""
        needed = self.needed(person, account)
        lacking = [name for name in needed if values.get(name) in (None, "") and name not in beside]
        if not lacking:
            return None
        text = f"Required fields are missing: {', '.join(self._label(name) for name in lacking)}."
        return Objection("REQUIRED_FIELD_MISSING", text, tuple(lacking))

    def _label(self, path: str) -> str:
        label = (self.fields.get(path) or {}).get("label")
        return f"{label} ({path})" if label and label != path else path


def _fit(path: str, facts: Stored, value: Any) -> tuple[Any, Objection | None]:
    kind, label = facts.get("type"), facts.get("label") or path
    if kind == "boolean":
        return bool(value), None
    if value is None or value == "":
        return None, None
    if kind in ("string", "textarea", "email", "phone", "url") and not isinstance(value, str):
        value = str(value).lower() if isinstance(value, bool) else str(value)
    if not isinstance(value, str):
        return value, None
    length = facts.get("length")
    if length and len(value) > length:
        text = f"{label} ({path}) takes {length} characters, and the value has {len(value)}."
        return value, Objection("STRING_TOO_LONG", text, (path,))
    if kind == "email" and not _EMAIL.match(value):
        return value, Objection("INVALID_EMAIL_ADDRESS", f"{label} ({path}) is no e-mail address.", (path,))
    choices = facts.get("choices")
    if not choices or "allowed" in facts:
        return value, None
    listed = {choice.casefold(): choice for choice in choices}
    parts = value.split(";") if kind == "multipicklist" else [value]
    unlisted = [part for part in parts if part.casefold() not in listed]
    if unlisted:
        text = f"{label} ({path}) has a list of values, and this value is not on it."
        return value, Objection("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", text, (path,))
    return ";".join(listed[part.casefold()] for part in parts), None


def _fit_dependent(path: str, facts: Stored, value: Any, by: Any) -> tuple[Any, Objection | None]:
    """The value of a list that depends on another field: spelled as listed, empty where nothing is listed."""
    allowed = {str(choice).casefold(): choice for choice in facts["allowed"].get(by) or ()}
    if not allowed:
        return None, None
    listed = allowed.get(str(value).casefold())
    if listed is not None:
        return listed, None
    text = f"{facts.get('label') or path} ({path}) has a list of values for {by}, and this value is not on it."
    return value, Objection("FIELD_INTEGRITY_EXCEPTION", text, (path,))
