"""What stands before each operation: the key, its scope and limits, headers in and out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BeforeValidator, StringConstraints

from ..domain.api.problem import MEDIA_TYPE, PROBLEMS
from .errors import ApiProblem, correlation_id_of
from .operations import OPERATIONS, Operation
from .schemas.caller import ProblemDocument
from .service import Admission, Call, Service, admission_of

__all__ = ["admit", "documented", "headers_of"]

MOST_BYTES = 256 * 1024
_BEARER = HTTPBearer(auto_error=False, description="A key of the agent API, as Odoo shows it once.")
# What any operation may answer.
_ALWAYS = ("malformed_request", "not_authenticated", "rate_limited", "quota_used_up", "unavailable", "internal_error")
_HEADER = StringConstraints(max_length=200, pattern=r"^[\x20-\x7e]*$")
Text = Annotated[str | None, _HEADER]
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")


def _written_out(value: object) -> object:
    # Numbers would pass as seconds since the epoch, and a time without its zone as one of any zone.
    if isinstance(value, str) and not _MOMENT.fullmatch(value.upper()):
        raise ValueError("A time reads like 2026-12-01T08:00:00Z or 2026-12-01T09:00:00+01:00.")
    return value


Moment = Annotated[datetime | None, BeforeValidator(_written_out)]


def admit(operation_id: str) -> Callable[..., AsyncIterator[Service]]:
    """Return the dependency that lets a caller in and gives the service that answers it.

    Like all that answers here it is a coroutine that never waits: each request has an event loop of its own, and
    FastAPI would send every plain function to another thread and back, which a busy machine takes milliseconds for.
    """
    operation = OPERATIONS[operation_id]

    async def service(
        request: Request,
        response: Response,
        admission: Annotated[Admission, Depends(admission_of)],
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
        correlation_id: Annotated[Text, Header(alias="X-Correlation-Id")] = None,
        verified_by: Annotated[
            Text, Header(alias="X-Verified-By", description="How the customer was verified, such as phone_pin.")
        ] = None,
        verified_at: Annotated[Moment, Header(alias="X-Verified-At", description="When, with its time zone.")] = None,
        language: Annotated[Text, Header(alias="Accept-Language")] = None,
    ) -> AsyncIterator[Service]:
        _check_size(request)
        known = correlation_id_of(getattr(request.state, "correlation_id", None) or correlation_id)
        request.state.correlation_id = known
        call = Call(
            key=bearer.credentials if bearer and bearer.scheme.lower() == "bearer" else None,
            correlation_id=known,
            verified_by=verified_by or "",
            verified_at=_naive(verified_at),
            language=language or "",
        )
        with admission.enter(operation, call) as session:
            found = {**headers_of(operation, known), **session.headers}
            request.state.headers = found
            response.headers.update(found)
            yield session.service

    return service


def headers_of(operation: Operation, correlation_id: str) -> dict[str, str]:
    """Return the headers of every answer of an operation."""
    found = {"X-Correlation-Id": correlation_id, "Cache-Control": "no-store", "Vary": "Authorization, Accept-Language"}
    if operation.deprecated_at:
        # RFC 9745: seconds since the epoch.
        found["Deprecation"] = f"@{int(operation.deprecated_at.replace(tzinfo=timezone.utc).timestamp())}"
        found["Link"] = '</retail_sync/api/v1/docs>; rel="deprecation"'
    if operation.sunset_at:
        found["Sunset"] = format_datetime(operation.sunset_at.replace(tzinfo=timezone.utc), usegmt=True)
    return found


def documented(operation_id: str, **more: Any) -> dict[str, Any]:
    """Return what FastAPI publishes of an operation: its id, its scope, and the errors that it answers."""
    operation = OPERATIONS[operation_id]
    codes: dict[int, list[str]] = {}
    for code in (*_ALWAYS, *_of_key(operation), *operation.problems):
        codes.setdefault(PROBLEMS[code].status, []).append(code)
    responses: dict[int | str, dict[str, Any]] = {304: {"description": "Not modified."}} if operation.tagged else {}
    responses |= {
        status: {"description": ", ".join(sorted(found)), "content": {MEDIA_TYPE: {"schema": _REFERENCE}}}
        for status, found in sorted(codes.items())
    }
    return {
        "operation_id": operation_id,
        "responses": {**responses, **more.pop("responses", {})},
        "deprecated": True if operation.deprecated_at else None,
        "openapi_extra": {"x-scope": operation.scope},
        **more,
    }


_REFERENCE = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}


def _of_key(operation: Operation) -> tuple[str, ...]:
    found: tuple[str, ...] = ("invalid_values",)
    if operation.scope:
        found += ("scope_missing",)
    if operation.acts:
        found += ("read_only",)
    if operation.looks_up:
        found += ("busy",)
    return found


def _check_size(request: Request) -> None:
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        raise ApiProblem("malformed_request", "Content-Length is no number.")
    if int(length) > MOST_BYTES:
        raise ApiProblem("payload_too_large", f"At most {MOST_BYTES} bytes.")


def _naive(moment: datetime | None) -> datetime | None:
    try:
        return None if moment is None else moment.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError:
        detail = "It lies beyond the calendar."
        raise ApiProblem("invalid_values", errors=[{"pointer": "/header/X-Verified-At", "detail": detail}]) from None


def sent_headers(state: Any) -> Mapping[str, str]:
    """Return the headers that the answer of a request was to have, as far as it got."""
    found: Mapping[str, str] = getattr(state, "headers", {})
    return found
