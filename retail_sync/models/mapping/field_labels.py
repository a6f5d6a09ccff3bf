"""What people call canonical fields, in their language: each entity's model has the labels of its own fields."""

from odoo.api import Environment

from ...domain.canonical.registry import all as all_entities


def labels(env: Environment) -> dict[str, str]:
    """Return {canonical field or composite: label} of all entities; of a name that two have, the first one's."""
    found: dict[str, str] = {}
    with_model = env["retail.sync.entity"]._all()
    for entity in all_entities():
        labels = with_model[entity.name]._field_labels() if entity.name in with_model else {}
        parts = [part.fields for part in entity.parts.values()]
        for specs in (entity.fields, entity.composites, *parts):
            for name, spec in specs.items():
                found.setdefault(name, labels.get(name) or spec.label or name)
    return found
