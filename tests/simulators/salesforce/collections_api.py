"""sObject collections: up to 200 records in one call, each with its own result."""

from __future__ import annotations

from typing import Any

from .errors import ApiError, MultipleMatches
from .ids import to18
from .messages import Request, Response
from .org import Org
from .rows import method_not_allowed
from .schema import ObjectType
from .soql_paths import value_reader
from .writer import Writer

MAX_RECORDS = 200
MAX_READ = 2000
MAX_CHUNKS = 10
ROLLED_BACK = "Record rolled back because not all records were valid and the request was using AllOrNone header"


class RollBack(Exception):
    """Leaves a transaction after a failure under allOrNone."""


def handle(org: Org, request: Request, tail: list[str]) -> Response:
    method = request.method
    if method == "DELETE" and not tail:
        return _delete(org, request)
    if method == "GET" and len(tail) == 1:
        ids = [part.strip() for part in request.query.get("ids", "").split(",") if part.strip()]
        names = [part.strip() for part in request.query.get("fields", "").split(",") if part.strip()]
        return Response(200, _read_many(org, request, tail[0], ids, names))
    if method == "POST" and len(tail) == 1:
        body = request.json_object()
        return Response(200, _read_many(org, request, tail[0], body.get("ids") or [], body.get("fields") or []))
    if method == "POST" and not tail:
        return _save(org, request, _insert_one, tail)
    if method == "PATCH" and not tail:
        return _save(org, request, _update_one, tail)
    if method == "PATCH" and len(tail) == 2:
        return _save(org, request, _upsert_one, tail)
    raise method_not_allowed(request)


# -- writing
def _save(org: Org, request: Request, save_one: Any, tail: list[str]) -> Response:
    body = request.json_object()
    records = body.get("records")
    if not isinstance(records, list) or not records or not all(isinstance(record, dict) for record in records):
        raise ApiError("JSON_PARSER_ERROR", "The request needs a list of records")
    _check_size(len(records))
    key_field = _upsert_key(org, request, tail, records) if tail else None
    if not tail:
        _check_chunks(records)
    writer = Writer(org, request.context)
    taken = _repeated(records, key_field) if key_field else set()
    results: list[dict[str, Any]] = []

    def run() -> None:
        for record in records:
            results.append(_result(save_one, writer, record, tail, key_field, taken))

    return Response(200, _all_or_none(org, body.get("allOrNone") is True, results, run))


def _all_or_none(org: Org, strict: bool, results: list[dict[str, Any]], run: Any) -> list[dict[str, Any]]:
    if not strict:
        run()
        return results
    try:
        with org.store.transaction():
            run()
            if not all(result["success"] for result in results):
                raise RollBack
    except RollBack:
        return [_rolled_back() if result["success"] else result for result in results]
    return results


def _rolled_back() -> dict[str, Any]:
    error = {"statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK", "message": ROLLED_BACK, "fields": []}
    return {"success": False, "errors": [error]}


def _result(
    save_one: Any, writer: Writer, record: dict[str, Any], tail: list[str], key_field: str | None, taken: set[Any]
) -> dict[str, Any]:
    try:
        return save_one(writer, record, tail, key_field, taken)
    except MultipleMatches as matches:
        message = f"{key_field}: more than one record found for external id field: [{', '.join(matches.ids)}]"
        error = ApiError("DUPLICATE_EXTERNAL_ID", message, fields=[key_field or ""])
    except ApiError as refusal:
        error = refusal
    found = record.get("id") or record.get("Id")
    failed: dict[str, Any] = {"success": False, "errors": [error.item()]}
    return {"id": found, **failed} if found and not tail else failed


def _type_of(record: dict[str, Any]) -> str:
    attributes = record.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    if not name:
        raise ApiError("INVALID_INPUT", "each record needs attributes with a type")
    return name


def _fields(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "attributes" and key.lower() != "id"}


def _insert_one(
    writer: Writer, record: dict[str, Any], tail: list[str], key_field: str | None, taken: set[Any]
) -> dict[str, Any]:
    if any(key.lower() == "id" for key in record):
        raise ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", fields=["Id"])
    return {"id": writer.insert(_type_of(record), _fields(record)), "success": True, "errors": []}


def _update_one(
    writer: Writer, record: dict[str, Any], tail: list[str], key_field: str | None, taken: set[Any]
) -> dict[str, Any]:
    record_id = next((value for key, value in record.items() if key.lower() == "id"), None)
    if record_id is None:
        raise ApiError("MISSING_ARGUMENT", "Id not specified in an update call", fields=[])
    return {"id": writer.update(_type_of(record), record_id, _fields(record)), "success": True, "errors": []}


def _upsert_one(
    writer: Writer, record: dict[str, Any], tail: list[str], key_field: str | None, taken: set[Any]
) -> dict[str, Any]:
    value = next((v for k, v in record.items() if k.lower() == (key_field or "").lower()), None)
    if any(key.lower() == "id" for key in record):
        raise ApiError("INVALID_FIELD", "The Id field should not be specified in the sobject data.", fields=["Id"])
    if value is None or value == "":
        raise ApiError("MISSING_ARGUMENT", f"{key_field} not specified", fields=[])
    if _key(value) in taken:
        raise ApiError("DUPLICATE_VALUE", f"Duplicate external id specified: {value}", fields=[key_field or ""])
    body = {k: v for k, v in record.items() if k != "attributes" and k.lower() != (key_field or "").lower()}
    record_id, created = writer.upsert(tail[0], tail[1], value, body)
    return {"id": record_id, "success": True, "errors": [], "created": created}


def _key(value: Any) -> str:
    return str(value)


def _repeated(records: list[dict[str, Any]], key_field: str) -> set[str]:
    """Key values that come more than once in the call."""
    seen: set[str] = set()
    repeated: set[str] = set()
    for record in records:
        value = next((v for k, v in record.items() if k.lower() == key_field.lower()), None)
        if value is not None:
            (repeated if _key(value) in seen else seen).add(_key(value))
    return repeated


def _upsert_key(org: Org, request: Request, tail: list[str], records: list[dict[str, Any]]) -> str:
    """The canonical key field; every record has to be of the resource's type."""
    defn: ObjectType = org.schema.get(tail[0])
    for record in records:
        if _type_of(record).lower() != defn.name.lower():
            raise ApiError("INVALID_INPUT", "all records of an upsert have to be of the type in the URL")
    Writer(org, request.context).matches(defn, tail[1], "")
    field = defn.field(tail[1])
    assert field is not None, "matches() refuses an unknown field"
    if field.type == "id":
        raise ApiError("INVALID_FIELD", "records can not be matched by record id here")
    return field.name


def _check_size(count: int) -> None:
    if count > MAX_RECORDS:
        raise ApiError(
            "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {MAX_RECORDS} records into this call"
        )


def _check_chunks(records: list[dict[str, Any]]) -> None:
    chunks, previous = 0, None
    for record in records:
        name = _type_of(record).lower()
        chunks += name != previous
        previous = name
    if chunks > MAX_CHUNKS:
        message = (
            f"Cannot have more than {MAX_CHUNKS} chunks in a single operation. "
            "Please rearrange the data to reduce chunking."
        )
        raise ApiError("INVALID_INPUT", message)


# -- deleting and reading
def _delete(org: Org, request: Request) -> Response:
    ids = [part.strip() for part in request.query.get("ids", "").split(",") if part.strip()]
    if not ids:
        raise ApiError("MISSING_ARGUMENT", "The ids parameter is required")
    _check_size(len(ids))
    writer = Writer(org, request.context)
    results: list[dict[str, Any]] = []

    def run() -> None:
        for record_id in ids:
            try:
                results.append({"id": writer.delete(None, record_id), "success": True, "errors": []})
            except ApiError as error:
                results.append({"id": record_id, "success": False, "errors": [error.item()]})

    strict = request.query.get("allOrNone", "false").lower() == "true"
    return Response(200, _all_or_none(org, strict, results, run))


def _read_many(org: Org, request: Request, name: str, ids: list[str], names: list[str]) -> list[dict[str, Any] | None]:
    defn = org.schema.get(name)
    if not ids or not names:
        raise ApiError("MISSING_ARGUMENT", "ids and fields are required")
    if len(ids) > MAX_READ:
        raise ApiError("EXCEEDED_ID_LIMIT", f"not more than {MAX_READ} ids in this call")
    access = request.context.access
    readers = []
    for wanted in names:
        field = defn.field(wanted)
        if field is None or not access.readable(defn, field):
            raise ApiError("INVALID_FIELD", f"No such column '{wanted}' on sobject of type {defn.name}")
        readers.append((field.name, value_reader(defn, field)))
    live = org.store.table(defn.name).live
    base = f"/services/data/v{request.context.version}/sobjects/{defn.name}/"
    out: list[dict[str, Any] | None] = []
    for record_id in ids:
        row = live.get(to18(record_id) or "")
        if row is None or not access.visible(defn.name, row):
            out.append(None)
            continue
        record: dict[str, Any] = {"attributes": {"type": defn.name, "url": base + row["Id"]}}
        for field_name, read in readers:
            record[field_name] = read(row)
        out.append(record)
    return out
