import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from os.path import commonprefix
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import Answer, EncodedRecord, FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Cursor, Stream

from ....client import bulk_files, bulk_ingest, duplicates, errors
from ....client.errors import ClientError
from ....client.session import SalesforceSession
from ....writing.faults import is_drift
from ..read.decode import EXTERNAL_ID_FIELD
from .price_books import BASE
from .prices import list_of
from .products import target_id
from .records import Result, neighbour

Job = dict[str, Any]

LOST = "Lost"
NO_FIELD = re.compile(r"Field name not found\s*:\s*([\w.]+)")


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Writing by ingest jobs of Bulk API 2.0: some calls for any number of records.

    Cursor: {"version": API version the jobs were made with, "jobs": [{"id", "update", "state", "processed",
    "failed"}], "keys": [what our keys begin with, {record id: the rest of our key}] of records written by id, "anyway":
    keys of new records that a person confirmed, "refused": {key: why a record was not handed over}}. Jobs are
    closed, and with that begin to run, only once the cursor is kept: a worker that dies before leaves nothing behind
    that writes.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def bulk_push_begin(self, stream: Stream, outgoing: Sequence[EncodedRecord]) -> Cursor:
        sendable = [encoded for encoded in outgoing if encoded.fields and not encoded.fault]
        with self._session(stream.connection_id, "bulk") as session:
            # The contact of a household that is refused names an account that is not there, and is refused for it.
            refused = self._before_save(session, stream, sendable)
        if stream.entity == "customer":
            refused = {}
        sendable = [encoded for encoded in sendable if encoded.record.key not in refused]
        # Rows of one parent next to each other: batches run at once and would lock it against one another. Standard
        # prices come first: those of lists need them.
        sendable.sort(key=lambda item: (stream.entity == "price" and list_of(item) != BASE, neighbour(item)))
        known = [encoded for encoded in sendable if target_id(encoded)]
        new = [encoded for encoded in sendable if not target_id(encoded)]
        jobs: list[Job] = []
        with self._session(stream.connection_id, "bulk") as session:
            try:
                updates = [{**encoded.fields, "Id": target_id(encoded)} for encoded in known]
                for file in bulk_files.build(updates, "Id"):
                    self._fill_job(session, stream, jobs, file, bulk_ingest.UPDATE)
                upserts = [{**encoded.fields, EXTERNAL_ID_FIELD: encoded.record.key} for encoded in new]
                for file in bulk_files.build(upserts, EXTERNAL_ID_FIELD):
                    self._fill_job(session, stream, jobs, file, bulk_ingest.UPSERT)
            except (ClientError, FaultError):
                self._abort_jobs(session, jobs)
                raise
            prefix = commonprefix([encoded.record.key for encoded in known])
            keys = {target_id(encoded): encoded.record.key[len(prefix) :] for encoded in known}
            anyway = [encoded.record.key for encoded in new if encoded.record.create_anyway]
            return {
                "version": session.version,
                "jobs": jobs,
                "keys": [prefix, keys],
                "anyway": anyway,
                "refused": {key: _refusal(answer) for key, answer in refused.items()},
            }

    @api.model
    def _fill_job(
        self, session: SalesforceSession, stream: Stream, jobs: list[Job], file: bulk_files.IngestFile, operation: str
    ) -> None:
        key_field = EXTERNAL_ID_FIELD if operation == bulk_ingest.UPSERT else None
        job = bulk_ingest.create_job(session, stream.remote_object, operation, key_field)
        jobs.append({"id": job.id, "update": operation == bulk_ingest.UPDATE, "state": job.state})
        bulk_ingest.upload(session, job.id, file.data)

    @api.model
    def _abort_jobs(self, session: SalesforceSession, jobs: Iterable[Job]) -> None:
        """Stop jobs that are not needed any more; one that cannot be stopped was never closed, and writes nothing."""
        for job in jobs:
            try:
                bulk_ingest.abort(session, job["id"])
            except (ClientError, FaultError):
                return

    @api.model
    def bulk_push_ready(self, stream: Stream, cursor: Cursor) -> tuple[bool, Cursor]:
        jobs = []
        with self._session(stream.connection_id, "bulk", cursor.get("version")) as session:
            for job in cursor["jobs"]:
                jobs.append(self._advance(session, job))
        cursor = dict(cursor, jobs=jobs)
        for job in jobs:
            self._check_failed(stream, job)
        return all(job.get("finished") for job in jobs), cursor

    @api.model
    def _advance(self, session: SalesforceSession, job: Job) -> Job:
        """Return the job as it stands now; one that waits to be closed is closed."""
        if job.get("finished"):
            return job
        try:
            step = bulk_ingest.close if job["state"] == bulk_ingest.OPEN else bulk_ingest.job
            found = step(session, job["id"])
        except ClientError as error:
            if error.code != "BULK_JOB_LOST":
                raise
            return dict(job, state=LOST, finished=True)
        return dict(
            job,
            state=found.state,
            finished=found.finished,
            processed=found.processed,
            failed=found.failed,
            message=found.message,
        )

    @api.model
    def _check_failed(self, stream: Stream, job: Job) -> None:
        """Raise the fault of a job whose file Salesforce refused: sent again as it is, it would be refused again.

        Any other failed job has simply not tried its records; nor has one whose fields the org had lost meanwhile.
        """
        message = job.get("message") or ""
        if job["state"] != bulk_ingest.FAILED or job.get("processed"):
            return
        if not message.startswith("InvalidBatch") and errors.classify(message.partition(":")[0].strip()) != (
            errors.CONTRACT
        ):
            return
        unknown = NO_FIELD.search(message)
        if not unknown or not self._explained(stream, [unknown[1]], creating=not job["update"]):
            raise FaultError(FaultClass.contract, "BULK_JOB_FAILED", message)

    @api.model
    def bulk_push_results(self, stream: Stream, cursor: Cursor) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        refused = {}
        for key, (fault_class, code, message, candidates) in (cursor.get("refused") or {}).items():
            fault = FaultError(FaultClass(fault_class), code, message)
            answers[key] = Answer(False, None, fault=fault, candidates=candidates)
        prefix, known = cursor["keys"]
        with self._session(stream.connection_id, "bulk", cursor.get("version")) as session:
            for job in cursor["jobs"]:
                if job["state"] == LOST:
                    continue
                found = bulk_ingest.IngestJob(
                    job["id"], job["state"], job.get("processed") or 0, job.get("failed") or 0
                )
                key_column = "Id" if job["update"] else EXTERNAL_ID_FIELD
                for outcome in bulk_ingest.results(session, found, key_column):
                    if job["update"] and outcome.key not in known:
                        continue
                    key = prefix + known[outcome.key] if job["update"] else outcome.key
                    answers[key] = self._bulk_answer(outcome, outcome.result)
                    if outcome.result.error and outcome.result.error.code == duplicates.DETECTED:
                        refused[key] = outcome
            for key, result in self._by_rows(session, stream, refused, cursor.get("anyway") or ()).items():
                answers[key] = self._bulk_answer(refused[key], result)
        return self._without_drifted(stream, answers)

    @api.model
    def _by_rows(
        self,
        session: SalesforceSession,
        stream: Stream,
        refused: Mapping[str, bulk_ingest.IngestResult],
        anyway: Collection[str],
    ) -> dict[str, Result]:
        """Return {record key: what became of it} of records that duplicate rules refused in bulk, sent by collections.

        There they pass the rules that only warn: known records always, new ones where a person confirmed them. Without
        an answer, the refusal stands.

        :param anyway: keys of new records that a person confirmed
        """
        if not refused:
            return {}
        records = [bulk_files.record_of(outcome.row) for outcome in refused.values()]
        try:
            results = self._save(session, stream, records, [key in anyway for key in refused])
        except (ClientError, FaultError):
            return {}
        return dict(zip(refused, self._learn_candidates(session, stream, records, results), strict=True))

    @api.model
    def _without_drifted(self, stream: Stream, answers: dict[str, Answer]) -> dict[str, Answer]:
        """Leave out records that were refused over a field which we now know not to send: they go again without it."""
        drifted = {key: answer for key, answer in answers.items() if is_drift(answer.fault)}
        for creating in (True, False):
            group = {key: answer for key, answer in drifted.items() if creating is not bool(answer.external_id)}
            paths = {path for answer in group.values() for path in answer.fault.fields}
            if paths and self._explained(stream, paths, creating):
                answers = {key: answer for key, answer in answers.items() if key not in group}
        return answers

    @api.model
    def _bulk_answer(self, outcome: bulk_ingest.IngestResult, result: Result) -> Answer:
        sent = bulk_files.record_of(outcome.row) if isinstance(result, FaultError) or result.error else {}
        return self._answer(outcome.row.get("Id"), sent, result)

    @api.private
    @api.model
    def bulk_push_abort(self, stream: Stream, cursor: Cursor) -> None:
        """Stop a bulk delivery; what it has written stays written."""
        with self._session(stream.connection_id, "bulk", cursor.get("version")) as session:
            self._abort_jobs(session, [job for job in cursor["jobs"] if not job.get("finished")])


def _refusal(answer: Answer) -> list[Any]:
    """Return a refusal as JSON carries it: class, code, text and the ids of candidates."""
    fault = answer.fault if isinstance(answer.fault, FaultError) else FaultError(FaultClass.unknown, "UNKNOWN", "")
    return [str(fault.fault_class.value), fault.code, fault.message, list(answer.candidates)]
