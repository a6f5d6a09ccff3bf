"""sObject tree: creates up to 200 nested records, all or none."""

from __future__ import annotations

from typing import Any

from .collections_api import RollBack
from .errors import ApiError
from .messages import Request, Response
from .org import Org
from .writer import Writer

MAX_RECORDS, MAX_TYPES, MAX_LEVELS = 200, 5, 5


def create(org: Org, request: Request, object_name: str) -> Response:
    defn = org.schema.get(object_name)
    body = request.json_object()
    nodes: list[tuple[dict[str, Any], int, int | None, str | None]] = []
    _flatten(org, body.get("records"), defn.name, 1, None, None, nodes)
    _check(nodes)
    writer = Writer(org, request.context)
    created: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    ids: list[str | None] = []
    try:
        with org.store.transaction():
            for record, _, parent, reference in nodes:
                _create_one(
                    writer, record, ids[parent] if parent is not None else None, reference, ids, created, errors
                )
            if errors:
                raise RollBack
    except RollBack:
        return Response(400, {"hasErrors": True, "results": errors})
    return Response(201, {"hasErrors": False, "results": created})


def _create_one(
    writer: Writer,
    record: dict[str, Any],
    parent: str | None,
    reference: str | None,
    ids: list[Any],
    created: list[Any],
    errors: list[Any],
) -> None:
    name = record["attributes"]["referenceId"]
    if reference is not None and parent is None:
        # The parent was refused: its own error is the one to report.
        ids.append(None)
        return
    fields = {key: value for key, value in record.items() if key != "attributes" and not _is_children(value)}
    if reference is not None:
        fields[reference] = parent
    try:
        record_id = writer.insert(record["attributes"]["type"], fields)
    except ApiError as error:
        ids.append(None)
        errors.append({"referenceId": name, "errors": [error.item()]})
        return
    ids.append(record_id)
    created.append({"referenceId": name, "id": record_id})


def _is_children(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("records"), list)


def _flatten(
    org: Org, records: Any, expected: str, level: int, parent: int | None, reference: str | None, nodes: list[Any]
) -> None:
    """Parents before their children, as (record, level, index of the parent, field that points at it)."""
    if not isinstance(records, list) or not records:
        raise ApiError("JSON_PARSER_ERROR", "a tree needs a list of records")
    for record in records:
        attributes = record.get("attributes") if isinstance(record, dict) else None
        if not isinstance(attributes, dict) or not attributes.get("type") or not attributes.get("referenceId"):
            raise ApiError("INVALID_INPUT", "each record needs attributes with type and referenceId")
        if attributes["type"].lower() != expected.lower():
            raise ApiError("INVALID_INPUT", f"record of type {attributes['type']} among {expected}")
        nodes.append((record, level, parent, reference))
        index = len(nodes) - 1
        for key, value in record.items():
            if _is_children(value):
                found = org.schema.child_relation(attributes["type"], key)
                if found is None:
                    raise ApiError("INVALID_FIELD", f"No such relationship '{key}' on {attributes['type']}")
                _flatten(org, value["records"], found[0].name, level + 1, index, found[1].name, nodes)


def _check(nodes: list[Any]) -> None:
    if len(nodes) > MAX_RECORDS:
        raise ApiError("INVALID_INPUT", f"a tree holds at most {MAX_RECORDS} records")
    if max(node[1] for node in nodes) > MAX_LEVELS:
        raise ApiError("INVALID_INPUT", f"a tree has at most {MAX_LEVELS} levels")
    if len({node[0]["attributes"]["type"].lower() for node in nodes}) > MAX_TYPES:
        raise ApiError("INVALID_INPUT", f"a tree holds at most {MAX_TYPES} types")
    names = [node[0]["attributes"]["referenceId"] for node in nodes]
    if len(set(names)) != len(names):
        raise ApiError("INVALID_INPUT", "each referenceId may be used once")
