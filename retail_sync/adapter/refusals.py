"""A refusal that names fields: they are taken out of the record, so that the rest can be sent."""

from collections.abc import Collection, Iterable
from typing import Any

from ..domain.canonical.entity_spec import EntitySpec
from ..domain.resilience.faults import FaultClass, FaultError
from .values import EncodedRecord, Key, OutboundRecord, RefusedField

# A refusal of these classes is about the content; any other one says nothing about a field, whatever it names.
_ABOUT_FIELDS = frozenset({FaultClass.business, FaultClass.contract})


def refused_paths(encoded: EncodedRecord, fault: Exception | None) -> list[str]:
    """Return the platform's fields that a refusal names and that the record can go without.

    Empty where the refusal names none, or one that is not sent, or one that a new record must have.
    """
    if not isinstance(fault, FaultError) or fault.fault_class not in _ABOUT_FIELDS:
        return []
    sent = {path.casefold(): path for path in encoded.fields}
    paths = [sent[name.casefold()] for name in fault.fields if name.casefold() in sent]
    # A compound field is named for one of its components, or the other way round: what is not known stays whole.
    if not paths or len(paths) < len(set(fault.fields)):
        return []
    creating = not encoded.record.external_id
    if creating and any(path in encoded.required or path in encoded.identity for path in paths):
        return []
    return paths


def take_out(spec: EntitySpec, encoded: EncodedRecord, paths: Iterable[str], fault: FaultError) -> None:
    """Take fields of the platform out of a record, and the values that they are made of out of what it agrees on."""
    keys: list[Key] = []
    for path in paths:
        encoded.fields.pop(path, None)
        keys += [key for key in encoded.feeds.get(path, ()) if key not in keys]
    # One value may be written to several fields, such as a name: half of it is a wrong value.
    for path in [path for path in encoded.fields if encoded.feeds.get(path) and set(encoded.feeds[path]) <= set(keys)]:
        del encoded.fields[path]
    refuse(spec, encoded, keys, fault)


def refuse(spec: EntitySpec, encoded: EncodedRecord, keys: Collection[Key], fault: FaultError) -> None:
    """Note that values are not sent."""
    known = {(refused.part, refused.name) for refused in encoded.refused}
    for part, name in sorted(set(keys) - known):
        value, remote = sides(spec, encoded.record, part, name)
        if sent(spec, encoded.record, part, name):
            encoded.refused.append(RefusedField(part, name, fault, value, remote))
        leave_out(spec, encoded.record, part, name)


def sides(spec: EntitySpec, record: OutboundRecord, part: str, name: str) -> tuple[Any, Any]:
    """Return what Odoo has in a field, and what the platform showed in its place (None where it was not read)."""
    composite = spec.composite_of.get(name)
    replaced = record.replaces.get(part) or {}
    values = record.sent.get(part) or {}
    if name in values or composite not in values:
        value = values.get(name, (record.parts.get(part) or {}).get(name))
        return value, replaced.get(name)
    place = spec.composites[composite].fields.index(name)
    return _at(values.get(composite), place), _at(replaced.get(composite), place)


def sent(spec: EntitySpec, record: OutboundRecord, part: str, name: str) -> bool:
    """Return whether a field is among the values that a record is about to agree on."""
    values = record.sent.get(part) or {}
    return name in values or spec.composite_of.get(name) in values


def leave_out(spec: EntitySpec, record: OutboundRecord, part: str, name: str) -> None:
    """Take a field out of what a record sends, and of what both sides will have agreed on when it is accepted.

    Of a composite, the field keeps what the platform showed in its place.
    """
    if record.changed is None:
        if part in record.parts:
            record.parts[part] = {other: value for other, value in record.parts[part].items() if other != name}
    elif part in record.changed:
        record.changed[part] = {other for other in record.changed[part] if other != name}
    values = record.sent.get(part)
    if not values:
        return
    values.pop(name, None)
    composite = spec.composite_of.get(name)
    if composite is None or composite not in values:
        return
    fields = spec.composites[composite].fields
    before = (record.replaces.get(part) or {}).get(composite)
    folded = list(values[composite]) if isinstance(values[composite], list) else [None] * len(fields)
    folded[fields.index(name)] = _at(before, fields.index(name))
    if folded == (before if isinstance(before, list) else [None] * len(fields)):
        del values[composite]
    else:
        values[composite] = folded


def _at(folded: Any, place: int) -> Any:
    return folded[place] if isinstance(folded, list) else None
