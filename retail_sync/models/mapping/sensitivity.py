"""The masking class of each field: what its ownership rule says, else what its entity declares.

What no field mapping names has no class, and is hidden.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical import registry
from ...domain.canonical.entity_spec import MAIN
from ...domain.mapping.decoding import remote_paths
from ...domain.security.masking import OPEN, FieldClass, closed_values, mask_name, mask_value, stricter
from ...domain.security.scrubbing import cut, scrub_text, without_values

# A text about a record that is longer than this explains nothing more.
LONGEST_TEXT = 2000


class Sensitivities:
    """The classes of the fields of an entity on a connection: one query, whatever is asked of them afterwards."""

    def __init__(self, env: Environment, connection: models.BaseModel, entity: str) -> None:
        self._spec = registry.get(entity)
        rules = env["retail.sync.ownership.rule"]._narrowest(connection.sudo(), entity)
        self._ruled = {name: rule.sensitivity for name, rule in rules.items() if rule.sensitivity}

    def of(self, field: str, part: str = MAIN) -> FieldClass:
        """Return the class of a canonical field or composite; of an unknown one, that of a sensitive field."""
        spec = self._spec.part_specs(part or MAIN).get(field) or self._spec.fields.get(field)
        ruled = self._ruled.get(field) or self._ruled.get(self._spec.composite_of.get(field, ""))
        if spec is not None:
            return FieldClass(ruled or spec.sensitivity, spec.kind)
        return FieldClass(ruled or self._spec.sensitivity_of(field, part) or "sensitive", "location")

    def is_open(self, field: str, part: str = MAIN) -> bool:
        """Return whether values of a field are shown in clear to whoever may see the record."""
        return self.of(field, part).sensitivity in OPEN

    def masked(self, value: Any, field: str, part: str = MAIN) -> Any:
        """Return a canonical value as someone without the right to reveal may see it."""
        found = self.of(field, part)
        if isinstance(value, (list, dict)) and found.sensitivity not in OPEN:
            return mask_value(str(value), "sensitive") if value else value
        return mask_value(value, found.sensitivity, found.kind)


def of_stream(env: Environment, stream: models.BaseModel) -> dict[str, FieldClass]:
    """Return {field of the platform: class} of the mapped fields of a stream.

    A field that feeds several canonical fields has the most closed class of theirs.
    """
    stream = stream.sudo()
    fields = Sensitivities(env, stream.connection_id, stream.entity)
    classes: dict[str, FieldClass] = {}
    for line in stream.map_ids:
        found = fields.of(line.canonical_field, line.part)
        for path in remote_paths(line._row()):
            known = classes.get(path)
            if known is not None:
                found = FieldClass(stricter(found.sensitivity, known.sensitivity), found.kind or known.kind)
            classes[path] = found
    return classes


def title_masker(env: Environment, stream: models.BaseModel) -> Callable[[Any], str | None]:
    """Return a function that returns a title as everybody with the right to see messages may read it.

    It is made once for a page of records: the classes of the fields take a query.
    """
    stream = stream.sudo()
    fields = Sensitivities(env, stream.connection_id, stream.entity)
    is_open = fields.is_open(stream._entity()._title_name())

    def masked(title: Any) -> str | None:
        if not title:
            return None
        return str(title) if is_open else mask_name(str(title))

    return masked


def text_about(
    text: str, values: Iterable[Any] = (), *, payload: Any = None, classes: Mapping[str, FieldClass] | None = None
) -> str:
    """Return a text for messages, runs and logs that quotes no value of the record it is about.

    :param values: further values that must not stand in it
    :param payload: the record as it came, and the classes of its fields
    """
    closed = [*values, *(closed_values(payload, classes) if payload else ())]
    return cut(without_values(scrub_text(text or ""), closed), LONGEST_TEXT)
