"""From a refusal to a ClientError, whatever the form of its body (sections 1, 2, 6, 7)."""

import contextlib
import json
import re
from collections.abc import Mapping
from typing import Any

from .. import errors
from ..errors import ClientError, Remedy
from ..network_faults import retry_after
from ..session import LIMIT_SECONDS
from ..transport import Reply

#: Seconds to wait where these name none (the header is absent or 0).
JOBS_SECONDS = 30.0
IDEMPOTENT_SECONDS = 2.0

CLOSED = "TicketClosed"
TOO_RECENT = "TooRecentStartTime"
_TOKEN = frozenset(("invalid_token", "expired_token"))

# code: (kind, remedy). The code decides before the status does.
_BY_CODE: dict[str, tuple[str, Remedy]] = {
    # sign-in
    "invalid_token": (errors.AUTH, Remedy.renew),
    "expired_token": (errors.AUTH, Remedy.renew),
    "invalid_client": (errors.AUTH, Remedy.renew),
    "invalid_grant": (errors.AUTH, Remedy.renew),
    "unauthorized_client": (errors.AUTH, Remedy.renew),
    "unsupported_grant_type": (errors.CONTRACT, Remedy.developer),
    "invalid_scope": (errors.CONTRACT, Remedy.settings),
    "invalid_request": (errors.CONTRACT, Remedy.developer),
    # records
    "RecordInvalid": (errors.BUSINESS, Remedy.record),
    "RecordNotFound": (errors.GONE, Remedy.drop),
    "DuplicateValue": (errors.DUPLICATE, Remedy.record),
    "UpdateConflict": (errors.CONFLICT, Remedy.reread),
    "DatabaseConflict": (errors.CONFLICT, Remedy.reread),
    CLOSED: (errors.BUSINESS, Remedy.follow_up),
    # limits
    "APIRateLimitExceeded": (errors.THROTTLED, Remedy.wait),
    "TooManyRequests": (errors.THROTTLED, Remedy.wait),
    "TooManyJobs": (errors.THROTTLED, Remedy.wait),
    TOO_RECENT: (errors.THROTTLED, Remedy.wait),
    # calls that are wrong
    "TooManyValues": (errors.CONTRACT, Remedy.developer),
    "IdempotentRequestError": (errors.CONTRACT, Remedy.developer),
    "InvalidPaginationParameter": (errors.CONTRACT, Remedy.developer),
    "InvalidEndpoint": (errors.CONTRACT, Remedy.developer),
    "Unprocessable Entity": (errors.CONTRACT, Remedy.developer),
    # items of jobs
    "TicketUpdateFailed": (errors.BUSINESS, Remedy.record),
    "TicketCreateFailed": (errors.BUSINESS, Remedy.record),
    "UserUpdateError": (errors.BUSINESS, Remedy.record),
    "UserCreateError": (errors.BUSINESS, Remedy.record),
}
_BY_STATUS: dict[int, tuple[str, Remedy]] = {
    400: (errors.CONTRACT, Remedy.developer),
    401: (errors.AUTH, Remedy.renew),
    402: (errors.CONTRACT, Remedy.settings),
    403: (errors.CONTRACT, Remedy.settings),
    404: (errors.GONE, Remedy.drop),
    408: (errors.TRANSIENT, Remedy.wait),
    409: (errors.CONFLICT, Remedy.reread),
    410: (errors.GONE, Remedy.drop),
    413: (errors.CONTRACT, Remedy.developer),
    422: (errors.BUSINESS, Remedy.record),
    429: (errors.THROTTLED, Remedy.wait),
}
_CLOSED = re.compile(r"closed (?:prevents|tickets?\b)|\bis closed\b", re.IGNORECASE)
_NOT_FOUND = re.compile(r"\bnot found\b|RecordNotFound", re.IGNORECASE)


def from_reply(reply: Reply, *, idempotent: bool = True, idempotency_key: bool = False) -> ClientError:
    """The error of an answer of 300 or more.

    idempotent: whether the call may be repeated without harm. idempotency_key: whether it carried one; a 409 then says
    that the first try still runs.
    """
    return from_body(
        reply.status,
        _decoded(reply.body),
        retry=retry_after(reply.headers),
        excerpt=reply.text,
        idempotent=idempotent,
        idempotency_key=idempotency_key,
    )


def from_body(
    status: int,
    body: Any,
    *,
    retry: float | None = None,
    excerpt: str = "",
    idempotent: bool = True,
    idempotency_key: bool = False,
) -> ClientError:
    """The error of a parsed body (None for HTML, plain text or nothing) with its status."""
    code, message = _reason(body)
    details = _details(body)
    if details:
        message = "; ".join(text for _field, _code, text in details if text) or message
    code = _refined(code, message, details, status)
    kind, remedy = _classified(status, code, body is not None)
    if status == 409 and idempotency_key and code not in _BY_CODE:
        kind, remedy, retry = errors.TRANSIENT, Remedy.wait, retry or IDEMPOTENT_SECONDS
    if kind == errors.TRANSIENT and status >= 500 and not idempotent:
        kind, remedy = errors.UNKNOWN, Remedy.look_up  # a gateway gave up on a write that may have been done
    if kind == errors.THROTTLED:
        retry = retry or (JOBS_SECONDS if code == "TooManyJobs" else LIMIT_SECONDS)
    return ClientError(
        kind,
        code or f"HTTP_{status}",
        message or "the answer gives no reason",
        fields=dict.fromkeys(name for name, _code, _text in details if name != "base"),
        http_status=status,
        retry_after=retry,
        body_excerpt=excerpt,
        remedy=remedy,
    )


def from_item(item: Mapping[str, Any]) -> ClientError:
    """The error of one failed item of a job's results."""
    code = str(item.get("error") or "").strip()
    message = str(item.get("details") or item.get("errors") or item.get("description") or "").strip()
    if _CLOSED.search(message):
        code = CLOSED
    elif code not in ("UpdateConflict", "DatabaseConflict") and "Safe Update" in message:
        code = "UpdateConflict"
    elif code not in _BY_CODE and _NOT_FOUND.search(message):
        code = "RecordNotFound"
    kind, remedy = _BY_CODE.get(code, (errors.BUSINESS, Remedy.record))
    return ClientError(kind, code or "ITEM_FAILED", message, remedy=remedy)


def _decoded(body: bytes) -> Any:
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(body)
    return None


def _reason(body: Any) -> tuple[str, str]:
    """(code, message) of a body in which `error` is a text or an object, or the fault is inside of a list."""
    if isinstance(body, dict) and isinstance(body.get("errors"), list) and body["errors"]:
        body = body["errors"][0]
    if not isinstance(body, dict):
        return "", ""
    error = body.get("error", body.get("code"))
    if isinstance(error, dict):
        code = error.get("code") or error.get("title") or ""
        message = error.get("message") or error.get("description") or body.get("description")
    else:
        code = error or body.get("title") or ""
        message = body.get("description") or body.get("error_description") or body.get("message") or body.get("detail")
    return str(code).strip()[:80], str(message or "").strip()


def _details(body: Any) -> list[tuple[str, str, str]]:
    """(field, code, text) of each reason in `details`."""
    details = body.get("details") if isinstance(body, dict) else None
    found = []
    for name, listed in details.items() if isinstance(details, dict) else ():
        for entry in listed if isinstance(listed, list) else [listed]:
            if isinstance(entry, dict):
                text = str(entry.get("description") or entry.get("message") or "").strip()
                found.append((str(name), str(entry.get("error") or ""), text))
            else:
                found.append((str(name), "", str(entry).strip()))
    return found


def _refined(code: str, message: str, details: list[tuple[str, str, str]], status: int) -> str:
    """The code, made particular where only the text or the details tell what it is."""
    if status == 422 and any(name in ("status", "base") and _CLOSED.search(text) for name, _code, text in details):
        return CLOSED
    if status == 422 and "start_time" in message and "recent" in message.lower():
        return TOO_RECENT
    if code == "RecordInvalid" and details and all(entry == "DuplicateValue" for _name, entry, _text in details):
        return "DuplicateValue"
    return code


def _classified(status: int, code: str, has_body: bool) -> tuple[str, Remedy]:
    if status >= 500:
        return errors.TRANSIENT, Remedy.wait
    if 300 <= status < 400:
        # the account has another address now, or a sign-in page answers
        return errors.CONTRACT, Remedy.settings
    if status == 429:
        return errors.THROTTLED, Remedy.wait
    if status in (401, 403):
        # whatever the code says of a right that is missing, the status is the surer word
        return _BY_CODE[code] if code in _BY_CODE and status == 401 else _BY_STATUS[status]
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status == 404 and not has_body:
        return errors.CONTRACT, Remedy.settings  # a page of another server: the address is not that of an account
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    # 406, 420 and others without a reason come from what stands in front of the service; they pass
    return (errors.BUSINESS, Remedy.record) if has_body else (errors.TRANSIENT, Remedy.wait)
