"""A validator of JSON Schema for what the exported schemas use; any other word is an error, so that none is ignored."""

import re
from typing import Any

_TYPES = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "null": lambda value: value is None,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}
_NOTES = {"$schema", "$id", "$defs", "title", "description", "format"}
_WORDS = {
    *("$ref", "anyOf", "type", "enum", "pattern", "properties", "patternProperties", "required"),
    *("additionalProperties", "items"),
}


def errors(value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None, at: str = "") -> list[str]:
    """Return where a value breaks a schema; empty: it is valid."""
    root = root or schema
    unknown = {word for word in schema if not word.startswith("x-")} - _WORDS - _NOTES
    assert not unknown, f"This validator does not know {unknown}."
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        return errors(value, root["$defs"][name], root, at)
    if "anyOf" in schema:
        return (
            [] if any(not errors(value, option, root, at) for option in schema["anyOf"]) else [f"{at}: none of anyOf"]
        )
    kinds = schema.get("type")
    if kinds and not any(_TYPES[kind](value) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return [f"{at}: not {kinds}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: no choice"]
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{at}: pattern"]
    if isinstance(value, list) and "items" in schema:
        return [
            text
            for number, entry in enumerate(value)
            for text in errors(entry, schema["items"], root, f"{at}/{number}")
        ]
    if isinstance(value, dict):
        return _of_object(value, schema, root, at)
    return []


def _of_object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    found = [f"{at}: no {name}" for name in schema.get("required", ()) if name not in value]
    for name, entry in value.items():
        inner = schema.get("properties", {}).get(name)
        if inner is None:
            matching = [option for text, option in schema.get("patternProperties", {}).items() if re.search(text, name)]
            inner = matching[0] if matching else None
        if inner is not None:
            found += errors(entry, inner, root, f"{at}/{name}")
        elif schema.get("additionalProperties") is False:
            found.append(f"{at}: unknown {name}")
    return found
