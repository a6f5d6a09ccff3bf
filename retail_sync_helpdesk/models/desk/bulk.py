from collections.abc import Sequence
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import Answer, EncodedRecord, FaultClass, FaultError, as_fault
from odoo.addons.retail_sync.adapter.contract import Cursor, Stream

from ...client import rows
from ...client.directory import TICKETS
from ...client.errors import ClientError
from ...client.records import Job, Saved

# Records of a job, and of one bulk delivery.
JOB_RECORDS = 100
DELIVERY_RECORDS = 500
# From so many waiting changes on, jobs save calls.
THRESHOLD = 200


class RetailSyncAdapterDesk(models.AbstractModel):
    """Writing by jobs of the desk: known tickets, a hundred in a call. A job says of each what became of it.

    New records go one by one: a creation is protected against being made twice, and in a job it is not.
    """

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def bulk_write_threshold(self, stream: Stream) -> int:
        able = self.capabilities().bulk_write and stream.remote_object == TICKETS
        return THRESHOLD if able else 0

    @api.model
    def bulk_write_limit(self, stream: Stream) -> int:
        return DELIVERY_RECORDS

    @api.model
    def bulk_push_begin(self, stream: Stream, outgoing: Sequence[EncodedRecord]) -> Cursor:
        known = [encoded for encoded in outgoing if encoded.record.external_id]
        new = [encoded for encoded in outgoing if not encoded.record.external_id]
        cursor: Cursor = {"jobs": [], "done": {}}
        with self._desk(stream.connection_id, "bulk") as desk:
            for start in range(0, len(known), JOB_RECORDS):
                part = known[start : start + JOB_RECORDS]
                changes = {
                    str(encoded.record.external_id): rows.ticket_change(
                        encoded.fields, str((encoded.record.remote or {}).get("updated_at") or "")
                    )
                    for encoded in part
                }
                try:
                    job = desk.change_many(changes)
                except ClientError:
                    if not cursor["jobs"]:
                        raise
                    break  # what has no job is sent again by the next delivery
                cursor["jobs"].append(
                    {"key": job.key, "keys": list(job.keys), "records": [encoded.record.key for encoded in part]}
                )
        if new:
            self._push_new(stream, new, cursor)
        return cursor

    @api.model
    def _push_new(self, stream: Stream, new: Sequence[EncodedRecord], cursor: Cursor) -> None:
        """Create new records one by one, and keep their answers; where that fails as a whole, they are sent again."""
        try:
            answers = self.push(stream, new)
        except FaultError:
            if not cursor["jobs"]:
                raise
            return
        for encoded, answer in zip(new, answers, strict=True):
            cursor["done"][encoded.record.key] = _stored(answer)

    @api.model
    def bulk_push_ready(self, stream: Stream, cursor: Cursor) -> tuple[bool, Cursor]:
        done, left = dict(cursor["done"]), []
        with self._desk(stream.connection_id, "bulk") as desk:
            for entry in cursor["jobs"]:
                try:
                    job = desk.job(Job(entry["key"], tuple(entry["keys"])))
                except ClientError as error:
                    if error.kind != "gone":
                        raise
                    continue  # the desk forgot it: its records are sent again
                if not job.done:
                    left.append(entry)
                    continue
                for key, saved in zip(entry["records"], job.results, strict=False):
                    done[key] = _stored(_answer(saved))
        return not left, {"jobs": left, "done": done}

    @api.model
    def bulk_push_results(self, stream: Stream, cursor: Cursor) -> dict[str, Answer]:
        return {key: _restored(stored) for key, stored in cursor["done"].items()}


def _answer(saved: Saved) -> Answer:
    if saved.ok:
        return Answer(True, saved.key or None, saved.created)
    return Answer(False, saved.key or None, fault=as_fault(saved.error) if saved.error else None)


def _stored(answer: Answer) -> dict[str, Any]:
    """Return an Answer as JSON carries it."""
    fault = answer.fault if isinstance(answer.fault, FaultError) else None
    return {
        "ok": answer.ok,
        "id": answer.external_id,
        "created": answer.created,
        "fault": [str(fault.fault_class.value), fault.code, fault.message, list(fault.fields)] if fault else None,
    }


def _restored(stored: dict[str, Any]) -> Answer:
    fault = None
    if stored["fault"]:
        kind, code, message, fields = stored["fault"]
        fault = FaultError(FaultClass(kind), code, message, fields=fields)
    return Answer(stored["ok"], stored["id"], stored["created"], fault=fault)
