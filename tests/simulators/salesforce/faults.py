"""Faults that tests script: whole calls that fail, and single records that are refused."""

from __future__ import annotations

import re
from typing import Any

from ..common import faults
from ..common.faults import Fault, InvalidFault, matches_call
from .errors import ApiError
from .limits import concurrent_limit_error, daily_limit_error
from .messages import Request, Response

RECORD_KINDS = {"record_error"}
JOB_KINDS = {"job_failed"}
AFTER_KINDS = {"drop_after_commit", "truncate"}
LOGIN_KINDS = {"login_html", "login_error"}
REQUEST_KINDS = {"status", "html", "drop", "slow", "revoke_tokens", "expire_locators", "limit", "concurrent"}
KINDS = RECORD_KINDS | JOB_KINDS | AFTER_KINDS | LOGIN_KINDS | REQUEST_KINDS
_HTML = "<html><head><title>Down for maintenance</title></head><body><h1>Server Unavailable</h1></body></html>"
_RECORD_MESSAGES = {
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "The record breaks a validation rule",
    "UNABLE_TO_LOCK_ROW": "unable to obtain exclusive access to this record or 1 records: {id}",
    "DELETE_FAILED": "Your attempt to delete {object} could not be completed because it is associated with others",
    "INSUFFICIENT_ACCESS_OR_READONLY": "insufficient access rights on object id",
    "ENTITY_IS_LOCKED": "the entity is locked for editing",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "execution of trigger failed",
}


class FaultBook(faults.FaultBook):
    """The scripted faults, asked at each call and at each record written."""

    kinds = KINDS

    def add(self, spec: dict[str, Any]) -> Fault:
        """Script a fault. Raises ``INVALID_FAULT`` when it could never strike."""
        try:
            return super().add(spec)
        except InvalidFault as error:
            raise ApiError("INVALID_FAULT", str(error)) from error

    # -- whole calls
    def for_request(self, request: Request, kinds: set[str]) -> Fault | None:
        return self.first(kinds, lambda match: _matches_request(match, request))

    def for_job(self, operation: str, object_name: str) -> Fault | None:
        """The scripted failure of a Bulk job; its action may say ``message`` and ``after_rows``."""
        for fault in self.faults:
            match = fault.match
            if fault.action["kind"] not in JOB_KINDS or match.get("object", object_name).lower() != object_name.lower():
                continue
            if (not match.get("op") or operation in _request_operations(match["op"])) and fault.strikes(
                self.clock.now()
            ):
                return fault
        return None

    # -- records
    def check_record(
        self, operation: str, object_name: str, values: dict[str, Any], row: dict[str, Any] | None
    ) -> None:
        """Raise the scripted error of a record write, if there is one."""
        for fault in self.faults:
            if fault.action["kind"] not in RECORD_KINDS:
                continue
            match = fault.match
            if match.get("op") and operation not in _operations(match["op"]):
                continue
            if match.get("object") and match["object"].lower() != object_name.lower():
                continue
            if match.get("field") and not _matches_value(match, values, row):
                continue
            if fault.strikes(self.clock.now()):
                raise record_error(fault.action, object_name, row)


def _operations(op: str | list[str]) -> set[str]:
    names = {op} if isinstance(op, str) else set(op)
    return names | {"insert", "update"} if "upsert" in names else names


def _matches_value(match: dict[str, Any], values: dict[str, Any], row: dict[str, Any] | None) -> bool:
    wanted = match["field"].lower()
    for source in (values, row or {}):
        for name, value in source.items():
            if name.lower() == wanted:
                return "value" not in match or value == match["value"]
    return False


def _matches_request(match: dict[str, Any], request: Request) -> bool:
    if not matches_call(match, request.method, request.path):
        return False
    if match.get("object") and not _names_object(match["object"], request):
        return False
    return not (match.get("op") and request_operation(request) not in _request_operations(match["op"]))


def _names_object(name: str, request: Request) -> bool:
    """The object in the path, or after FROM in a query."""
    text = f"{request.path} {request.query.get('q', '')}"
    return re.search(rf"(?:/|\bFROM\s+){re.escape(name)}(?:[/\s)]|$)", text, re.IGNORECASE) is not None


def _request_operations(op: str | list[str]) -> set[str]:
    return {op} if isinstance(op, str) else set(op)


def request_operation(request: Request) -> str:
    """The operation a call stands for, as far as its method and path tell."""
    path = request.path.lower()
    for part, name in (
        ("/jobs/query", "bulk_query"), ("/jobs/ingest", "bulk_ingest"), ("/composite/sobjects", "collections"),
        ("/composite", "composite"), ("/query", "query"), ("/search", "search"), ("/limits", "limits"),
        ("/describe", "describe"), ("/updated", "updated"), ("/deleted", "deleted"), ("/oauth2/token", "token"),
    ):  # fmt: skip
        if part in path:
            return name
    parts = [part for part in path.split("/sobjects/")[-1].split("/") if part]
    if request.method == "PATCH":
        return "upsert" if len(parts) > 2 else "update"
    return {"POST": "insert", "DELETE": "delete"}.get(request.method, "read")


def record_error(action: dict[str, Any], object_name: str, row: dict[str, Any] | None) -> ApiError:
    code = action.get("error_code", "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    template = action.get("message") or _RECORD_MESSAGES.get(code, code.replace("_", " ").lower())
    message = template.replace("{id}", (row or {}).get("Id", "")).replace("{object}", object_name)
    return ApiError(code, message, status=action.get("status", 400), fields=action.get("fields", []))


def fault_response(action: dict[str, Any]) -> Response | None:
    """The answer of a request fault; ``None`` when the call goes on."""
    kind = action["kind"]
    headers = {"Retry-After": str(action["retry_after"])} if action.get("retry_after") is not None else {}
    if kind == "status":
        if "body" in action:
            return Response(action.get("status", 503), action["body"], headers)
        code = action.get("error_code", "SERVER_UNAVAILABLE")
        error = ApiError(
            code, action.get("message", "Server Unavailable"), action.get("status", 503), action.get("fields")
        )
        return Response(error.status, error.body(), headers)
    if kind in ("html", "login_html"):
        body = action.get("body", _HTML).encode()
        return Response(action.get("status", 503), body, headers, "text/html;charset=UTF-8")
    if kind == "login_error":
        body = {"error": action.get("error_code", "invalid_grant")}
        if action.get("message", "") is not None:
            body["error_description"] = action.get("message", "authentication failure")
        return Response(action.get("status", 400), body, headers)
    if kind == "drop":
        return Response(drop=True)
    if kind == "limit":
        return Response.of_error(daily_limit_error())
    if kind == "concurrent":
        return Response.of_error(concurrent_limit_error())
    return None
