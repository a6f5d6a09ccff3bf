"""Ingest jobs of Bulk API 2.0: many writes for few calls (API sheet section 5.1).

A job is made, filled and only then closed; until it is closed nothing of it runs. Whoever remembers the job before
closing it can never write a record behind its own back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from . import bulk_files, errors
from .bulk_rows import broken, csv_rows
from .collections import SaveResult
from .errors import ClientError
from .session import ApiResponse, SalesforceSession
from .transport import BULK_READ_SECONDS, CONNECT_SECONDS

UPSERT = "upsert"
UPDATE = "update"

OPEN = "Open"
COMPLETE = "JobComplete"
FAILED = "Failed"
ABORTED = "Aborted"

_PATH = "jobs/ingest"
_TIMEOUT = (CONNECT_SECONDS, BULK_READ_SECONDS)


@dataclass(frozen=True, slots=True)
class IngestJob:
    """A job as it stands. processed counts the failed records too; message: the server's reason for a failed job."""

    id: str
    state: str
    processed: int = 0
    failed: int = 0
    message: str = ""

    @property
    def finished(self) -> bool:
        """Whether it will not change any more. Only the results tell which records were written, whatever the state."""
        return self.state in (COMPLETE, FAILED, ABORTED)


@dataclass(frozen=True, slots=True)
class IngestResult:
    """One record of a job. row: the line of the result file, which repeats the columns that were uploaded."""

    key: str
    result: SaveResult
    row: dict[str, str] = field(repr=False)


def create_job(
    session: SalesforceSession,
    object: str,
    operation: str,
    key_field: str | None = None,
) -> IngestJob:
    """A new job, open and empty. operation: `UPSERT` by key_field, or `UPDATE` by Id.

    Bulk API 2.0 knows no header for duplicate rules: what they refuse, an update too, is for `collections.save`. May be
    repeated when its outcome is unknown: an open job does nothing and is removed by the server after a week.
    """
    if (operation == UPSERT) != bool(key_field):
        raise ValueError("an upsert needs a key field, and an update takes none")
    body = {"object": object, "operation": operation, "contentType": "CSV", "columnDelimiter": "COMMA"}
    body["lineEnding"] = "LF"
    if key_field:
        body["externalIdFieldName"] = key_field
    return _job(session.request("POST", _PATH, json=body, idempotent=True).json())


def upload(session: SalesforceSession, job_id: str, data: bytes) -> None:
    """Fill an open job; once only. When that fails in any way the job is of no use: `abort` it and make another."""
    session.request(
        "PUT",
        f"{_PATH}/{job_id}/batches",
        data=data,
        headers={"Content-Type": "text/csv; charset=UTF-8"},
        idempotent=True,
        timeout=_TIMEOUT,
    )


def close(session: SalesforceSession, job_id: str) -> IngestJob:
    """Let a filled job run. May be repeated: a job that runs already is answered as it stands.

    Raises ClientError transient/BULK_JOB_LOST when there is no such job.
    """
    try:
        return _job(_request(session, "PATCH", job_id, json={"state": "UploadComplete"}).json())
    except ClientError as error:
        if error.http_status != 400 or error.code == "BULK_JOB_LOST":
            raise
        found = job(session, job_id)
        if found.state == OPEN:
            raise error from None
        return found


def job(session: SalesforceSession, job_id: str) -> IngestJob:
    """The job as it stands. Raises ClientError transient/BULK_JOB_LOST when there is no such job."""
    return _job(_request(session, "GET", job_id).json())


def abort(session: SalesforceSession, job_id: str) -> None:
    """Stop a job; what it has written stays written. One that is finished or gone is no error."""
    try:
        _request(session, "PATCH", job_id, json={"state": ABORTED})
    except ClientError as error:
        if error.http_status != 400 and error.code != "BULK_JOB_LOST":
            raise


def results(session: SalesforceSession, found: IngestJob, key_column: str) -> Iterator[IngestResult]:
    """What became of each record that a finished job has tried, in no order; a key that is absent was not tried.

    key_column: whose values tell the records apart: Id for updates, the external-id field for upserts. Raises
    ClientError transient for a job that is not finished or a result that did not come whole.
    """
    if not found.finished:
        raise ClientError(errors.TRANSIENT, "BULK_JOB_NOT_READY", f"the job is {found.state}")
    expected = {"successfulResults": found.processed - found.failed, "failedResults": found.failed}
    for kind, count in expected.items():
        if found.state == COMPLETE and not count:
            continue
        read = 0
        for row in _rows(session, f"{found.id}/{kind}"):
            read += 1
            key = row.get(key_column)
            if key:  # a line that the server could not take apart has none: its record counts as not tried
                yield IngestResult(key, bulk_files.read_result(row), row)
        if found.state == COMPLETE and read != count:
            raise broken(f"{kind} has {read} rows, {count} were announced")


def _rows(session: SalesforceSession, path: str) -> Iterator[dict[str, str]]:
    response = _request(session, "GET", path, headers={"Accept": "text/csv"}, stream=True, timeout=_TIMEOUT)
    try:
        lines = csv_rows(response)
        header = next(lines, [])
        for line in lines:
            if len(line) != len(header):
                raise broken("a row of the result has too few or too many cells")
            yield dict(zip(header, line, strict=True))
    finally:
        response.close()


def _request(session: SalesforceSession, method: str, path: str, **options: Any) -> ApiResponse:
    try:
        return session.request(method, f"{_PATH}/{path}", idempotent=True, **options)
    except ClientError as error:
        if error.http_status == 404 or error.code == "INVALIDJOB":
            raise ClientError(
                errors.TRANSIENT,
                "BULK_JOB_LOST",
                "the ingest job no longer exists",
                http_status=error.http_status,
                body_excerpt=error.body_excerpt,
            ) from None
        raise


def _job(body: Any) -> IngestJob:
    try:
        return IngestJob(
            id=body["id"],
            state=body["state"],
            processed=int(body.get("numberRecordsProcessed") or 0),
            failed=int(body.get("numberRecordsFailed") or 0),
            message=str(body.get("errorMessage") or ""),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ClientError(
            errors.CONTRACT, "ODD_ANSWER", "a job request was answered with something else than a job"
        ) from None
