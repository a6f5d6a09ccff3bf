"""Faults that tests script: calls that fail, records that are refused, jobs that end badly."""

from __future__ import annotations

import re
from typing import Any

from ..common import faults
from ..common.faults import Fault, matches_call
from .errors import ApiError, conflict
from .messages import JSON, Request, Response, answer
from .rate_limits import TEXT
from .table import Row

AFTER_KINDS = {"drop_after_commit", "truncate"}
LOGIN_KINDS = {"login_html", "login_error"}
CALL_KINDS = {"status", "html", "drop", "slow", "revoke_tokens", "rate_limit", "conflict"}
_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


class FaultBook(faults.FaultBook):
    """The scripted faults, asked at each call, at each record written, and by each job."""

    kinds = AFTER_KINDS | LOGIN_KINDS | CALL_KINDS | {"record_error", "job_failed"}

    def for_call(self, request: Request, kinds: set[str]) -> Fault | None:
        return self.first(kinds, lambda match: _matches(match, request))

    def for_job(self, job_type: str) -> Fault | None:
        """The scripted failure of a job; its action may say ``message``, ``status`` and ``after_items``."""
        return self.first({"job_failed"}, lambda match: match.get("op") in (None, job_type))

    def check_record(self, kind: str, op: str, values: Row, row: Row | None) -> None:
        """Raise the scripted error of a record write, if there is one."""
        fault = self.first({"record_error"}, lambda match: _matches_record(match, kind, op, values, row))
        if fault is not None:
            action = fault.action
            text = action.get("description", "Record validation errors")
            details = action.get("details", {"base": [{"description": text}]})
            raise ApiError(action.get("status", 422), action.get("error", "RecordInvalid"), text, details=details)


def operation(request: Request) -> str:
    """Method and path with ids replaced, as counters and faults name a call: ``PUT tickets/{id}``."""
    path = request.path.rstrip("/").removesuffix(".json").removeprefix("/api/v2/").strip("/")
    parts = ["{id}" if _ID.match(part) else part for part in path.split("/")]
    if parts[0] == "attachments":
        parts = parts[:1]
    return f"{request.method} {'/'.join(parts)}"


_ID = re.compile(r"^(\d+|V3-[0-9a-f]{32}|[0-9A-Z]{26})$")


def _matches(match: dict[str, Any], request: Request) -> bool:
    if not matches_call(match, request.method, request.path):
        return False
    wanted = match.get("op")
    return not wanted or operation(request) in ({wanted} if isinstance(wanted, str) else set(wanted))


def _matches_record(match: dict[str, Any], kind: str, op: str, values: Row, row: Row | None) -> bool:
    if match.get("object", kind) != kind or match.get("op", op) != op:
        return False
    name = match.get("field")
    if not name:
        return True
    value = values.get(name, (row or {}).get(name))
    return value == match["value"] if "value" in match else name in values


def response_of(action: dict[str, Any]) -> Response | None:
    """The answer of a fault; ``None`` when the call goes on."""
    kind = action["kind"]
    headers = {"Retry-After": str(action["retry_after"])} if action.get("retry_after") is not None else {}
    if kind == "status":
        body = action.get("body", {"error": action.get("error", "ServiceUnavailable"), **_described(action)})
        if isinstance(body, str):
            return Response(action.get("status", 503), body.encode(), headers, "text/plain; charset=utf-8")
        return answer(action.get("status", 503), body, headers)
    if kind in ("html", "login_html"):
        body = action.get("body", _HTML).encode()
        return Response(action.get("status", 502), body, headers, "text/html; charset=utf-8")
    if kind == "login_error":
        text = {"error_description": action["description"]} if action.get("description") else {}
        return answer(action.get("status", 401), {"error": action.get("error", "invalid_client"), **text}, headers)
    if kind == "rate_limit":
        if action.get("body", "text") == "text":
            return Response(429, TEXT.encode(), headers, "text/plain; charset=utf-8")
        return Response(429, {"error": "APIRateLimitExceeded", "description": TEXT}, headers, JSON)
    if kind == "drop":
        return Response(drop=True)
    if kind == "conflict":
        error = conflict()
        return answer(error.status, error.body(), headers)
    return None


def _described(action: dict[str, Any]) -> dict[str, Any]:
    return {"description": action["description"]} if action.get("description") else {}
