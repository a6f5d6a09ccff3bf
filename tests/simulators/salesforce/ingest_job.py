"""Runs the rows of a Bulk 2.0 ingest job and writes its result files."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Any

from .bulk_csv import NULL, CsvError, CsvFile, CsvWriter
from .bulk_jobs import Job
from .errors import ApiError, MultipleMatches
from .org import Org
from .writer import Writer

ROWS_A_STEP = 200
BATCH_ROWS = 10_000


@dataclass
class IngestJob(Job):
    key_field: str | None = None
    data: bytes | None = None
    file: CsvFile | None = None
    cursor: int = 0
    stop_at: int | None = None
    stop_message: str = ""
    results: list[tuple[str, bool]] = field(default_factory=list)
    failures: list[tuple[str, str, int]] = field(default_factory=list)
    successes: list[int] = field(default_factory=list)

    def info(self, full: bool) -> dict[str, Any]:
        body = self.base()
        if self.key_field:
            body["externalIdFieldName"] = self.key_field
        if self.state == "Open":
            body["contentUrl"] = f"services/data/v{self.context.version}/jobs/ingest/{self.id}/batches"
        if full:
            body.update(
                jobType="V2Ingest", numberRecordsProcessed=self.processed, numberRecordsFailed=self.failed, retries=0,
                totalProcessingTime=self.milliseconds, apiActiveProcessingTime=self.milliseconds, apexProcessingTime=0,
            )  # fmt: skip
            if self.error:
                body["errorMessage"] = self.error
        return body

    # -- running
    def step(self, org: Org) -> None:
        """Write the next rows, or fail the job."""
        started = time.perf_counter()
        try:
            if self.file is None:
                self._open(org)
            self._run_rows(org)
        except CsvError as error:
            self.error = str(error)
            self.touch(org, "Failed")
        self.milliseconds += int((time.perf_counter() - started) * 1000) + 1

    def _open(self, org: Org) -> None:
        self.file = CsvFile(self.data or b"", self.delimiter, self.line_ending)
        self.data = None
        self._check_header(org)
        org.usage.bulk_batches += max(1, -(-len(self.opened().rows) // BATCH_ROWS))
        fault = org.faults.for_job("bulk_ingest", self.object_name)
        if fault is not None:
            self.stop_at = fault.action.get("after_rows", 0)
            self.stop_message = fault.action.get("message", "InternalServerError : Retried more than ten times")

    def opened(self) -> CsvFile:
        """The uploaded file; only of a job that has begun."""
        assert self.file is not None
        return self.file

    def _check_header(self, org: Org) -> None:
        header = [name.lower() for name in self.opened().header]
        if len(set(header)) != len(header):
            raise CsvError("InvalidBatch : Duplicate field names in the CSV header")
        if self.operation in ("delete", "hardDelete") and header != ["id"]:
            raise CsvError("InvalidBatch : a delete job takes the single column Id")
        if self.operation == "update" and "id" not in header:
            raise CsvError("InvalidBatch : Field name not found : Id")
        if self.operation == "upsert" and (self.key_field or "").lower() not in header:
            raise CsvError(f"InvalidBatch : Field name not found : {self.key_field}")
        defn = org.schema.get(self.object_name)
        for name in self.opened().header:
            first = name.split(".")[0]
            if defn.field(first) is None and ("." not in name or defn.relation(first) is None):
                raise CsvError(f"InvalidBatch : Field name not found : {name}")

    def _run_rows(self, org: Org) -> None:
        rows = self.opened().rows
        end = min(self.cursor + ROWS_A_STEP, len(rows))
        if self.stop_at is not None:
            end = min(end, self.stop_at)
        writer = Writer(org, self.context)
        for index in range(self.cursor, end):
            self._run_row(writer, index)
        self.cursor = end
        if self.stop_at is not None and end >= self.stop_at:
            self.error = self.stop_message
            self.touch(org, "Failed")
        elif end >= len(rows):
            self.touch(org, "JobComplete")

    def _run_row(self, writer: Writer, index: int) -> None:
        cells = self.opened().rows[index][1]
        record_id = ""
        try:
            if cells is None:
                raise ApiError("MALFORMED_CSV_ROW", "the row could not be read against the header", fields=[])
            fields = self._fields(cells)
            record_id = str(fields.get("Id") or "")
            self.results.append(self._write(writer, fields))
            self.successes.append(index)
        except MultipleMatches as matches:
            message = f"{self.key_field}: more than one record found for external id field: [{', '.join(matches.ids)}]"
            error = ApiError("DUPLICATE_EXTERNAL_ID", message, fields=[self.key_field or ""])
            self.failures.append((record_id, error.csv(), index))
        except ApiError as error:
            self.failures.append((record_id, error.csv(), index))
        self.processed += 1
        self.failed = len(self.failures)

    def _fields(self, cells: list[str]) -> dict[str, Any]:
        """A row as a request body: empty cells are left out, ``#N/A`` clears."""
        fields: dict[str, Any] = {}
        for name, cell in zip(self.opened().header, cells, strict=True):
            if cell == "":
                continue
            value = None if cell == NULL else cell
            relation, _, key = name.partition(".")
            if key:
                fields[relation] = None if value is None else {key: value}
            else:
                fields["Id" if name.lower() == "id" else name] = value
        return fields

    def _write(self, writer: Writer, fields: dict[str, Any]) -> tuple[str, bool]:
        name = self.object_name
        if self.operation == "insert":
            return writer.insert(name, fields), True
        record_id = fields.pop("Id", None)
        if self.operation == "upsert" and (self.key_field or "").lower() != "id":
            key = next((k for k in fields if k.lower() == (self.key_field or "").lower()), None)
            value = fields.pop(key, None) if key else None
            if value is None:
                raise ApiError("MISSING_ARGUMENT", f"{self.key_field} not specified", fields=[])
            return writer.upsert(name, self.key_field or "", value, fields)
        if record_id is None and self.operation == "upsert":
            return writer.insert(name, fields), True
        if record_id is None:
            raise ApiError("MISSING_ARGUMENT", "Id not specified", fields=[])
        if self.operation == "delete":
            return writer.delete(name, record_id), False
        if self.operation == "hardDelete":
            return writer.hard_delete(name, record_id), False
        return writer.update(name, record_id, fields), False


def _shuffled(job: IngestJob, items: list[Any]) -> list[Any]:
    mixed = list(items)
    random.Random(job.id).shuffle(mixed)
    return mixed


def _successful(job: IngestJob) -> bytes:
    header = ["sf__Id", "sf__Created", *_header(job)]
    rows = [
        [record_id, "true" if created else "false", *(job.opened().rows[index][1] or ())]
        for (record_id, created), index in _shuffled(job, list(zip(job.results, job.successes, strict=True)))
    ]
    return CsvWriter(job.delimiter, job.line_ending).rows([header, *rows]).encoded()


def _failed(job: IngestJob) -> bytes:
    header = ["sf__Id", "sf__Error", *_header(job)]
    width = len(_header(job))
    rows = []
    for record_id, error, index in _shuffled(job, job.failures):
        raw, cells = job.opened().rows[index]
        rows.append([record_id, error, *(cells if cells is not None else [raw, *[""] * (width - 1)])])
    return CsvWriter(job.delimiter, job.line_ending).rows([header, *rows]).encoded()


def _unprocessed(job: IngestJob) -> bytes:
    if job.file is None:
        return job.data or b""
    left = [cells if cells is not None else [raw] for raw, cells in job.opened().rows[job.cursor :]]
    return CsvWriter(job.delimiter, job.line_ending).rows([_header(job), *left]).encoded()


def _header(job: IngestJob) -> list[str]:
    return job.opened().header if job.file is not None else []


RESULTS = {"successfulresults": _successful, "failedresults": _failed, "unprocessedrecords": _unprocessed}
