"""Composites: values that are merged as one and written field by field.

The folded form of a composite is the list of its fields' values in the order of the declaration, ``None`` where all of
them are empty. Fields outside composites stay as they are.
"""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet

from .entity_spec import MAIN, Composite, EntitySpec
from .kinds import equal, form_of
from .schema import Value, Values

# {composite: its fields that a record did not report}
AbsentFields = Mapping[str, frozenset[str]]


def fold(values: Mapping[str, Value], spec: EntitySpec, part: str = MAIN) -> Values:
    """Return the values of a part with its composites folded. One of which no field was reported is left out."""
    composites = spec.composites_of(part)
    hidden = {name for composite in composites for name in composite.fields}
    folded: Values = {name: value for name, value in values.items() if name not in hidden}
    for composite in composites:
        if any(name in values for name in composite.fields):
            found = [values.get(name) or None for name in composite.fields]
            folded[composite.name] = found if any(found) else None
    return folded


def expand(values: Mapping[str, Value], spec: EntitySpec, part: str = MAIN) -> Values:
    """Return folded values with each composite in its fields again, as mapping lines name them."""
    expanded = dict(values)
    for composite in spec.composites_of(part):
        if composite.name in expanded:
            folded = expanded.pop(composite.name)
            found = folded if isinstance(folded, list) else [None] * len(composite.fields)
            expanded.update(zip(composite.fields, found, strict=True))
    return expanded


def expand_names(names: Iterable[str], spec: EntitySpec) -> set[str]:
    """Return names of fields, with those of its fields in place of each composite."""
    composites = spec.composites
    return {field for name in names for field in (composites[name].fields if name in composites else (name,))}


def fold_names(names: Collection[str], spec: EntitySpec) -> set[str]:
    """Return the names under which fields are merged: a composite in place of its fields."""
    return {spec.composite_of.get(name, name) for name in names}


def absent_fields(values: Mapping[str, Value], spec: EntitySpec, part: str = MAIN) -> dict[str, frozenset[str]]:
    """Return {composite: its fields that were not reported} of values that are not folded; complete ones left out."""
    found = {
        composite.name: frozenset(name for name in composite.fields if name not in values)
        for composite in spec.composites_of(part)
    }
    return {name: fields for name, fields in found.items() if fields}


def complete(folded: Mapping[str, Value], other: Mapping[str, Value], spec: EntitySpec, absent: AbsentFields) -> Values:
    """Return folded values, with the other side's where a field of a composite was not reported: absent never clears.

    ``other``: folded values of the other side. ``absent``: as ``absent_fields`` returned it.
    """
    result = dict(folded)
    for name, fields in absent.items():
        if name not in folded or name not in spec.composites:
            continue
        names = spec.composites[name].fields
        here, there = ((side.get(name) or [None] * len(names)) for side in (folded, other))
        assert isinstance(here, list) and isinstance(there, list)
        found = [there[number] if field in fields else here[number] for number, field in enumerate(names)]
        result[name] = found if any(found) else None
    return result


def with_base(
    local: Mapping[str, Value], base: Mapping[str, Value], spec: EntitySpec, unread: AbstractSet[str], part: str = MAIN
) -> Values:
    """Return Odoo's folded values, with those of the base in fields whose value on the platform was not understood.

    Against them, an edit of such a field in Odoo shows, and an edit of any other leaves it alone.
    """
    result = dict(local)
    for composite in spec.composites_of(part):
        here, there = local.get(composite.name), base.get(composite.name)
        if composite.name not in base or unread.isdisjoint(composite.fields):
            continue
        pairs = zip(composite.fields, _listed(here, composite), _listed(there, composite), strict=True)
        found = [old if field in unread else now for field, now, old in pairs]
        result[composite.name] = found if any(found) else None
    return result


def changed_fields(
    values: Mapping[str, Value],
    before: Mapping[str, Value],
    spec: EntitySpec,
    part: str = MAIN,
    unread: AbstractSet[str] = frozenset(),
) -> set[str]:
    """Return the names of fields that folded values change: of a composite those that differ from what was there.

    ``unread``: fields of which the platform has a value that was not understood. One of them is left alone, unless it
    was edited itself or stands within a field that was (a state within its country).
    """
    composites = {composite.name: composite for composite in spec.composites_of(part)}
    specs = spec.part_specs(part)
    found: set[str] = set()
    for name, value in values.items():
        composite = composites.get(name)
        if composite is None:
            found.add(name)
            continue
        pairs = zip(composite.fields, _listed(value, composite), _listed(before.get(name), composite), strict=True)
        changed = {field for field, now, old in pairs if not equal(now, old, *form_of(specs.get(field)))}
        found |= changed
        found |= {
            field
            for field, around in composite.within.items()
            if field in unread and around in changed and around not in unread and _value_of(before, composite, around)
        }
    return found


def _listed(value: Value, composite: Composite) -> list[Value]:
    return value if isinstance(value, list) else [None] * len(composite.fields)


def _value_of(values: Mapping[str, Value], composite: Composite, field: str) -> Value:
    return _listed(values.get(composite.name), composite)[composite.fields.index(field)]
