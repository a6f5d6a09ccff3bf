"""Makes the fields that objects share, and fields from describe-like JSON."""

from __future__ import annotations

import re
from typing import Any

from .schema import Field, ObjectType, Schema, label_of


def system_fields(name: str, owned: bool, owners: tuple[str, ...] = ("Group", "User")) -> list[Field]:
    readonly: dict[str, Any] = {"createable": False, "updateable": False, "defaulted_on_create": True}

    def user(field_name: str, relation: str) -> Field:
        return Field(field_name, "reference", reference_to=("User",), relationship=relation, **readonly)

    fields = [
        Field("Id", "id", f"{label_of(name)} ID", id_lookup=True, **readonly),
        Field("IsDeleted", "boolean", "Deleted", **readonly),
        Field("CreatedDate", "datetime", "Created Date", **readonly),
        user("CreatedById", "CreatedBy"),
        Field("LastModifiedDate", "datetime", "Last Modified Date", **readonly),
        user("LastModifiedById", "LastModifiedBy"),
        Field("SystemModstamp", "datetime", "System Modstamp", **readonly),
        Field(
            "CurrencyIsoCode",
            "picklist",
            "Currency ISO Code",
            length=3,
            restricted=True,
            requires="multi_currency",
            picklist=("EUR", "USD", "GBP", "CHF"),
            default="EUR",
            defaulted_on_create=True,
        ),
    ]
    if owned:
        fields.append(
            Field("OwnerId", "reference", reference_to=owners, relationship="Owner", defaulted_on_create=True)
        )
    return fields


def field_from_describe(entry: dict[str, Any], object_name: str) -> Field:
    """A field from describe-like JSON: only ``name`` is needed, ``type`` defaults to string."""
    name = entry["name"]
    kind = entry.get("type", "string")
    references = tuple(entry.get("referenceTo") or ())
    relationship = entry.get("relationshipName")
    if kind == "reference" and not relationship:
        relationship = re.sub(r"__c$", "__r", name) if name.endswith("__c") else re.sub(r"Id$", "", name)
    values = tuple(v["value"] if isinstance(v, dict) else v for v in entry.get("picklistValues") or ())
    child = entry.get("childRelationshipName")
    if kind == "reference" and child is None and name.endswith("__c"):
        child = f"{re.sub(r'__c$', '', object_name)}s__r"
    calculated = bool(entry.get("calculated"))
    writable = not (calculated or entry.get("autoNumber"))
    return Field(
        name, kind, entry.get("label", ""), length=entry.get("length", 0), precision=entry.get("precision", 0),
        scale=entry.get("scale", 0), required=not entry.get("nillable", True),
        createable=entry.get("createable", writable), updateable=entry.get("updateable", writable),
        external_id=bool(entry.get("externalId")), id_lookup=bool(entry.get("idLookup", entry.get("externalId"))),
        unique=bool(entry.get("unique")), case_sensitive=bool(entry.get("caseSensitive")), calculated=calculated,
        auto_number=bool(entry.get("autoNumber")), default=entry.get("defaultValue"),
        defaulted_on_create=bool(entry.get("defaultedOnCreate")), name_field=bool(entry.get("nameField")),
        picklist=values, restricted=bool(entry.get("restrictedPicklist")), reference_to=references,
        relationship=relationship if kind == "reference" else None, child_relationship=child,
        cascade_delete=bool(entry.get("cascadeDelete")), restricted_delete=bool(entry.get("restrictedDelete")),
        compound=entry.get("compoundFieldName"), requires=entry.get("requires"),
    )  # fmt: skip


def custom_object(name: str, fields: list[Field], owned: bool = True, name_label: str = "") -> ObjectType:
    """A custom object; it gets a Name field unless one is given. Without a name a record is called by its id."""
    defn = ObjectType(name, "", all_fields=[*system_fields(name, owned), *fields])
    if not any(f.name_field or f.name == "Name" for f in defn.all_fields):
        label = name_label or f"{defn.label} Name"
        defn.all_fields.append(
            Field("Name", "string", label, length=80, name_field=True, id_lookup=True, defaulted_on_create=True)
        )
    return defn


def new_custom_object(schema: Schema, name: str, fields: list[Field]) -> ObjectType:
    """Add an object the org does not have; see :func:`custom_object`."""
    return schema.add_object(custom_object(name, fields))
