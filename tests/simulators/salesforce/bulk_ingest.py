"""Bulk 2.0 ingest jobs."""

from __future__ import annotations

from dataclasses import replace

from .bulk_csv import DELIMITERS, LINE_ENDINGS, CsvError, CsvFile
from .bulk_jobs import PREFIX, TERMINAL, choice, find, listing
from .errors import ApiError
from .ingest_job import RESULTS, IngestJob
from .messages import Request, Response
from .org import Context, Org
from .rows import method_not_allowed

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
MAX_UPLOAD = 150_000_000


def handle(org: Org, request: Request, tail: list[str]) -> Response:
    if not tail:
        if request.method == "POST":
            return _create(org, request)
        if request.method == "GET":
            jobs = [job.info(full=False) for job in reversed(org.ingest_jobs.values())]
            return listing(org, request, jobs, "jobs/ingest")
        raise method_not_allowed(request)
    job: IngestJob = find(org.ingest_jobs, tail[0])
    if len(tail) == 1:
        return _one_job(org, request, job)
    word = tail[1].lower()
    if word == "batches" and request.method == "PUT":
        return _upload(org, request, job)
    if request.method == "GET" and word in RESULTS and len(tail) == 2:
        if job.state not in TERMINAL:
            raise ApiError("INVALIDJOBSTATE", f"Results are not available while the job is {job.state}")
        return Response(200, RESULTS[word](job), content_type="text/csv")
    raise method_not_allowed(request)


def _create(org: Org, request: Request) -> Response:
    body = request.json_object()
    defn = org.schema.find(str(body.get("object") or ""))
    if defn is None:
        raise ApiError("INVALIDENTITY", f"Entity '{body.get('object')}' is not supported by the Bulk API.")
    operation = body.get("operation")
    if operation not in OPERATIONS:
        raise ApiError("INVALIDOPERATION", f"Unsupported operation: {operation}")
    key_field = body.get("externalIdFieldName")
    if operation == "upsert":
        field = defn.field(str(key_field or ""))
        if field is None or not field.lookup_key or not request.context.access.readable(defn, field):
            raise ApiError(
                "INVALIDJOB", f"External ID field {key_field} does not exist on {defn.name} or is no external id"
            )
        key_field = field.name
    outer: Context = request.context
    context = Context(
        outer.user_id, outer.access, outer.version, outer.client, allow_save=False, lenient="csv", origin="bulk"
    )
    now = org.clock.now()
    job = IngestJob(
        org.store.ids.new(PREFIX), operation, defn.name, context, now, "Open", now,
        content_type=choice(body, "contentType", ("CSV",), "CSV"),
        delimiter=choice(body, "columnDelimiter", DELIMITERS, "COMMA"),
        line_ending=choice(body, "lineEnding", LINE_ENDINGS, "LF"),
        key_field=key_field if operation == "upsert" else None, origin=replace(org.store.origin, kind="bulk"),
    )  # fmt: skip
    org.ingest_jobs[job.id] = job
    return Response(200, job.info(full=False))


def _one_job(org: Org, request: Request, job: IngestJob) -> Response:
    if request.method == "GET":
        return Response(200, job.info(full=True))
    if request.method == "PATCH":
        return _change_state(org, request, job)
    if request.method == "DELETE":
        if job.state not in TERMINAL:
            raise ApiError("INVALIDJOBSTATE", f"A job in state {job.state} cannot be deleted: abort it first")
        del org.ingest_jobs[job.id]
        return Response(204)
    raise method_not_allowed(request)


def _change_state(org: Org, request: Request, job: IngestJob) -> Response:
    state = request.json_object().get("state")
    if state == "Aborted" and job.state not in TERMINAL:
        job.touch(org, "Aborted")
        if job.file is None and job.data is not None:
            try:
                job.file = CsvFile(job.data, job.delimiter, job.line_ending)
            except CsvError:
                job.file = None
    elif state == "UploadComplete" and job.state == "Open":
        if job.data is None:
            raise ApiError("INVALIDJOBSTATE", "No data was uploaded")
        job.touch(org, "UploadComplete")
        job.queued = org.clock.now()
        org.bulk_worker.wake()
    else:
        raise ApiError("INVALIDJOBSTATE", f"Job in state {job.state} cannot change to {state}")
    return Response(200, job.info(full=False))


def _upload(org: Org, request: Request, job: IngestJob) -> Response:
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media != "text/csv":
        raise ApiError("UNSUPPORTED_MEDIA_TYPE", f"Content type {media or 'missing'} is not text/csv", status=415)
    if job.state != "Open" or job.data is not None:
        raise ApiError("INVALIDJOBSTATE", f"Data can be uploaded once, while the job is Open; it is {job.state}")
    if len(request.body) > MAX_UPLOAD:
        raise ApiError("EXCEEDED_MAX_SIZE_REQUEST", "The upload is larger than 150 MB")
    job.data = request.body
    return Response(201)
