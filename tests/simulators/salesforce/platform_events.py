"""Platform events: published like rows, but kept on their channel only."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from .clock import format_datetime
from .errors import ApiError
from .messages import Request, Response
from .schema import Field
from .values import coerce

if TYPE_CHECKING:
    from .org import Org

PREFIX = "e01"
MAX_BYTES = 1_000_000
_STANDARD = {"ERP_Sync__e": [Field("Payload__c", "textarea", length=131072)]}


class PlatformEvents:
    """The event types of the org, by lower-case name."""

    def __init__(self) -> None:
        self._types = {name.lower(): (name, {f.name.lower(): f for f in fields}) for name, fields in _STANDARD.items()}

    def define(self, name: str, fields: list[Field]) -> list[str]:
        """Add a type, or fields to it; returns its fields."""
        known = self._types.setdefault(name.lower(), (name, {}))[1]
        known.update({field.name.lower(): field for field in fields})
        return [field.name for field in known.values()]

    def find(self, name: str) -> tuple[str, dict[str, Field]] | None:
        return self._types.get(name.lower())


def publish(org: Org, request: Request, kind: tuple[str, dict[str, Field]]) -> Response:
    """Enqueue one event: it goes out at once, whatever becomes of the transaction around it."""
    name, fields = kind
    if request.method != "POST":
        raise ApiError("METHOD_NOT_ALLOWED", f"HTTP Method '{request.method}' not allowed. Allowed are POST", 405)
    body = {key: value for key, value in request.json_object().items() if key != "attributes"}
    values = {}
    for key, raw in body.items():
        field = fields.get(key.lower())
        if field is None:
            raise ApiError("INVALID_FIELD", f"No such column '{key}' on sobject of type {name}", fields=[])
        values[field.name] = coerce(field, raw, trim=org.config.trim_text)
    missing = [f.name for f in fields.values() if f.required and values.get(f.name) is None]
    if missing:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        raise ApiError("REQUIRED_FIELD_MISSING", message, fields=missing)
    if len(json.dumps(values, ensure_ascii=False).encode()) > MAX_BYTES:
        raise ApiError("LIMIT_EXCEEDED", "The event message is larger than 1 MB")
    event_uuid = str(uuid.uuid4())
    created = format_datetime(org.clock.now()).replace(".000+0000", "Z")
    payload = {**values, "CreatedDate": created, "CreatedById": request.context.user_id, "EventUuid": event_uuid}
    body = {"schema": f"{name}-1", "payload": payload, "event": {"EventUuid": event_uuid}}
    org.hub.feed.append([f"/event/{name}"], name, body)
    org.usage.events_published += 1
    enqueued = {"statusCode": "OPERATION_ENQUEUED", "message": event_uuid, "fields": []}
    return Response(201, {"id": org.store.ids.new(PREFIX), "success": True, "errors": [enqueued]})
