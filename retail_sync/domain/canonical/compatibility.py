"""Whether who reads one version of an entity's records can read another one."""

from collections.abc import Iterator, Mapping
from typing import Any

from .json_schema import Schema

__all__ = ["breaking_changes"]

# What two versions of a field have to say alike, and what people call it.
_FIXED = {
    "x-kind": "kind",
    "x-entity": "entity it points to",
    "x-digits": "decimals",
    "x-currency": "currency",
    "x-unit": "unit",
    "x-zone": "time zone",
    "x-line-key": "key of its lines",
}
_RULES = {
    "x-identity": "identity",
    "x-authority": "authority",
    "x-delivery-class": "delivery class",
}


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Return what in a schema breaks readers of another one, one sentence each; empty: every old record is read.

    A field, a part or a choice that is new breaks nothing. One that is gone does, and so does one that changed its
    kind, its precision or what it points to. Labels, help, masking classes and owners may change.
    """
    return [*_of_rules(old, new), *_of_parts(old, new)]


def _of_rules(old: Schema, new: Schema) -> Iterator[str]:
    if old.get("x-entity") != new.get("x-entity"):
        yield f"The entity was {old.get('x-entity')!r}, and is {new.get('x-entity')!r}."
    for key, what in _RULES.items():
        if old.get(key) != new.get(key):
            yield f"The {what} was {_text(old.get(key))}, and is {_text(new.get(key))}."
    before, now = old.get("x-composites", {}), new.get("x-composites", {})
    for name, fields in before.items():
        if now.get(name) != fields:
            yield f"Composite {name!r} no longer joins {', '.join(fields)}."


def _of_parts(old: Schema, new: Schema) -> Iterator[str]:
    before, now = old.get("$defs", {}), new.get("$defs", {})
    for part, shape in before.items():
        if part not in now:
            yield f"Part {part!r} is gone."
            continue
        if _repeated(old, part) != _repeated(new, part):
            yield f"Part {part!r} was {'repeated' if _repeated(old, part) else 'single'}, and no longer is."
        prefix = "" if part == "main" else f"{part}."
        yield from _of_fields(prefix, shape.get("properties", {}), now[part].get("properties", {}))


def _repeated(schema: Schema, part: str) -> bool:
    return part not in schema.get("properties", {})


def _of_fields(prefix: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name, field in old.items():
        what = f"Field {prefix + name!r}"
        other = new.get(name)
        if other is None:
            yield f"{what} is gone."
            continue
        changed = False
        for key, word in _FIXED.items():
            if field.get(key) != other.get(key):
                changed = True
                yield f"{what}: its {word} was {_text(field.get(key))}, and is {_text(other.get(key))}."
        if changed:
            continue
        yield from _of_choices(what, field, other)
        if "items" in field:
            yield from _of_fields(f"{prefix}{name}.", field["items"]["properties"], other["items"]["properties"])


def _of_choices(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, now = old.get("enum"), new.get("enum")
    if now is None:  # any code is allowed now, or this is no enum
        return
    if before is None:
        yield f"{what}: any code was allowed, and only some are."
        return
    gone = [str(choice) for choice in before if choice not in now]
    if gone:
        yield f"{what} no longer knows {', '.join(gone)}."


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(entry) for entry in value.values() if entry)
    return "none" if value is None else str(value)
