"""Checks on a whole record before it is saved."""

from __future__ import annotations

import operator
import re
from typing import Any

from .errors import ApiError
from .org import Context, Org
from .schema import ObjectType
from .states_countries import check_addresses
from .table import Row

_OPERATORS = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def check_record(
    org: Org, context: Context, defn: ObjectType, new: Row, values: dict[str, Any], old: Row | None
) -> None:
    """Raise for a missing required field, a taken unique value, a bad address, or a broken rule."""
    check_required(defn, new, values, old)
    check_unique(org, defn, values, new.get("Id"))
    check_hierarchy(org, defn, new, values)
    check_record_type(org, defn, new, values)
    check_queue(org, defn, new, values)
    if "state_country_picklists" in org.schema.features:
        check_addresses(defn, new, values)
    check_rules(org, defn, new)


def check_required(defn: ObjectType, new: Row, values: dict[str, Any], old: Row | None) -> None:
    checked = defn.fields.values() if old is None else [defn.fields[name.lower()] for name in values]
    missing = [f.name for f in checked if f.required and f.createable and new.get(f.name) is None]
    if defn.name == "Account" and new.get("IsPersonAccount"):
        missing = [name for name in missing if name != "Name"]
        if new.get("LastName") is None:
            missing.append("LastName")
    if missing:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        raise ApiError("REQUIRED_FIELD_MISSING", message, fields=missing)


def check_unique(org: Org, defn: ObjectType, values: dict[str, Any], record_id: str | None) -> None:
    for name, value in values.items():
        if value is None:
            continue
        field = defn.fields[name.lower()]
        if not field.unique:
            continue
        for row in org.store.table(defn.name).find(field, value):
            if row["Id"] != record_id:
                message = f"duplicate value found: {name} duplicates value on record with id: {row['Id'][:15]}"
                raise ApiError("DUPLICATE_VALUE", message, fields=[])


def check_hierarchy(org: Org, defn: ObjectType, new: Row, values: dict[str, Any]) -> None:
    """A record may not stand above itself, at whatever distance."""
    for name in values.keys() & {"ParentId", "ReportsToId"}:
        above, seen = new.get(name), set[str]()
        while above and above not in seen:
            if above == new.get("Id"):
                message = "attempt to violate hierarchy constraints"
                raise ApiError("CIRCULAR_DEPENDENCY", message, fields=[name])
            seen.add(above)
            above = (org.store.table(defn.name).live.get(above) or {}).get(name)


def check_record_type(org: Org, defn: ObjectType, new: Row, values: dict[str, Any]) -> None:
    """A restricted picklist takes the values that the record's type lists."""
    types = org.config.record_type_values.get(defn.name)
    if not types:
        return
    record_type = org.store.table("RecordType").live.get(new.get("RecordTypeId") or "") or {}
    for name, listed in types.get(record_type.get("DeveloperName") or "Master", {}).items():
        field = defn.field(name)
        if field is None or not field.restricted or field.name not in values:
            continue
        value = new.get(field.name)
        if value is not None and value not in listed:
            message = f"{field.label}: bad value for restricted picklist field: {value}"
            raise ApiError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields=[field.name])


def check_queue(org: Org, defn: ObjectType, new: Row, values: dict[str, Any]) -> None:
    """A group that owns a record must be a queue for records of its kind."""
    if not str(values.get("OwnerId") or "").startswith("00G"):
        return
    group = org.store.table("Group").live.get(new.get("OwnerId") or "") or {}
    queues = org.store.table("QueueSobject")
    kinds = {row.get("SobjectType") for row in queues.live.values() if row.get("QueueId") == group.get("Id")}
    if group.get("Type") != "Queue" or defn.name not in kinds:
        message = "Queue not associated with this SObject type"
        raise ApiError("INVALID_OPERATION", message, fields=["OwnerId"])


def check_rules(org: Org, defn: ObjectType, new: Row) -> None:
    """Scripted validation rules: a record for which a rule's condition holds is refused."""
    for rule in org.validation_rules:
        if rule["object"].lower() != defn.name.lower():
            continue
        field = defn.field(rule["field"])
        if field is not None and rule_holds(rule, new.get(field.name)):
            fields = [field.name] if rule.get("on_field", True) else []
            raise ApiError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule["message"], fields=fields)


def rule_holds(rule: dict[str, Any], value: Any) -> bool:
    name: str = rule["op"]
    wanted: Any = rule.get("value")
    if name == "blank":
        return value is None
    if name == "matches":
        return value is not None and re.search(wanted, str(value)) is not None
    if name == "in":
        return value in wanted
    if name in ("=", "!="):
        return _OPERATORS[name](value, wanted)
    if value is None:
        return False
    try:
        return bool(_OPERATORS[name](value, wanted))
    except TypeError:
        return False


RULE_OPERATORS = frozenset({*_OPERATORS, "blank", "matches", "in"})
