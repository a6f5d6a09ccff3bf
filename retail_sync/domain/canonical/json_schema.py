"""The JSON Schema of an entity's canonical records, for those who read them and do not run Odoo.

A schema describes the values as they are stored, hashed and sent (see ``kinds``), by part: {"main": {...}, ...}. What
JSON Schema has no word for stands under "x-" keys: the kind of a field, its masking class, what a reference points to.
"""

from collections.abc import Mapping
from typing import Any

from .entity_spec import MAIN, EntitySpec
from .field_spec import FieldSpec
from .kind_base import KindError, kind_of

__all__ = ["DIALECT", "Schema", "schema_id", "schema_of"]

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"
_TEXT_KINDS = frozenset(("text", "email", "phone", "url", "html", "vat", "code", "language"))


def schema_id(entity: str, version: int) -> str:
    """Return the identifier of a schema; it names the entity and the version of its declaration."""
    return f"urn:retail-sync:entity:{entity}:v{version}"


def schema_of(spec: EntitySpec) -> Schema:
    """Return the schema of an entity's records: draft 2020-12, keys in the order of the declaration.

    A missing field was not reported, ``null`` says that it was emptied: no field is required, and all but flags may be
    null. Fields that are not declared are refused.
    """
    parts = {part.name: part for part in spec.parts.values()}
    properties: Schema = {MAIN: {"$ref": f"#/$defs/{MAIN}"}}
    patterns: Schema = {}
    for part in parts.values():
        shown = {"anyOf": [{"$ref": f"#/$defs/{part.name}"}, {"type": "null"}]}
        if part.repeated:
            patterns[f"^{part.name}:.+$"] = shown
        else:
            properties[part.name] = shown
    schema: Schema = {
        "$schema": DIALECT,
        "$id": schema_id(spec.name, spec.version),
        "title": spec.label,
        "type": "object",
        "properties": properties,
        "required": [MAIN],
        "additionalProperties": False,
        "$defs": {
            MAIN: _object(spec.label, spec.fields),
            **{part.name: _object(part.label, part.fields) for part in parts.values()},
        },
        "x-entity": spec.name,
        "x-version": spec.version,
        "x-digest": spec.digest,
        "x-authority": spec.authority.value,
        "x-delivery-class": spec.delivery_class.value,
        "x-identity": {"strategy": spec.identity.strategy.value, "field": spec.identity.field or None},
        "x-lifecycle": {name: effect.value for name, effect in spec.lifecycle.effects().items()},
        "x-references": {
            reference.name: {
                "field": reference.field,
                "entity": reference.entity,
                "on_missing": reference.on_missing.value,
            }
            for reference in spec.references.values()
        },
        "x-composites": {composite.name: list(composite.fields) for composite in spec.composites.values()},
    }
    if patterns:
        schema["patternProperties"] = patterns
    return schema


def _object(title: str, fields: Mapping[str, FieldSpec]) -> Schema:
    return {
        "title": title,
        "type": "object",
        "properties": {field.name: _field(field) for field in fields.values()},
        "additionalProperties": False,
    }


def _field(field: FieldSpec) -> Schema:
    schema = _form(field)
    if field.label:
        schema["title"] = field.label
    if field.help:
        schema["description"] = field.help
    schema["x-kind"] = field.kind
    schema["x-sensitivity"] = field.sensitivity
    schema["x-owner"] = field.owner
    for key in ("entity", "digits", "currency", "unit", "zone"):
        if getattr(field, key) is not None:
            schema[f"x-{key}"] = getattr(field, key)
    return schema


def _form(field: FieldSpec) -> Schema:
    """Return what values of a field look like in JSON. A kind that an addon added may have any form."""
    kind = field.kind
    if kind in _TEXT_KINDS:
        return {"type": ["string", "null"]}
    if kind == "enum":
        return {"enum": [*field.choices, None]} if field.choices else {"type": ["string", "null"]}
    if kind == "lines":
        return _lines(field)
    found = _FORMS.get(kind)
    if found is None:
        _known(kind)
        return {}
    return {key: dict(value) if isinstance(value, dict) else value for key, value in found.items()}


def _lines(field: FieldSpec) -> Schema:
    key = {"type": "string", "pattern": r"\S", "description": "No other line of the list has it."}
    return {
        "type": ["array", "null"],
        "items": {
            "type": "object",
            "properties": {field.line_key: key, **{line.name: _field(line) for line in field.lines}},
            "required": [field.line_key],
            "additionalProperties": False,
        },
        "x-line-key": field.line_key,
    }


def _known(kind: str) -> None:
    try:
        kind_of(kind)
    except KindError as error:  # a declaration cannot hold one; a kind may have been forgotten since
        raise ValueError(error.message) from None


_FORMS: Mapping[str, Schema] = {
    "bool": {"type": "boolean"},
    "integer": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "date": {"type": ["string", "null"], "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "datetime": {
        "type": ["string", "null"],
        "format": "date-time",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$",
    },
    "ref": {"type": ["string", "null"], "pattern": "^[^/]+/.+$"},
    "amount": {
        "type": ["object", "null"],
        "properties": {
            "amount": {"type": "string", "pattern": _DECIMAL},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
        "required": ["amount", "currency"],
        "additionalProperties": False,
    },
    "quantity": {
        "type": ["object", "null"],
        "properties": {
            "quantity": {"type": "string", "pattern": _DECIMAL},
            "unit": {"type": ["string", "null"]},
        },
        "required": ["quantity", "unit"],
        "additionalProperties": False,
    },
}
