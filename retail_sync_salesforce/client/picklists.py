"""Picklists whose values depend on another field's, such as the states of a country (API sheet section 3.3)."""

import base64
import binascii

from .describe import ObjectDescribe


def allowed(described: ObjectDescribe, name: str) -> dict[str, list[str]] | None:
    """{value of the controlling field: values allowed with it}; a controlling value without any is absent.

    None when the field depends on no picklist of this object, or when the describe does not tell which values go
    together.
    """
    found = labels(described, name)
    return None if found is None else {value: list(listed) for value, listed in found.items()}


def labels(described: ObjectDescribe, name: str) -> dict[str, dict[str, str]] | None:
    """{value of the controlling field: {value allowed with it: its label}}; None as of `allowed`.

    One value may stand for several things: "AL" is a state of Italy, of Brazil and of the United States.
    """
    field = described.field(name)
    controller = described.field(field.controller) if field and field.controller else None
    if field is None or controller is None or not controller.all_values or not any(field.valid_for):
        return None
    found: dict[str, dict[str, str]] = {}
    for value, label, bits in zip(field.picklist_values, field.picklist_labels, field.valid_for, strict=True):
        for place in _places(bits):
            if place < len(controller.all_values):
                found.setdefault(controller.all_values[place], {})[value] = label
    return found


def _places(bits: str) -> list[int]:
    """The places of the set bits of a base64 text, from the left."""
    try:
        data = base64.b64decode(bits, validate=True)
    except (binascii.Error, ValueError):
        return []
    return [8 * index + bit for index, byte in enumerate(data) for bit in range(8) if byte & (0x80 >> bit)]
