"""What a decision would do to each single field: the words of a dry run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..canonical import composites
from ..canonical.entity_spec import MAIN, EntitySpec
from ..canonical.kinds import equal, form_of, is_empty
from ..canonical.schema import Value, Values

CREATE = "create"
FILL = "fill"
OVERWRITE = "overwrite"
EMPTY = "empty"
ASK = "ask"


@dataclass(frozen=True, slots=True)
class FieldEffect:
    """``effect``: FILL, OVERWRITE or EMPTY of a record that is there, CREATE with a new one, ASK a person."""

    field: str
    effect: str
    before: Value
    after: Value


def effects(
    before: Mapping[str, Value], after: Mapping[str, Value], spec: EntitySpec, part: str = MAIN
) -> list[FieldEffect]:
    """Return the FieldEffects of giving a record the folded values ``after`` in place of ``before``."""
    old, new = composites.expand(before, spec, part), composites.expand(after, spec, part)
    found = []
    for name, value in new.items():
        kind, options = form_of(spec.part_specs(part).get(name))
        held = old.get(name)
        if equal(held, value, kind, options):
            continue
        if value is None or is_empty(value, kind, options):
            effect = EMPTY
        else:
            effect = FILL if held is None or is_empty(held, kind, options) else OVERWRITE
        found.append(FieldEffect(name, effect, held, value))
    return found


def created(values: Mapping[str, Value], spec: EntitySpec, part: str = MAIN) -> list[FieldEffect]:
    """Return the FieldEffects of a new record: the fields that it would have a value in."""
    found = []
    for name, value in composites.expand(values, spec, part).items():
        kind, options = form_of(spec.part_specs(part).get(name))
        if value is not None and value is not False and not is_empty(value, kind, options):
            found.append(FieldEffect(name, CREATE, None, value))
    return found


def asked(
    names: Collection[str], remote: Mapping[str, Value], local: Mapping[str, Value], spec: EntitySpec, part: str = MAIN
) -> list[FieldEffect]:
    """Return the FieldEffects of values that wait for a person; those of a composite that differ, one by one."""
    here = {name: local.get(name) for name in names}
    there: Values = {name: remote.get(name) for name in names}
    return [FieldEffect(found.field, ASK, found.before, found.after) for found in effects(here, there, spec, part)]
