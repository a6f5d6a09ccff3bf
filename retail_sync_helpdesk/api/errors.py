"""Every error becomes a problem document: what the API raises, what FastAPI finds, and what was not expected."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from ..domain.api.problem import MEDIA_TYPE, PROBLEMS, document

__all__ = ["ApiProblem", "ProblemAnswer", "answer_of", "correlation_id_of", "problem_of"]

_CORRELATION = re.compile(r"[A-Za-z0-9._-]{8,64}")
_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 406: "not_acceptable", 415: "unsupported_media_type"}
_MOST_ERRORS = 20


class ApiProblem(Exception):
    """An error that the API answers.

    :param code: of ``domain.api.problem.PROBLEMS``
    :param detail: a sentence about this occurrence, without values of masked fields
    :param rules: the rules that say no, as ``schemas.base.Rule`` has them
    :param more: further members of the document
    :param headers: such as Retry-After
    :raises KeyError: there is no such problem
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        rules: Sequence[Mapping[str, Any]] = (),
        errors: Sequence[Mapping[str, Any]] = (),
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, detail)
        self.problem = PROBLEMS[code]
        self.detail = detail
        self.rules = rules
        self.errors = errors
        self.more = dict(more or {})
        self.headers = dict(headers or {})

    @property
    def code(self) -> str:
        """Return the stable code."""
        return self.problem.code


@dataclass(frozen=True, slots=True)
class ProblemAnswer:
    """An error as it is answered."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = MEDIA_TYPE


def answer_of(error: BaseException, correlation_id: str, headers: Mapping[str, str] | None = None) -> ProblemAnswer:
    """Return the answer to an error; an unknown one tells nothing of what went wrong inside.

    :param headers: of the answer that the request would have had
    """
    problem = problem_of(error)
    body = document(
        problem.code, correlation_id, problem.detail, rules=problem.rules, errors=problem.errors, **problem.more
    )
    found = {**(headers or {}), **problem.headers, "X-Correlation-Id": correlation_id, "Cache-Control": "no-store"}
    if problem.problem.status == 401:
        found.setdefault("WWW-Authenticate", 'Bearer realm="retail_sync"')
    return ProblemAnswer(problem.problem.status, body, found)


def correlation_id_of(given: str | None) -> str:
    """Return the correlation id of a request: the caller's own, where it is one that logs and headers can carry."""
    return given if given and _CORRELATION.fullmatch(given) else str(uuid.uuid4())


def problem_of(error: BaseException) -> ApiProblem:
    """Return an error of ours, of FastAPI or of Starlette as a problem; any other is an internal one."""
    if isinstance(error, ApiProblem):
        return error
    if isinstance(error, RequestValidationError):
        return _of_values(error)
    if isinstance(error, HTTPException):
        code = _BY_STATUS.get(error.status_code)
        if code:
            return ApiProblem(code, headers=error.headers)
        return ApiProblem("malformed_request" if error.status_code < 500 else "internal_error", headers=error.headers)
    return ApiProblem("internal_error")


def _of_values(error: RequestValidationError) -> ApiProblem:
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return ApiProblem("malformed_request", "The body is no JSON.")
    missing_key = [item for item in found if item["loc"] == ("header", "Idempotency-Key")]
    if missing_key:
        return ApiProblem("idempotency_key_missing")
    # Values are not repeated: they may be personal, and errors are logged.
    faults = [{"pointer": _pointer(item["loc"]), "detail": item["msg"]} for item in found[:_MOST_ERRORS]]
    return ApiProblem("invalid_values", errors=faults)


def _pointer(place: Sequence[int | str]) -> str:
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)
