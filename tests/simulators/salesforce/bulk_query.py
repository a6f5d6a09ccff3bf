"""Bulk 2.0 query jobs."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from typing import Any

from .bulk_csv import DELIMITERS, LINE_ENDINGS, column_cells, render_columns
from .bulk_jobs import PREFIX, TERMINAL, Job, choice, find, listing
from .errors import ApiError
from .messages import Request, Response
from .org import Context, Org
from .rows import method_not_allowed
from .schema import COMPOUND_TYPES
from .soql_exec import Result
from .soql_parser import parse
from .soql_tree import Aggregate, Query

SLICE_ROWS = 1000


@dataclass
class QueryJob(Job):
    query: str = ""
    result: Result | None = field(default=None, repr=False)

    def info(self, full: bool) -> dict[str, Any]:
        body = self.base()
        if full:
            body.update(
                jobType="V2Query",
                numberRecordsProcessed=self.processed,
                retries=0,
                totalProcessingTime=self.milliseconds,
            )
            if self.error:
                body["errorMessage"] = self.error
        return body

    def step(self, org: Org) -> None:
        """Take the snapshot that the result pages are read from."""
        started = time.perf_counter()
        fault = org.faults.for_job("bulk_query", self.object_name)
        if fault is not None:
            self.error = fault.action.get("message", "InternalServerError : Retried more than fifteen times")
            self.touch(org, "Failed")
            return
        try:
            self.result = org.executor(self.context, self.operation == "queryAll").run(self.query)
        except ApiError as error:
            self.error = f"{error.code}: {error.message}"
            self.touch(org, "Failed")
            return
        self.processed = self.result.total
        self.milliseconds = int((time.perf_counter() - started) * 1000) + 1
        self.touch(org, "JobComplete")


def handle(org: Org, request: Request, tail: list[str]) -> Response:
    if not tail:
        if request.method == "POST":
            return _create(org, request)
        if request.method == "GET":
            jobs = [job.info(full=False) for job in reversed(org.query_jobs.values())]
            return listing(org, request, jobs, "jobs/query")
        raise method_not_allowed(request)
    job: QueryJob = find(org.query_jobs, tail[0])
    if request.context.version != job.context.version:
        message = f"The job was created with API version {job.context.version}, not {request.context.version}"
        raise ApiError("API_VERSION_MISMATCH", message, status=409)
    if len(tail) == 2 and tail[1].lower() == "results" and request.method == "GET":
        return _results(org, request, job)
    if len(tail) > 1:
        raise method_not_allowed(request)
    if request.method == "GET":
        return Response(200, job.info(full=True))
    if request.method == "PATCH":
        if request.json_object().get("state") != "Aborted" or job.state in TERMINAL:
            raise ApiError("INVALIDJOBSTATE", f"Job in state {job.state} can only be aborted while it runs")
        job.touch(org, "Aborted")
        return Response(200, job.info(full=False))
    if request.method == "DELETE":
        if job.state not in TERMINAL:
            raise ApiError("INVALIDJOBSTATE", f"A job in state {job.state} cannot be deleted")
        del org.query_jobs[job.id]
        return Response(204)
    raise method_not_allowed(request)


def _create(org: Org, request: Request) -> Response:
    body = request.json_object()
    operation = body.get("operation")
    if operation not in ("query", "queryAll"):
        raise ApiError("INVALIDOPERATION", f"Unsupported operation: {operation}")
    text = body.get("query")
    if not isinstance(text, str) or not text.strip():
        raise ApiError("MALFORMED_QUERY", "A query string has to be specified")
    query = parse(text)
    outer: Context = request.context
    # Compiling it once with no rows finds unknown fields and objects before the job is queued.
    probe = parse(text)
    probe.limit, probe.offset = 0, None
    found = org.executor(outer).execute(probe)
    _check_supported(query, found)
    context = Context(outer.user_id, outer.access, outer.version, outer.client, origin="bulk")
    now = org.clock.now()
    job = QueryJob(
        org.store.ids.new(PREFIX), operation, found.object_name, context, now, "UploadComplete", now, queued=now,
        content_type=choice(body, "contentType", ("CSV",), "CSV"),
        delimiter=choice(body, "columnDelimiter", DELIMITERS, "COMMA"),
        line_ending=choice(body, "lineEnding", LINE_ENDINGS, "LF"), query=text,
    )  # fmt: skip
    org.query_jobs[job.id] = job
    org.usage.bulk_query_jobs += 1
    org.bulk_worker.wake()
    return Response(200, job.info(full=False))


def _check_supported(query: Query, found: Result) -> None:
    refused = None
    if query.group_by or any(isinstance(item, Aggregate) for item in query.items):
        refused = "GROUP BY and aggregates"
    elif query.offset is not None:
        refused = "OFFSET"
    elif any(isinstance(item, Query) for item in query.items):
        refused = "child subqueries"
    elif any(column.field.type in COMPOUND_TYPES for _, column in found.columns):
        refused = "compound fields"
    if refused:
        raise ApiError("FUNCTIONALITY_NOT_ENABLED", f"{refused} are not supported in a bulk query")


def _results(org: Org, request: Request, job: QueryJob) -> Response:
    if job.state != "JobComplete" or job.result is None:
        raise ApiError("INVALIDJOBSTATE", f"Results are not available while the job is {job.state}")
    start = _offset(request.query.get("locator"), job.result.total)
    wanted = request.query.get("maxRecords")
    if wanted is not None and (not wanted.isdigit() or int(wanted) < 1):
        raise ApiError("INVALIDJOB", f"maxRecords must be a positive number: {wanted}")
    end = start + min(int(wanted) if wanted else org.config.bulk_page_rows, org.config.bulk_page_rows)
    rows = job.result.rows[start:end]
    columns = job.result.columns
    # Rows never change in place, so rendering needs no lock.
    headers = {
        "Sforce-NumberOfRecords": str(len(rows)),
        "Sforce-Locator": _locator(end) if end < job.result.total else "null",
    }
    zulu = org.config.bulk_zulu_datetimes

    def render() -> bytes:
        parts = [render_columns([[name] for name, _ in columns], job.delimiter, job.line_ending)]
        # A slice that fits the processor's cache, so that going over it once per column stays cheap.
        for first in range(0, len(rows), SLICE_ROWS):
            part = rows[first : first + SLICE_ROWS]
            cells = [column_cells(column, part, zulu) for _, column in columns]
            parts.append(render_columns(cells, job.delimiter, job.line_ending))
        return b"".join(parts)

    return Response(200, render, headers, "text/csv")


def _locator(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=")


def _offset(locator: str | None, total: int) -> int:
    if locator is None:
        return 0
    try:
        position = int(base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)))
    except ValueError:
        raise ApiError("INVALIDJOB", f"Invalid locator: {locator}") from None
    if not 0 < position < total:
        raise ApiError("INVALIDJOB", f"Invalid locator: {locator}")
    return position
