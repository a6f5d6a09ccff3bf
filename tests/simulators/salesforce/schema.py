"""Objects and fields of the org, and how they are switched on and off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError

TEXT_TYPES = frozenset(
    {"string", "textarea", "email", "phone", "url", "picklist", "multipicklist", "combobox", "encryptedstring"}
)
NUMBER_TYPES = frozenset({"double", "currency", "percent"})
COMPOUND_TYPES = frozenset({"address", "location"})
DEFAULT_LENGTHS = {
    "string": 255,
    "textarea": 32000,
    "email": 80,
    "phone": 40,
    "url": 255,
    "picklist": 255,
    "multipicklist": 4099,
}


@dataclass(slots=True)
class Field:
    """One field. ``requires`` names the org feature that has to be on for the field to exist."""

    name: str
    type: str
    label: str = ""
    length: int = 0
    precision: int = 0
    scale: int = 0
    required: bool = False
    createable: bool = True
    updateable: bool = True
    external_id: bool = False
    id_lookup: bool = False
    unique: bool = False
    case_sensitive: bool = False
    calculated: bool = False
    auto_number: bool = False
    default: Any = None
    defaulted_on_create: bool = False
    name_field: bool = False
    picklist: tuple[str, ...] = ()
    restricted: bool = False
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    child_relationship: str | None = None
    cascade_delete: bool = False
    restricted_delete: bool = False
    compound: str | None = None
    requires: str | None = None
    packaged: bool = False

    @property
    def long_text(self) -> bool:
        """True for text that cannot be filtered or sorted."""
        return self.type == "textarea" and self.length > 255

    def __post_init__(self) -> None:
        if not self.label:
            self.label = label_of(self.name)
        if not self.length:
            self.length = DEFAULT_LENGTHS.get(self.type, 0)
        if self.type in ("id", "reference"):
            self.length = 18
        if self.type in NUMBER_TYPES and not self.precision:
            self.precision, self.scale = 18, self.scale or 2

    @property
    def custom(self) -> bool:
        return self.name.endswith(("__c", "__pc"))

    @property
    def lookup_key(self) -> bool:
        """True when the field may name a record in a URL or a relationship object."""
        return self.external_id or self.id_lookup

    def normal(self, value: Any) -> Any:
        """The form under which two values of this field count as equal."""
        if isinstance(value, str) and not self.case_sensitive and self.type in TEXT_TYPES:
            return value.lower()
        return value


@dataclass(slots=True)
class ObjectType:
    """One object. ``fields`` holds what the switched-on features show, keyed by lower-case name.

    ``requires`` names the org feature that has to be on for the object to exist.
    """

    name: str
    prefix: str
    label: str = ""
    plural: str = ""
    all_fields: list[Field] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    mergeable: bool = False
    deletable: bool = True
    createable: bool = True
    changed: float = 0.0
    requires: str | None = None

    def __post_init__(self) -> None:
        self.label = self.label or label_of(self.name)
        self.plural = self.plural or f"{self.label}s"

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    def activate(self, features: frozenset[str]) -> None:
        self.fields = {f.name.lower(): f for f in self.all_fields if _shown(f.requires, features)}

    def field(self, name: str) -> Field | None:
        return self.fields.get(name.lower())

    def relation(self, name: str) -> Field | None:
        """The reference field behind a relationship name."""
        lowered = name.lower()
        for candidate in self.fields.values():
            if candidate.relationship and candidate.relationship.lower() == lowered:
                return candidate
        return None

    def parts_of(self, compound: str) -> list[Field]:
        return [f for f in self.fields.values() if f.compound == compound]


def _shown(requires: str | None, features: frozenset[str]) -> bool:
    return requires is None or features.issuperset(requires.split("+"))


class Schema:
    """All objects by name, without regard to letter case."""

    def __init__(self) -> None:
        self._objects: dict[str, ObjectType] = {}
        self._by_prefix: dict[str, str] = {}
        self._custom_prefixes = 0
        self.features: frozenset[str] = frozenset()
        self._children: dict[str, list[tuple[ObjectType, Field]]] | None = None
        self.version = 0

    def __iter__(self) -> Iterator[ObjectType]:
        return (defn for defn in self._objects.values() if _shown(defn.requires, self.features))

    def find(self, name: str) -> ObjectType | None:
        defn = self._objects.get(name.lower())
        return defn if defn is not None and _shown(defn.requires, self.features) else None

    def get(self, name: str) -> ObjectType:
        found = self.find(name)
        if found is None:
            raise ApiError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
        return found

    def of_id(self, record_id: str) -> ObjectType | None:
        return self.find(self._by_prefix.get(record_id[:3], ""))

    def set_features(self, features: frozenset[str], moment: float) -> None:
        self.features = features
        for defn in self._objects.values():
            before = set(defn.fields)
            defn.activate(features)
            if set(defn.fields) != before:
                defn.changed = moment
        self._forget()

    def add_object(self, defn: ObjectType) -> ObjectType:
        if not defn.prefix:
            defn.prefix = f"a{self._custom_prefixes:02d}"
            self._custom_prefixes += 1
        self._objects[defn.name.lower()] = defn
        self._by_prefix[defn.prefix] = defn.name.lower()
        defn.activate(self.features)
        self._forget()
        return defn

    def add_fields(self, defn: ObjectType, fields: list[Field], moment: float) -> None:
        """Add fields, or put new definitions in the place of old ones."""
        names = {f.name.lower() for f in fields}
        defn.all_fields = [f for f in defn.all_fields if f.name.lower() not in names] + fields
        defn.activate(self.features)
        defn.changed = moment
        self._forget()

    def _forget(self) -> None:
        """Drop what was computed from the fields; ``version`` tells others to do so."""
        self._children = None
        self.version += 1

    def children_of(self, name: str) -> list[tuple[ObjectType, Field]]:
        """Every (object, reference field) that can point at ``name``."""
        if self._children is None:
            children: dict[str, list[tuple[ObjectType, Field]]] = {}
            for defn in self:
                for candidate in defn.fields.values():
                    for target in candidate.reference_to:
                        children.setdefault(target.lower(), []).append((defn, candidate))
            self._children = children
        return self._children.get(name.lower(), [])

    def child_relation(self, name: str, relationship: str) -> tuple[ObjectType, Field] | None:
        for child, reference in self.children_of(name):
            if (reference.child_relationship or "").lower() == relationship.lower():
                return child, reference
        return None


def label_of(name: str) -> str:
    base = re.sub(r"__p?[ce]$", "", name).replace("_", " ")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", base)
    return re.sub(r"\bId$", "ID", words)
