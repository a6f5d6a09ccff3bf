"""Values of one field between their canonical form and a column of Odoo, by the kind of the field."""

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from odoo import fields
from odoo.models import BaseModel

from ...domain.canonical.kinds import Amount, parse, to_json
from ...domain.canonical.schema import FieldSpec, Value

# Kinds whose canonical form is not what a column holds.
_CONVERTED = ("date", "datetime", "amount", "quantity", "integer")


def to_column(spec: FieldSpec, value: Value) -> Any:
    """Return what is written to a column for a canonical value; False for an empty one.

    Raises KindError for a value that is none of the field's kind.
    """
    if spec.kind == "bool":
        return bool(value)
    if value is None or value == "":
        return False
    found = parse(value, spec.kind, spec.options) if spec.kind in _CONVERTED else value
    if spec.kind == "datetime":
        return fields.Datetime.to_string(found.astimezone(timezone.utc).replace(tzinfo=None))
    if spec.kind == "date":
        return fields.Date.to_string(found)
    return float(found.value) if spec.kind in ("amount", "quantity") else found


def from_column(spec: FieldSpec, record: BaseModel, column: str) -> Value:
    """Return the canonical value of a column of a record. A reference is named as Odoo's: "odoo/<id>"."""
    value = record[column]
    if spec.kind == "bool":
        return bool(value)
    if isinstance(value, BaseModel):
        return f"odoo/{value.id}" if value else None
    if spec.kind in ("number", "integer", "quantity") and value is not False:
        return to_json(value, "quantity", spec.options) if spec.kind == "quantity" else value
    if spec.kind == "amount":
        currency = spec.currency or ("currency_id" in record._fields and record["currency_id"].name) or None
        return to_json(Amount(Decimal(str(value)), currency), "amount", spec.options) if currency else None
    if not value:
        return None
    if isinstance(value, datetime):
        value = value.replace(tzinfo=timezone.utc)
    return to_json(value, spec.kind, spec.options) if spec.kind in _CONVERTED else value


def holds(record: BaseModel, column: str, value: Any) -> bool:
    """Return whether a column of a record has a value already, as it would be written. Commands never are there."""
    current = record[column]
    field = record._fields[column]
    if field.type in ("one2many", "many2many"):
        return False
    if isinstance(current, BaseModel):
        current = current.id
    elif field.type in ("date", "datetime") and current:
        current = field.to_string(current)
    return (current or False) == (value or False)
