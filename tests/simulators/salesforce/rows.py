"""The sObject row resources: by id and by external id."""

from __future__ import annotations

import hashlib
from email.utils import formatdate, parsedate_to_datetime
from typing import Any

from .clock import epoch_of
from .errors import ApiError, MultipleMatches, entity_is_deleted, not_found
from .ids import to18
from .messages import Request, Response
from .org import Org
from .schema import ObjectType
from .soql_paths import value_reader
from .table import Row
from .writer import Writer

CREATED_FLAG_SINCE = 46.0


def create(org: Org, request: Request, defn: ObjectType) -> Response:
    body = _strip_type(request.json_object(), defn)
    record_id = Writer(org, request.context).insert(defn.name, body)
    location = f"/services/data/v{request.context.version}/sobjects/{defn.name}/{record_id}"
    return Response(201, {"id": record_id, "success": True, "errors": []}, {"Location": location})


def read(org: Org, request: Request, defn: ObjectType, row: Row) -> Response:
    etag, modified = row_etag(row), epoch_of(row["LastModifiedDate"])
    headers = {"Last-Modified": formatdate(modified, usegmt=True)}
    if defn.name == "Account":
        headers["ETag"] = etag
        wanted = request.headers.get("if-none-match")
        if wanted and etag in [tag.strip() for tag in wanted.split(",")]:
            return Response(304, None, headers)
    since = _http_date(request, "if-modified-since")
    if since is not None and modified <= since:
        return Response(304, None, headers)
    names = request.query.get("fields")
    return Response(200, record(org, request, defn, row, names.split(",") if names else None), headers)


def record(org: Org, request: Request, defn: ObjectType, row: Row, names: list[str] | None) -> dict[str, Any]:
    """A row with ``attributes``. Raises ``INVALID_FIELD`` for unreadable names."""
    context = request.context
    fields = context.access.fields(defn)
    if names is not None:
        by_name = {field.name.lower(): field for field in fields}
        fields = []
        for name in names:
            field = by_name.get(name.strip().lower())
            if field is None:
                raise ApiError("INVALID_FIELD", f"No such column '{name.strip()}' on sobject of type {defn.name}")
            fields.append(field)
    url = f"/services/data/v{context.version}/sobjects/{defn.name}/{row['Id']}"
    answer: dict[str, Any] = {"attributes": {"type": defn.name, "url": url}}
    for field in fields:
        answer[field.name] = value_reader(defn, field)(row)
    answer.setdefault("Id", row["Id"])
    return answer


def by_id(org: Org, request: Request, defn: ObjectType, record_id: str) -> Response:
    row = find(org, request, defn, record_id)
    if request.method in ("GET", "HEAD"):
        return read(org, request, defn, row)
    writer = Writer(org, request.context)
    if request.method == "PATCH":
        _check_preconditions(request, defn, row)
        writer.update(defn.name, row["Id"], _strip_type(request.json_object(), defn))
        return Response(204)
    if request.method == "DELETE":
        writer.delete(defn.name, row["Id"])
        return Response(204)
    raise method_not_allowed(request)


def find(org: Org, request: Request, defn: ObjectType, record_id: str) -> Row:
    """The live, visible row. Raises ``MALFORMED_ID``, ``NOT_FOUND`` or ``ENTITY_IS_DELETED``."""
    found = to18(record_id)
    if found is None:
        raise ApiError("MALFORMED_ID", f"malformed id {record_id}", fields=["Id"])
    table = org.store.table(defn.name)
    row = table.live.get(found)
    access = request.context.access
    if row is not None and access.visible(defn.name, row):
        return row
    deleted = table.bin.get(found)
    if deleted is not None and access.visible(defn.name, deleted):
        raise entity_is_deleted()
    raise not_found(f"Provided external ID field does not exist or is not accessible: {record_id}")


def by_external_id(org: Org, request: Request, defn: ObjectType, field_name: str, value: str) -> Response:
    writer = Writer(org, request.context)
    if field_name.lower() == "id" and request.method != "PATCH":
        return by_id(org, request, defn, value)
    if request.method == "PATCH":
        return _upsert(org, request, defn, field_name, value, writer)
    rows = writer.matches(defn, field_name, value)
    if len(rows) > 1:
        return several(request, defn, [row["Id"] for row in rows])
    if not rows:
        raise not_found()
    if request.method in ("GET", "HEAD"):
        return read(org, request, defn, rows[0])
    if request.method == "DELETE":
        writer.delete(defn.name, rows[0]["Id"])
        return Response(204)
    raise method_not_allowed(request)


def _upsert(org: Org, request: Request, defn: ObjectType, field_name: str, value: str, writer: Writer) -> Response:
    update_only = request.query.get("updateOnly", "").lower() == "true"
    body = _strip_type(request.json_object(), defn)
    try:
        record_id, created = writer.upsert(defn.name, field_name, value, body, update_only)
    except MultipleMatches as matches:
        return several(request, defn, matches.ids)
    answer: dict[str, Any] = {"id": record_id, "success": True, "errors": []}
    headers = {}
    if created:
        headers["Location"] = f"/services/data/v{request.context.version}/sobjects/{defn.name}/{record_id}"
    if request.context.number < CREATED_FLAG_SINCE:
        return Response(201, answer, headers) if created else Response(204)
    return Response(201 if created else 200, {**answer, "created": created}, headers)


def several(request: Request, defn: ObjectType, ids: list[str]) -> Response:
    base = f"/services/data/v{request.context.version}/sobjects/{defn.name}"
    return Response(300, [f"{base}/{record_id}" for record_id in ids])


def method_not_allowed(request: Request) -> ApiError:
    return ApiError("METHOD_NOT_ALLOWED", f"HTTP Method '{request.method}' not allowed.", status=405)


def row_etag(row: Row) -> str:
    digest = hashlib.sha256(f"{row['Id']}{sorted((k, str(v)) for k, v in row.items())}".encode()).hexdigest()
    return f'"{digest[:32]}--gzip"'


def _strip_type(body: dict[str, Any], defn: ObjectType) -> dict[str, Any]:
    """The body without ``attributes``, whose type must be the resource's."""
    attributes = body.get("attributes")
    named = attributes.get("type") if isinstance(attributes, dict) else None
    if named and named.lower() != defn.name.lower():
        raise ApiError("INVALID_TYPE", f"attributes.type {named} does not match the resource {defn.name}")
    return {key: value for key, value in body.items() if key != "attributes"}


def _http_date(request: Request, header: str) -> float | None:
    """Epoch seconds. An unreadable date is refused on writes and ignored on reads."""
    text = request.headers.get(header)
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        if request.method == "GET":
            return None
        raise ApiError("INVALID_HEADER", f"Invalid value of header {header}: {text}") from None


def _check_preconditions(request: Request, defn: ObjectType, row: Row) -> None:
    failed = ApiError("PRECONDITION_FAILED", "The record was changed since the given state", status=412)
    if defn.name == "Account":
        wanted = request.headers.get("if-match")
        if wanted is not None:
            tags = [tag.strip() for tag in wanted.split(",")]
            if "*" not in tags and not all(tag.removeprefix("W/").startswith('"') for tag in tags):
                raise ApiError("INVALID_HEADER", f"Invalid value of header if-match: {wanted}")
            if "*" not in tags and row_etag(row) not in tags:
                raise failed
        refused = request.headers.get("if-none-match")
        if refused is not None and row_etag(row) in [tag.strip() for tag in refused.split(",")]:
            raise failed
    unchanged_since = _http_date(request, "if-unmodified-since")
    if unchanged_since is not None and epoch_of(row["LastModifiedDate"]) > unchanged_since:
        raise failed
    changed_since = _http_date(request, "if-modified-since")
    if changed_since is not None and epoch_of(row["LastModifiedDate"]) <= changed_since:
        raise failed
