"""Duplicate rules: matching fields, and whether a match blocks or only alerts."""

from __future__ import annotations

import re
from typing import Any

from .errors import ApiError
from .org import Context, Org
from .schema import ObjectType
from .table import Row


def check_duplicates(org: Org, context: Context, defn: ObjectType, new: Row, old: Row | None) -> None:
    """Raise ``DUPLICATES_DETECTED`` for the first rule that finds other records."""
    for rule in org.duplicate_rules:
        if rule["object"].lower() != defn.name.lower() or not rule.get("active", True):
            continue
        if ("update" if old is not None else "insert") not in rule.get("operations", ("insert", "update")):
            continue
        if rule["action"] == "alert" and context.allow_save:
            continue
        found = _matches(org, context, defn, rule, new)
        if found:
            raise _error(org, context, defn, rule, found)


def _matches(org: Org, context: Context, defn: ObjectType, rule: dict[str, Any], new: Row) -> list[Row]:
    """Other visible rows that agree on every field of the rule; an empty field never agrees."""
    fields = [defn.fields[name.lower()] for name in rule["fields"]]
    if any(new.get(field.name) is None for field in fields):
        return []
    table = org.store.table(defn.name)
    exact = next((field for field in fields if field.type in ("email", "reference")), None)
    pool = table.find(exact, new[exact.name]) if exact is not None else table.live.values()
    keys = [_normal(new[field.name]) for field in fields]
    return [
        row
        for row in pool
        if row["Id"] != new["Id"]
        and all(_normal(row.get(field.name)) == key for field, key in zip(fields, keys, strict=True))
        and (not rule.get("run_as_user", False) or context.access.visible(defn.name, row))
    ]


def _normal(value: Any) -> Any:
    return re.sub(r"[\W_]+", "", value.lower()) if isinstance(value, str) else value


def _error(org: Org, context: Context, defn: ObjectType, rule: dict[str, Any], rows: list[Row]) -> ApiError:
    message = rule.get("message", "Use one of these records?")
    records = []
    for row in rows:
        record = {
            "attributes": {
                "type": defn.name,
                "url": f"/services/data/v{context.version}/sobjects/{defn.name}/{row['Id']}",
            },
            "Id": row["Id"],
        }
        if context.include_details:
            record.update(
                {field.name: row.get(field.name) for field in context.access.fields(defn) if field.name_field}
            )
        records.append(
            {
                "additionalInformation": [],
                "fieldDiffs": [],
                "matchConfidence": rule.get("confidence", 98.0),
                "record": record,
            }
        )
    result = {
        "allowSave": rule["action"] == "alert",
        "duplicateRule": rule["name"],
        "duplicateRuleEntityType": defn.name,
        "errorMessage": message,
        "matchResults": [
            {
                "entityType": defn.name, "errors": [], "matchEngine": "FuzzyMatchEngine",
                "rule": f"{rule['name']}_Match_v1_0",
                "size": len(records), "success": True, "matchRecords": records,
            }
        ],
    }  # fmt: skip
    return ApiError("DUPLICATES_DETECTED", message, extra={"duplicateResut": result})
