"""Query jobs of Bulk API 2.0: many rows for few calls (API sheet section 5.2).

A job is asked for, polled until JobComplete, and read in pages of CSV that can be read again while the job exists (7
days).
"""

from collections.abc import Mapping
from typing import Any

from . import errors
from .bulk_rows import BulkPage
from .errors import ClientError
from .session import ApiResponse, SalesforceSession
from .transport import BULK_READ_SECONDS, CONNECT_SECONDS

JOB_COMPLETE = "JobComplete"
MAX_RECORDS = 50_000
_PATH = "jobs/query"
_TIMEOUT = (CONNECT_SECONDS, BULK_READ_SECONDS)
#: Fault classes of a failed job that a new one may not meet.
_PASSING = frozenset((errors.TRANSIENT, errors.THROTTLED, errors.AUTH))


def create_job(session: SalesforceSession, soql: str, all: bool = False) -> dict[str, Any]:
    """The new job, with its `id` and `state`. all: also soft-deleted rows.

    No aggregates, OFFSET, child subqueries or compound fields. May be repeated when its outcome is unknown: a query job
    too many changes nothing, and counts one of 10,000 a day.
    """
    body = {"operation": "queryAll" if all else "query", "query": soql}
    return _job(session.request("POST", _PATH, json=body, idempotent=True).json())


def job(session: SalesforceSession, job_id: str) -> dict[str, Any]:
    """The job as it stands: `state` is UploadComplete, InProgress or JobComplete.

    Raises ClientError: transient/BULK_JOB_LOST (gone, or failed over something that passes: start a new one),
    BULK_JOB_FAILED with the server's text and the class of the code in it, unknown/BULK_JOB_ABORTED.
    """
    found = _job(_get(session, f"{_PATH}/{job_id}").json())
    message = str(found.get("errorMessage") or "")
    if found["state"] == "Failed":
        kind = _class_of(message)
        if kind in _PASSING:
            # It stays failed, however often it is looked at.
            raise ClientError(errors.TRANSIENT, "BULK_JOB_LOST", message, body_excerpt=message)
        raise ClientError(
            kind,
            "BULK_JOB_FAILED",
            message or "the server gave no reason",
            body_excerpt=message,
        )
    if found["state"] == "Aborted":
        raise ClientError(errors.UNKNOWN, "BULK_JOB_ABORTED", message or "the query job was aborted in Salesforce")
    return found


def _class_of(message: str) -> str:
    """The fault class of a failed job: of the first error code in the server's text, which may stand behind others."""
    codes = [word.strip() for word in message.split(":")]
    known = next((code for code in codes if code in errors.KIND_BY_CODE), codes[0])
    return errors.classify(known, message)


def results(
    session: SalesforceSession, job_id: str, locator: str | None = None, max_records: int = MAX_RECORDS
) -> BulkPage:
    """A page of a finished job, streamed. locator: None for the first page, then `next_locator` of the page before.

    Raises ClientError: transient/BULK_JOB_LOST, transient/BULK_JOB_NOT_READY, transient/BULK_VERSION_CHANGED (the job
    was made with another API version: start a new one); while rows are read, transient for a broken or short stream.
    """
    params = {"maxRecords": str(max_records)}
    if locator:
        params["locator"] = locator
    response = _get(
        session,
        f"{_PATH}/{job_id}/results",
        params=params,
        headers={"Accept": "text/csv"},
        stream=True,
        timeout=_TIMEOUT,
    )
    return BulkPage.open(response)


def _get(session: SalesforceSession, path: str, **options: Any) -> ApiResponse:
    try:
        return session.request("GET", path, **options)
    except ClientError as error:
        raise _translated(error) from None


def _translated(error: ClientError) -> ClientError:
    if _is_lost(error):
        code, message = "BULK_JOB_LOST", "the query job no longer exists"
    elif error.http_status == 409:
        code, message = "BULK_VERSION_CHANGED", "the query job was made with another API version"
    elif error.http_status == 400 and error.code in ("INVALIDJOBSTATE", "INVALIDOPERATION"):
        code, message = "BULK_JOB_NOT_READY", error.message
    else:
        return error
    return ClientError(errors.TRANSIENT, code, message, http_status=error.http_status, body_excerpt=error.body_excerpt)


def _is_lost(error: ClientError) -> bool:
    # A locator that the org no longer knows loses the pages behind it, so the job is of no use any more.
    return error.http_status == 404 or error.code in ("INVALIDJOB", "INVALID_QUERY_LOCATOR")


def _job(body: Any) -> dict[str, Any]:
    if not isinstance(body, Mapping) or not body.get("id") or not body.get("state"):
        raise ClientError(errors.CONTRACT, "ODD_ANSWER", "a job request was answered with something else than a job")
    return dict(body)
