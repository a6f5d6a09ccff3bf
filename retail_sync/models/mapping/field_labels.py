"""What people call canonical fields and parts, in their language: each entity's model has the labels of its own."""

from collections.abc import Mapping

from odoo import models
from odoo.api import Environment

from ...domain.canonical.entity_spec import MAIN, EntitySpec
from ...domain.canonical.registry import all as all_entities


def labels(env: Environment) -> dict[str, str]:
    """Return {canonical field or composite: label} of all entities; of a name that two have, the first one's."""
    found: dict[str, str] = {}
    with_model = env["retail.sync.entity"]._all()
    for entity in all_entities():
        own_labels = with_model[entity.name]._field_labels() if entity.name in with_model else {}
        for name, label in _declared(entity).items():
            found.setdefault(name, own_labels.get(name) or label)
    return found


def part_labels(env: Environment) -> dict[str, str]:
    """Return {part: label} of the parts of all entities; of a part that two have, the first one's."""
    found: dict[str, str] = {}
    with_model = env["retail.sync.entity"]._all()
    for entity in all_entities():
        own_labels = with_model[entity.name]._part_labels() if entity.name in with_model else {}
        for name, part in entity.parts.items():
            found.setdefault(name, own_labels.get(name) or part.label)
    return found


def of_entity(entity: models.BaseModel) -> dict[str, str]:
    """Return {canonical field or composite: label} of one entity, given its model."""
    return _declared(entity._spec()) | entity._field_labels()


def parts_of_entity(entity: models.BaseModel) -> dict[str, str]:
    """Return {part: label} of one entity, given its model."""
    return {name: part.label for name, part in entity._spec().parts.items()} | entity._part_labels()


def part_label(entity: models.BaseModel, part: str) -> str:
    """Return what people call a part of an entity, given its model."""
    return _part(parts_of_entity(entity), part)


def with_part(env: Environment, label: str, part: str | None, parts: Mapping[str, str]) -> str:
    """Return the label of a field after that of its part, such as "Crate: Width".

    :param part: a part, "<name>:<key>" of a repeated one, or "main" or nothing for the record itself
    :param parts: {part: label}
    """
    if not part or part == MAIN:
        return label
    return env._("%(part)s: %(field)s", part=_part(parts, part), field=label)


def _part(parts: Mapping[str, str], part: str) -> str:
    name, _colon, key = part.partition(":")
    return f"{parts.get(name) or name} {key}".rstrip()


def _declared(spec: EntitySpec) -> dict[str, str]:
    """Return {field or composite: label} as an entity declares them."""
    found: dict[str, str] = {}
    for specs in (spec.fields, spec.composites, *(part.fields for part in spec.parts.values())):
        for name, declared in specs.items():
            found.setdefault(name, declared.label or name)
    return found
