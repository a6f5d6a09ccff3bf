"""Errors as the agent API answers them: those of Odoo and PostgreSQL too, without what they say of the inside."""

from __future__ import annotations

import logging

from psycopg2 import IntegrityError, OperationalError
from psycopg2.pool import PoolError
from werkzeug.exceptions import HTTPException as WerkzeugHTTPException

from odoo.exceptions import AccessDenied, AccessError, ConcurrencyError, MissingError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.retail_sync.runtime import error_texts

from ...api.errors import ApiProblem, problem_of

__all__ = ["log", "problem_of_error", "repeats"]

_logger = logging.getLogger(__name__)
_COME_AGAIN = {"Retry-After": "1"}
_BY_STATUS = {
    401: "not_authenticated",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "payload_too_large",
    415: "unsupported_media_type",
}
# Below every level that a log has: what was logged here is not logged again by Odoo.
_SILENT = 1


def repeats(error: BaseException) -> bool:
    """Return whether Odoo repeats a request that fails so: another transaction was quicker, or it decides on this."""
    return isinstance(error, (IntegrityError, OperationalError, ConcurrencyError))


def problem_of_error(error: BaseException) -> ApiProblem:
    """Return an error as a problem of the agent API."""
    if isinstance(error, WerkzeugHTTPException):
        status = error.code or 500
        return ApiProblem(_BY_STATUS.get(status, "malformed_request" if status < 500 else "internal_error"))
    if isinstance(error, (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)):
        return ApiProblem("conflict", headers=_COME_AGAIN)
    if isinstance(error, (OperationalError, PoolError)):
        return ApiProblem("unavailable", headers=_COME_AGAIN)
    if isinstance(error, AccessDenied):
        return ApiProblem("not_authenticated")
    if isinstance(error, AccessError):
        # The technical user lacks a right: none that the caller could do anything about.
        return ApiProblem("internal_error")
    if isinstance(error, MissingError):
        return ApiProblem("not_found")
    return ApiProblem("conflict") if isinstance(error, UserError) else problem_of(error)


def log(error: BaseException, problem: ApiProblem, correlation_id: str) -> None:
    """Log what operators need to know, with the correlation id, and keep Odoo from logging it again with its values.

    What callers do wrong fills no log: the line of the request has its status.
    """
    if not isinstance(error, ApiProblem):
        if problem.problem.code == "internal_error":
            error_texts.log(_logger, logging.ERROR, error, "Agent API, request %s failed", correlation_id)
        elif problem.problem.status >= 500 or isinstance(error, (UserError, OperationalError, ConcurrencyError)):
            error_texts.log(_logger, logging.WARNING, error, "Agent API, request %s refused", correlation_id)
    error.loglevel = _SILENT  # type: ignore[attr-defined]
