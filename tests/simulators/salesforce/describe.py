"""Describe: the global list and the full picture of one object."""

from __future__ import annotations

from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from .access import Access
from .field_security import permissionable
from .messages import Request, Response
from .org import Org
from .schema import COMPOUND_TYPES, NUMBER_TYPES, TEXT_TYPES, Field, ObjectType
from .states_countries import controller, picklist

_SOAP_TYPES = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int", "double": "xsd:double",
    "currency": "xsd:double", "percent": "xsd:double", "date": "xsd:date", "datetime": "xsd:dateTime",
    "time": "xsd:time", "address": "urn:address", "location": "urn:location", "base64": "xsd:base64Binary",
    "anyType": "xsd:anyType",
}  # fmt: skip


def object_summary(defn: ObjectType, request: Request) -> dict[str, Any]:
    base = f"/services/data/v{request.context.version}/sobjects/{defn.name}"
    access = request.context.access
    deletable = defn.deletable and access.may(defn, "allowDelete")
    return {
        "name": defn.name, "label": defn.label, "labelPlural": defn.plural, "keyPrefix": defn.prefix,
        "custom": defn.custom, "customSetting": False, "activateable": False,
        "createable": defn.createable and access.may(defn, "allowCreate"),
        "updateable": defn.createable and access.may(defn, "allowEdit"), "deletable": deletable,
        "undeletable": deletable, "queryable": access.may(defn, "allowRead"),
        "retrieveable": True, "searchable": True, "layoutable": True, "replicateable": True,
        "mergeable": defn.mergeable, "triggerable": True, "feedEnabled": False, "hasSubtypes": False,
        "deprecatedAndHidden": False,
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"},
    }  # fmt: skip


def describe_global(org: Org, request: Request) -> Response:
    changed = max((defn.changed for defn in org.schema), default=0.0)
    headers, unchanged = _freshness(request, changed)
    if unchanged:
        return Response(304, None, headers)
    objects = [object_summary(defn, request) for defn in sorted(org.schema, key=lambda d: d.name)]
    return Response(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects}, headers)


def describe_object(org: Org, request: Request, defn: ObjectType) -> Response:
    headers, unchanged = _freshness(request, defn.changed)
    if unchanged:
        return Response(304, None, headers)
    access = request.context.access
    body = object_summary(defn, request)
    body["fields"] = [field_entry(field, access, defn) for field in access.fields(defn)]
    body["childRelationships"] = [
        {
            "childSObject": child.name, "field": reference.name, "relationshipName": reference.child_relationship,
            "cascadeDelete": reference.cascade_delete, "restrictedDelete": reference.restricted_delete,
            "deprecatedAndHidden": False,
        }
        for child, reference in org.schema.children_of(defn.name)
        if access.readable(child, reference)
    ]  # fmt: skip
    body["recordTypeInfos"] = record_types(org, defn)
    return Response(200, body, headers)


def object_resource(org: Org, request: Request, defn: ObjectType) -> Response:
    recent = sorted(org.store.table(defn.name).live.values(), key=lambda r: r["LastModifiedDate"], reverse=True)[:10]
    base = f"/services/data/v{request.context.version}/sobjects/{defn.name}/"
    items = [
        {"attributes": {"type": defn.name, "url": base + row["Id"]}, "Id": row["Id"], "Name": row.get("Name")}
        for row in recent
        if request.context.access.visible(defn.name, row)
    ]
    return Response(200, {"objectDescribe": object_summary(defn, request), "recentItems": items})


def record_types(org: Org, defn: ObjectType) -> list[dict[str, Any]]:
    master = {
        "recordTypeId": "012000000000000AAA", "name": "Master", "developerName": "Master", "available": True,
        "active": True, "defaultRecordTypeMapping": True, "master": True,
    }  # fmt: skip
    infos = [master]
    for row in org.store.table("RecordType").live.values():
        if row.get("SobjectType") != defn.name or defn.field("RecordTypeId") is None:
            continue
        if row.get("IsPersonType") and "person_accounts" not in org.schema.features:
            continue
        infos.append(
            {
                "recordTypeId": row["Id"], "name": row["Name"], "developerName": row["DeveloperName"],
                "available": bool(row.get("IsActive")), "active": bool(row.get("IsActive")),
                "defaultRecordTypeMapping": False, "master": False,
            }
        )  # fmt: skip
    return infos


def field_entry(field: Field, access: Access, defn: ObjectType) -> dict[str, Any]:
    text = field.type in TEXT_TYPES
    compound = field.type in COMPOUND_TYPES
    editable = access.editable(defn, field) and not compound
    long_text = field.long_text
    coded = (field.requires or "").endswith("state_country_picklists")
    return {
        "name": field.name, "label": field.label, "type": field.type,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "length": field.length if text or field.type in ("id", "reference") else 0,
        "byteLength": field.length * 3 if text else field.length,
        "precision": field.precision if field.type in NUMBER_TYPES else 0,
        "scale": field.scale if field.type in NUMBER_TYPES else 0,
        "digits": 8 if field.type == "int" else 0,
        "nillable": _nillable(field, defn),
        "createable": field.createable and editable, "updateable": field.updateable and editable,
        "custom": field.custom, "externalId": field.external_id, "idLookup": field.id_lookup, "unique": field.unique,
        "caseSensitive": field.case_sensitive, "calculated": field.calculated, "calculatedFormula": None,
        "autoNumber": field.auto_number,
        "defaultedOnCreate": field.defaulted_on_create or field.auto_number or field.type == "boolean",
        "defaultValue": field.default if field.type != "boolean" else bool(field.default),
        "filterable": not compound and not long_text, "sortable": not compound and not long_text,
        "groupable": not compound and not long_text and field.type not in (*NUMBER_TYPES, "datetime"),
        "nameField": field.name_field, "namePointing": len(field.reference_to) > 1,
        "restrictedPicklist": field.restricted or coded,
        "dependentPicklist": coded and controller(field.name) is not None,
        "controllerName": controller(field.name) if coded else None,
        "picklistValues": picklist(field.name) if coded else [
            {"active": True, "defaultValue": value == field.default, "label": value, "value": value, "validFor": None}
            for value in field.picklist
        ],
        "referenceTo": list(field.reference_to), "relationshipName": field.relationship, "relationshipOrder": None,
        "cascadeDelete": field.cascade_delete, "restrictedDelete": field.restricted_delete,
        "compoundFieldName": field.compound, "permissionable": permissionable(field),
        "deprecatedAndHidden": False, "encrypted": False, "htmlFormatted": False, "inlineHelpText": None,
    }  # fmt: skip


def _nillable(field: Field, defn: ObjectType) -> bool:
    if defn.name == "Account" and field.name == "Name" and defn.field("IsPersonAccount"):
        return True  # a person's account has its name from its parts
    return not field.required and field.type != "boolean" and not _system_required(field)


def _system_required(field: Field) -> bool:
    return field.name in (
        "Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp",
        "OwnerId",
    )  # fmt: skip


def _freshness(request: Request, changed: float) -> tuple[dict[str, str], bool]:
    headers = {"Last-Modified": formatdate(changed, usegmt=True)}
    text = request.headers.get("if-modified-since")
    if not text:
        return headers, False
    try:
        return headers, int(changed) <= parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return headers, False
