import time
import uuid

from odoo import api, models

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.resilience.faults import FaultClass, FaultError
from ...runtime.constants import OPEN_MESSAGE_STATES
from ...runtime.jobs import as_retry
from ...runtime.transactions import retry_transaction, separate_transaction
from .event_records import passes

# A job hands over to the next after this long, so that another lane gets its turn.
TARGET_SECONDS = 2.0
# Records read at once, by how often jobs ended over them; at last each is read alone, and the guilty one given up.
READ_SIZES = (1000, 1000, 1000, 100, 100, 10, 10, 1, 1, 1)


class RetailSyncInbox(models.AbstractModel):
    """Events: records that are said to have changed, read afresh by their id.

    Each step is a transaction of its own: claim; read; take in and settle the events,
    which is one. A worker that dies anywhere leaves events that wait, and
    reading a record again changes nothing that is known already: the remote version
    decides, so neither repetition nor order matters.
    """

    _name = "retail.sync.inbox"
    _description = "Events of platforms"

    @api.model
    def _job_events(self, connection_id, lane="standard"):
        """Read the records of the waiting events of a lane's live streams, and take them in."""
        connection = self.env["retail.sync.connection"].sudo().browse(connection_id).exists()
        if not connection:
            return
        claim = self.env.context.get("job_uuid") or uuid.uuid4().hex
        until = time.monotonic() + TARGET_SECONDS
        # What a former life of this job had in hand when its worker died.
        self._on_store("_give_back", claim)
        while True:
            with separate_transaction(self.env, read_committed=True) as tx:
                claimed = (
                    tx["retail.sync.inbox.store"]
                    .sudo()
                    ._claim(tx["retail.sync.connection"].sudo().browse(connection_id), lane, claim)
                )
            if not claimed:
                return
            faults = []
            try:
                for stream_id, hints in claimed.items():
                    stream = self.env["retail.sync.stream"].sudo().browse(stream_id)
                    faults += self._take_stream(stream, lane, hints, until)
            finally:
                left = self._on_store("_give_back", claim)
            if faults:
                self._on_store("_absorb_later", connection_id, lane)
                raise self._as_retry(faults[0])
            self._all_well(connection)
            if left or time.monotonic() > until:
                self.env["retail.sync.inbox.store"].sudo()._trigger(connection_id, lane)
                return

    @api.model
    def _on_store(self, method, *args):
        """Return what a method of the store does in a short transaction of its own."""
        with separate_transaction(self.env, read_committed=True) as tx:
            return getattr(tx["retail.sync.inbox.store"].sudo(), method)(*args)

    @api.model
    def _as_retry(self, fault):
        """Return how queue_job is told to come back; the events wait, so the job never fails over a fault."""
        retry = as_retry(fault, self.env["retail.sync.health"]._attempt())
        return retry or RetryableJobError(fault.message, seconds=60, ignore_retry=True)

    @api.model
    def _take_stream(self, stream, lane, hints, until):
        """Take in the records of a stream's events, {external id: Hint}; return the faults that ask for another try."""
        records, faults = self.env["retail.sync.inbox.records"], []
        for number, external_ids in enumerate(self._chunks(hints)):
            # Each stream has its turn, however many events of another one wait.
            if number and time.monotonic() > until:
                break
            attempts = hints[external_ids[0]].attempts
            if attempts >= len(READ_SIZES):
                records._give_up(stream, external_ids[0], hints, self.env._("Reading this record kept failing."))
                continue
            try:
                records._take(stream, lane, external_ids, hints)
            except FaultError as fault:
                if fault.fault_class == FaultClass.contract:
                    retry_transaction(self.env, lambda tx, fault=fault: self._stop(tx, stream, fault))
                    break
                if len(external_ids) == 1 and not passes(fault) and fault.fault_class != FaultClass.unknown:
                    records._give_up(stream, external_ids[0], hints, str(fault), code=fault.code)
                    continue
                faults.append(fault)
                if passes(fault):
                    break
        return faults

    @api.model
    def _chunks(self, hints):
        """Return lists of external ids to read at once: sound ones first, suspects in ever smaller parts."""
        sizes = {}
        for external_id, hint in hints.items():
            size = READ_SIZES[hint.attempts] if hint.attempts < len(READ_SIZES) else 0
            sizes.setdefault(size, []).append(external_id)
        return [
            group[start : start + (size or 1)]
            for size, group in sorted(sizes.items(), reverse=True)
            for start in range(0, len(group), size or 1)
        ]

    @api.model
    def _stop(self, tx, stream, fault):
        tx["retail.sync.health"].sudo()._on_stream_fault(tx["retail.sync.stream"].sudo().browse(stream.id), fault)

    @api.model
    def _all_well(self, connection):
        """Close what was said about failed event jobs, now that one went through."""
        self.env["retail.sync.message"].sudo().search(
            [
                ("connection_id", "=", connection.id),
                ("key", "=like", "worker/_job_events/%"),
                ("state", "in", list(OPEN_MESSAGE_STATES)),
            ]
        )._resolve(self.env._("Events are taken in again"))

    @api.model
    def _sweep_events(self, connection):
        """For the sweeper: see to events that no job has in hand."""
        self.env["retail.sync.inbox.store"].sudo()._sweep(connection)
