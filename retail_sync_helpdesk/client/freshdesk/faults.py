"""From a refusal to a ClientError."""

import contextlib
import json
from typing import Any

from .. import errors
from ..errors import ClientError, Remedy
from ..network_faults import retry_after
from ..session import LIMIT_SECONDS
from ..transport import Reply

#: What the service says of a value of a record.
_VALUES = frozenset(("missing_field", "invalid_value", "datatype_mismatch", "inconsistent_state", "readonly_field"))
DUPLICATE_VALUE = "duplicate_value"

# code: (kind, remedy). The code decides before the status does.
_BY_CODE: dict[str, tuple[str, Remedy]] = {
    "invalid_credentials": (errors.AUTH, Remedy.renew),
    "password_expired": (errors.AUTH, Remedy.renew),
    "password_lockout": (errors.AUTH, Remedy.renew),
    "access_denied": (errors.CONTRACT, Remedy.settings),
    "require_feature": (errors.CONTRACT, Remedy.settings),
    "account_suspended": (errors.CONTRACT, Remedy.settings),
    "ssl_required": (errors.CONTRACT, Remedy.settings),
    "invalid_json": (errors.CONTRACT, Remedy.developer),
    "invalid_field": (errors.CONTRACT, Remedy.settings),  # mostly a custom field that the account does not have
    DUPLICATE_VALUE: (errors.DUPLICATE, Remedy.record),
    **dict.fromkeys(_VALUES, (errors.BUSINESS, Remedy.record)),
}
_BY_STATUS: dict[int, tuple[str, Remedy]] = {
    400: (errors.CONTRACT, Remedy.developer),
    401: (errors.AUTH, Remedy.renew),
    402: (errors.CONTRACT, Remedy.settings),
    403: (errors.CONTRACT, Remedy.settings),
    404: (errors.GONE, Remedy.drop),
    405: (errors.GONE, Remedy.drop),  # a deleted record refuses every method but that of restoring it [u]
    408: (errors.TRANSIENT, Remedy.wait),
    409: (errors.CONFLICT, Remedy.reread),
    410: (errors.GONE, Remedy.drop),
    422: (errors.BUSINESS, Remedy.record),
}


def from_reply(reply: Reply, *, idempotent: bool = True) -> ClientError:
    """The error of an answer of 300 or more. idempotent: whether the call may be repeated without harm."""
    body = _decoded(reply.body)
    listed = body.get("errors") if isinstance(body, dict) else None
    details = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    code = _code(body, details)
    kind, remedy = _classified(reply, code, body is not None)
    if kind == errors.TRANSIENT and reply.status >= 500 and not idempotent:
        kind, remedy = errors.UNKNOWN, Remedy.look_up  # a gateway gave up on a write that may have been done
    wait = retry_after(reply.headers)
    if kind == errors.THROTTLED:
        wait = wait or LIMIT_SECONDS
    return ClientError(
        kind,
        code or f"HTTP_{reply.status}",
        _message(body, details) or "the answer gives no reason",
        fields=dict.fromkeys(str(entry["field"]) for entry in details if entry.get("field")),
        http_status=reply.status,
        retry_after=wait,
        body_excerpt=reply.text,
        remedy=remedy,
    )


def _decoded(body: bytes) -> Any:
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(body)
    return None


def _code(body: Any, details: list[dict[str, Any]]) -> str:
    """The code of the refusal, or of the most telling of several: a duplicate is one only if nothing else is wrong."""
    codes = [str(entry.get("code") or "").strip()[:80] for entry in details]
    others = [code for code in codes if code and code != DUPLICATE_VALUE]
    if codes:
        return (others or codes)[0]
    return str(body.get("code") or "").strip()[:80] if isinstance(body, dict) else ""


def _message(body: Any, details: list[dict[str, Any]]) -> str:
    texts = [f"{entry.get('field') or ''}: {entry.get('message') or ''}".strip(": ") for entry in details]
    if not texts and isinstance(body, dict):
        texts = [str(body.get("message") or body.get("description") or "").strip()]
    return "; ".join(text for text in texts if text)


def _classified(reply: Reply, code: str, has_body: bool) -> tuple[str, Remedy]:
    status = reply.status
    if status >= 500:
        return errors.TRANSIENT, Remedy.wait
    if status < 400:
        # the account has another address now, or a sign-in page answers
        return errors.CONTRACT, Remedy.settings
    if status == 429:
        return errors.THROTTLED, Remedy.wait
    if status in (401, 403):
        return _BY_CODE[code] if code in _BY_CODE else _BY_STATUS[status]
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status == 404 and reply.body.strip() and not has_body:
        # a record that is gone is answered without a body [u]; a page says that this is no account's address
        return errors.CONTRACT, Remedy.settings
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return (errors.BUSINESS, Remedy.record) if has_body else (errors.CONTRACT, Remedy.developer)


def not_offered(code: str, text: str, fields: tuple[str, ...] = ()) -> ClientError:
    """The error of what the service has no call for; nothing was sent."""
    return ClientError(errors.CONTRACT, code, text, fields=fields)
