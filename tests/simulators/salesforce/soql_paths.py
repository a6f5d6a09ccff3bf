"""Finds what the paths of a statement mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .access import Access
from .schema import COMPOUND_TYPES, Field, ObjectType
from .soql_lexer import query_error
from .soql_tree import Path
from .store import Store
from .table import Row

_HINT = (
    " If you are attempting to use a custom {kind}, be sure to append the '{suffix}' after the custom {kind} name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)


@dataclass(slots=True)
class Column:
    """``hops`` are the reference fields to follow before ``field`` is read."""

    hops: tuple[Field, ...]
    field: Field
    read: Callable[[Row], Any]


class PathFinder:
    """Resolves paths of one FROM object under the caller's field security."""

    def __init__(self, store: Store, access: Access, defn: ObjectType, alias: str | None, text: str) -> None:
        self.store = store
        self.access = access
        self.defn = defn
        self.alias = (alias or "").lower()
        self.text = text

    def names(self, path: Path) -> tuple[str, ...]:
        """The path without the FROM alias or object name in front."""
        first = path.names[0].lower()
        if len(path.names) > 1 and first in (self.alias, self.defn.name.lower()) and self.defn.relation(first) is None:
            return path.names[1:]
        return path.names

    def column(self, path: Path) -> Column:
        """Raises ``INVALID_FIELD`` for what does not exist or is hidden, with one and the same text."""
        names = self.names(path)
        hops: list[Field] = []
        owners = [self.defn]
        for name in names[:-1]:
            found = [(owner, owner.relation(name)) for owner in owners]
            reference = next((r for owner, r in found if r and self.access.readable(owner, r)), None)
            if reference is None:
                hint = _HINT.format(kind="relationship", suffix="__r")
                message = f"Didn't understand relationship '{name}' in field path.{hint}"
                raise query_error(self.text, path.position, "INVALID_FIELD", message)
            hops.append(reference)
            owners = [self.store.schema.get(target) for target in reference.reference_to]
        for owner in owners:
            candidate = owner.field(names[-1])
            if candidate is not None and self.access.readable(owner, candidate):
                return Column(tuple(hops), candidate, self.reader(tuple(hops), owner, candidate))
        message = f"No such column '{names[-1]}' on entity '{owners[0].name}'."
        raise query_error(self.text, path.position, "INVALID_FIELD", message + _HINT.format(kind="field", suffix="__c"))

    def reader(self, hops: tuple[Field, ...], owner: ObjectType, candidate: Field) -> Callable[[Row], Any]:
        last = value_reader(owner, candidate)
        if not hops:
            return last
        names = [hop.name for hop in hops]
        find = self.store.row

        def read(row: Row) -> Any:
            for name in names:
                parent = row.get(name)
                found = find(parent) if parent else None
                if found is None:
                    return None
                row = found[1]
            return last(row)

        return read


def value_reader(owner: ObjectType, candidate: Field) -> Callable[[Row], Any]:
    """Reads one field of a row, compound fields put together."""
    name = candidate.name
    if candidate.type in COMPOUND_TYPES:
        parts = [(json_key(part.name, name), part.name) for part in owner.parts_of(name)]
        return lambda row: compound_value(row, parts)
    if candidate.type == "boolean":
        return lambda row: row.get(name, False)
    return lambda row: row.get(name)


def json_key(part: str, compound: str) -> str:
    """``BillingPostalCode`` of ``BillingAddress`` -> ``postalCode``."""
    suffix = part[len(compound) - len("Address") :]
    return suffix[0].lower() + suffix[1:]


def compound_value(row: Row, parts: list[tuple[str, str]]) -> dict[str, Any] | None:
    value = {key: row.get(name) for key, name in parts}
    return dict(sorted(value.items())) if any(v is not None for v in value.values()) else None
