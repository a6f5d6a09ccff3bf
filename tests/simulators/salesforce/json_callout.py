"""The signed JSON that a Flow or an Apex callout sends: a body of our own making, and its signature."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

CONTENT_TYPE = "application/json; charset=utf-8"
SIGNATURE_HEADER = "X-Retail-Sync-Signature"


def event(
    event_id: str, org_id: str, object_name: str, record_id: str, change_type: str, stamp: str, fields: list[str]
) -> dict[str, Any]:
    return {
        "eventId": event_id, "orgId": org_id, "object": object_name, "recordId": record_id, "changeType": change_type,
        "systemModstamp": stamp.replace("+0000", "Z"), "changedFields": fields,
    }  # fmt: skip


def encode(events: list[dict[str, Any]]) -> bytes:
    """One event as an object, several as a list."""
    return json.dumps(events[0] if len(events) == 1 else events, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: str, moment: int, body: bytes) -> str:
    """The header's value: when it was signed (epoch seconds), and the HMAC-SHA256 over that and the body."""
    digest = hmac.new(secret.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
