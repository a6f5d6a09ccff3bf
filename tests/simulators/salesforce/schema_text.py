"""Reads the compact notation in which the standard objects are written down.

One field a line: ``Name type(argument) flag flag key=value : picklist; values``. Flags are named after the
attributes of :class:`Field`; ``readonly`` stands for neither createable nor updateable.
"""

from __future__ import annotations

import re
from typing import Any

from .field_factory import system_fields
from .schema import Field, ObjectType, label_of

_LINE = re.compile(r"^(\w+) (\w+)(?:\(([^)]*)\))?((?: [\w=+]+)*)(?: : (.*))?$")
_FLAGS = {
    "required", "unique", "external_id", "id_lookup", "case_sensitive", "calculated", "auto_number", "restricted",
    "cascade_delete", "restricted_delete", "defaulted_on_create", "name_field",
}  # fmt: skip


def read_object(
    name: str,
    prefix: str,
    text: str,
    owned: bool = True,
    plural: str = "",
    owners: tuple[str, ...] = ("Group", "User"),
    **props: Any,
) -> ObjectType:
    label = label_of(name)
    fields = system_fields(name, owned, owners)
    # A line that ends in a semicolon goes on in the next one.
    for line in filter(None, (raw.strip() for raw in text.replace(";\n", "; ").splitlines())):
        fields.extend(_read_line(line, label))
    for candidate in fields:
        if candidate.name == "Name" and candidate.label == "Name":
            candidate.label = f"{label} Name"
        if candidate.name in ("Name", "OrderNumber", "CaseNumber") and not candidate.name_field:
            candidate.name_field = True
    return ObjectType(name, prefix, label, plural, fields, **props)


def _read_line(line: str, object_label: str) -> list[Field]:
    found = _LINE.match(line)
    if not found:
        raise ValueError(f"cannot read field line: {line}")
    name, kind, argument, flag_text, values = found.groups()
    options: dict[str, Any] = {}
    for flag in flag_text.split():
        key, _, value = flag.partition("=")
        if key == "readonly":
            options.update(createable=False, updateable=False)
        elif key == "createonly":
            options["updateable"] = False
        elif key in _FLAGS:
            options[key] = True
        elif key == "rel":
            options["relationship"] = value
        elif key == "children":
            options["child_relationship"] = value
        elif key in ("requires", "compound", "default"):
            options[key] = {"true": True, "false": False}.get(value, value)
        else:
            raise ValueError(f"unknown flag {flag!r} in: {line}")
    if kind == "addressparts":
        return address_fields(argument, **options)
    if kind == "reference":
        options["reference_to"] = tuple(argument.split(","))
        options.setdefault("relationship", re.sub(r"Id$", "", name))
    elif argument:
        length, _, scale = argument.partition(",")
        if kind in ("double", "currency", "percent"):
            options["precision"], options["scale"] = int(length), int(scale or 0)
        else:
            options["length"] = int(length)
    if values:
        options["picklist"] = tuple(value.strip() for value in values.split(";"))
    return [Field(name, kind, **options)]


def address_fields(prefix: str, **options: Any) -> list[Field]:
    """The parts of one address and the read-only compound over them."""
    compound = f"{prefix}Address"
    base = label_of(prefix)

    def part(suffix: str, kind: str, **more: Any) -> Field:
        return Field(
            f"{prefix}{suffix}", kind, f"{base} {label_of(suffix)}".strip(), compound=compound, **{**options, **more}
        )

    coded = {"requires": "state_country_picklists"}
    return [
        part("Street", "textarea", length=255),
        part("City", "string", length=40),
        part("State", "string", length=80),
        part("PostalCode", "string", length=20),
        part("Country", "string", length=80),
        part("StateCode", "picklist", length=10, **coded),
        part("CountryCode", "picklist", length=10, **coded),
        part("Latitude", "double", precision=18, scale=15),
        part("Longitude", "double", precision=18, scale=15),
        part("GeocodeAccuracy", "picklist", length=40),
        Field(compound, "address", f"{base} Address".strip(), createable=False, updateable=False, **options),
    ]
