"""Reads the fields of a request record: names, rights, values, and parents named by external id."""

from __future__ import annotations

from typing import Any

from .errors import ApiError, entity_is_deleted, invalid_reference
from .org import Context, Org
from .schema import COMPOUND_TYPES, Field, ObjectType
from .values import coerce

INSERT, UPDATE = "insert", "update"


def read_body(org: Org, context: Context, defn: ObjectType, body: dict[str, Any], operation: str) -> dict[str, Any]:
    """Canonical field name -> stored value (``None`` clears). Raises the first refusal."""
    values: dict[str, Any] = {}
    unwritable: list[str] = []
    trim = org.config.trim_text
    for key, raw in body.items():
        if key == "attributes":
            continue
        field = defn.fields.get(key.lower())
        if field is not None and not context.access.readable(defn, field):
            field = None
        if field is None:
            relation = defn.relation(key)
            if (
                relation is None
                or not context.access.readable(defn, relation)
                or not isinstance(raw, (dict, type(None)))
            ):
                raise ApiError("INVALID_FIELD", f"No such column '{key}' on sobject of type {defn.name}", fields=[])
            if _writable(context, defn, relation, operation):
                values[relation.name] = parent_id(org, context, relation, raw) if raw is not None else None
            else:
                unwritable.append(relation.name)
            continue
        if not _writable(context, defn, field, operation):
            unwritable.append(field.name)
            continue
        value = coerce(field, raw, context.lenient, trim)
        if value is not None and field.type == "reference":
            check_reference(org, context, field, value)
        values[field.name] = value
    if unwritable:
        raise unwritable_error(unwritable)
    return values


def unwritable_error(names: list[str]) -> ApiError:
    message = (
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings of this field and "
        "verify that it is read/write for your profile or permission set."
    )
    return ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=names)


def _writable(context: Context, defn: ObjectType, field: Field, operation: str) -> bool:
    if field.type in COMPOUND_TYPES:
        return False
    allowed = field.createable if operation == INSERT else field.updateable
    return allowed and context.access.editable(defn, field)


def check_reference(org: Org, context: Context, field: Field, value: str) -> None:
    """The referenced record must exist, be visible, and be of a type the field takes."""
    target = org.schema.of_id(value)
    if target is None or target.name not in field.reference_to:
        if target is None or not field.reference_to:
            raise invalid_reference([field.name])
        message = f"{field.label}: id value of incorrect type: {value}"
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=[field.name])
    table = org.store.table(target.name)
    row = table.live.get(value)
    if row is None:
        if value in table.bin:
            raise entity_is_deleted()
        raise invalid_reference([field.name])
    if not context.access.visible(target.name, row):
        raise ApiError(
            "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            f"insufficient access rights on cross-reference id: {value[:15]}",
            fields=[],
        )
    if field.name == "OwnerId" and target.name == "User" and not row.get("IsActive", False):
        raise ApiError(
            "INACTIVE_OWNER_OR_USER", f"operation performed with inactive user [{value[:15]}] as owner of record",
            fields=["OwnerId"],
        )  # fmt: skip


def parent_id(org: Org, context: Context, relation: Field, raw: dict[str, Any]) -> str:
    """The id behind ``{"Odoo_Id__c": "55"}``; ``attributes.type`` picks one of several target types."""
    keys = {key: value for key, value in raw.items() if key != "attributes"}
    targets = list(relation.reference_to)
    named = (raw.get("attributes") or {}).get("type")
    if named:
        targets = [target for target in targets if target.lower() == str(named).lower()]
    if len(keys) != 1 or not targets:
        message = f"The relationship {relation.relationship} takes exactly one external id field"
        raise ApiError("INVALID_FIELD", message, fields=[])
    [(key, value)] = keys.items()
    for target in targets:
        defn = org.schema.get(target)
        field = defn.field(key)
        if field is None or not field.lookup_key or not context.access.readable(defn, field):
            continue
        stored = coerce(field, value, lenient="csv", trim=org.config.trim_text)
        rows = org.store.table(defn.name).find(field, stored) if stored is not None else []
        rows = [row for row in rows if context.access.visible(defn.name, row)]
        if len(rows) > 1:
            message = f"{field.name}: more than one record found for external id field: {value}"
            raise ApiError("DUPLICATE_EXTERNAL_ID", message, fields=[field.name])
        if not rows:
            message = f"Foreign key external ID: {value} not found for field {field.name} in entity {defn.name}"
            raise ApiError("INVALID_FIELD", message, fields=[])
        return rows[0]["Id"]
    raise ApiError("INVALID_FIELD", f"No such column '{key}' on sobject of type {targets[0]}", fields=[])
