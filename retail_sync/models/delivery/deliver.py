import logging
import time
import uuid
from dataclasses import dataclass

from odoo import api, models

from ...domain.resilience.faults import FaultClass, FaultError, retry_delay
from ...runtime.jobs import on_the_wire
from ...runtime.transactions import retry_transaction, separate_transaction

_logger = logging.getLogger(__name__)

# A drain hands over to the next after this long, so that another lane gets its turn.
TARGET_SECONDS = 2.0
# When to look again for messages that somebody held while they were to be claimed.
HELD_SECONDS = 2
# Records are sent one by one once a call as a whole was refused this often over them.
WHOLE_CALL_CLASSES = (FaultClass.business, FaultClass.unknown, FaultClass.duplicate, FaultClass.gone)


@dataclass(frozen=True, slots=True)
class RunRef:
    """A run that another transaction made."""

    id: int
    correlation_id: str


class RetailSyncOutbound(models.AbstractModel):
    """Deliveries: claim, merge with what the platform has now, send, settle.

    Each step is a transaction of its own, and no database transaction is open while the
    platform works. What is sent can be sent again: bound records are written by their
    id, new ones under our own external id. So a worker that dies anywhere leaves at
    most work that is done once more, to the same effect.
    """

    _name = "retail.sync.outbound"
    _description = "Deliveries to platforms"

    @api.model
    def _job_drain(self, stream_id, lane):
        """Send what waits in one lane of a stream."""
        stream = self.env["retail.sync.stream"].sudo().browse(stream_id).exists()
        if not stream or not stream._delivers(lane):
            return
        claim = self.env.context.get("job_uuid") or uuid.uuid4().hex
        with separate_transaction(self.env, read_committed=True) as tx:
            tx["retail.sync.job.trigger"].sudo()._coalesce("drain", stream_id, lane)
            tx["retail.sync.outbox"].sudo()._left_behind(claim)
        until = time.monotonic() + TARGET_SECONDS
        while True:
            if self.env["retail.sync.bulk.outbound"].sudo()._takes(stream, lane):
                self.env["retail.sync.bulk.outbound"].sudo()._start(stream, lane)
                return
            limit = stream._adapter().write_limit(stream, lane)
            with separate_transaction(self.env, read_committed=True) as tx:
                claimed = (
                    tx["retail.sync.outbox"]
                    .sudo()
                    ._claim(tx["retail.sync.stream"].browse(stream_id), lane, claim, limit)
                )
                self._trigger_second_worker(tx, stream, lane, claimed, limit)
                if not claimed and tx["retail.sync.outbox"].sudo()._passed_over(stream, lane):
                    # Whoever holds them, to assign one perhaps, wakes nobody afterwards.
                    tx["retail.sync.job.trigger"].sudo()._trigger(
                        "drain", stream_id, lane, lane=lane, seconds=HELD_SECONDS
                    )
            if not claimed:
                return
            wait = self._deliver(stream, lane, claimed)
            if wait is None or time.monotonic() > until:
                self.env["retail.sync.job.trigger"].sudo()._trigger(
                    "drain", stream_id, lane, lane=lane, seconds=wait or 0
                )
                return

    @api.model
    def _trigger_second_worker(self, tx, stream, lane, claimed, limit):
        """Wake another worker of the lane, at once, where more waits than this one could take."""
        if len(claimed) == limit:
            tx["retail.sync.job.trigger"].sudo()._trigger("drain", stream.id, lane, lane=lane)

    @api.model
    def _deliver(self, stream, lane, claimed):
        """Send claimed messages and settle each; return seconds after which to look again, None for at once.

        Whatever happens, no message stays claimed: what could not be sent waits again.
        """
        run = self._open_run(stream, "push")
        calling = on_the_wire(stream, run, lane)
        try:
            records, verdicts = self._prepare(calling, claimed, run)
            outgoing = calling._adapter().encode(calling, records)
            answers = self._push_guarded(calling, [one for one in outgoing if one.fields and not one.fault])
        except FaultError as fault:
            return self._whole_fault(stream, lane, claimed, run, fault)
        except Exception:
            retry_transaction(
                self.env, lambda tx: tx["retail.sync.outbox"].sudo()._give_back([c.id for c in claimed], 60)
            )
            self._end_run(run, {"n_back": len(claimed)}, "failed")
            raise
        counters = self._apply_results(stream, run, claimed, outgoing, answers, verdicts)
        soon = counters.pop("soon", None)
        self._end_run(run, counters)
        if soon:
            self.env["retail.sync.job.trigger"].sudo()._trigger("drain", stream.id, lane, lane=lane, seconds=soon)
        return 0

    @api.model
    def _apply_results(self, stream, run, claimed, outgoing, answers, verdicts):
        """Settle claimed messages, then let go what waited for records that this has linked; return the counters."""
        counters = retry_transaction(
            self.env,
            lambda tx: (
                tx["retail.sync.settle"].sudo()._apply_results(stream.id, run.id, claimed, outgoing, answers, verdicts)
            ),
        )
        if counters.pop("release"):
            retry_transaction(self.env, lambda tx: tx["retail.sync.outbox"].sudo()._release_ready(stream.connection_id))
        return counters

    @api.model
    def _prepare(self, stream, claimed, run):
        """Return (records to send, {message id: verdict} of those that need no sending).

        What is bound is read from the platform and merged first, by the rules of the
        ownership matrix: an edit over there is neither overwritten nor lost.
        """
        step = self.env["retail.sync.out.records"].sudo()
        with separate_transaction(self.env) as tx:
            plan = tx["retail.sync.out.records"].sudo()._plan(stream.id, claimed)
        deleted = step._delete_remote(stream, plan)
        rows, missing = stream._adapter().read_by_ids(stream, sorted(plan.to_read)) if plan.to_read else ([], [])
        if missing:
            self._handle_missing(stream, missing, run)
        if plan.unsure:
            rows = rows + stream._adapter().read_by_keys(stream, sorted(plan.unsure))
        records, verdicts = retry_transaction(
            self.env, lambda tx: tx["retail.sync.out.records"].sudo()._merge(stream.id, run.id, plan, rows, missing)
        )
        verdicts.update(deleted)
        return records, verdicts

    @api.model
    def _handle_missing(self, stream, missing, run):
        """Find out what became of records that are not there: a remote question, then a transaction of its own."""
        refs = self.env["retail.sync.refresh"].sudo()._resolve_missing(stream, missing)
        retry_transaction(
            self.env,
            lambda tx: (
                tx["retail.sync.refresh"]
                .sudo()
                ._apply_missing(tx["retail.sync.stream"].browse(stream.id), refs, tx["retail.sync.run"].browse(run.id))
            ),
        )

    @api.model
    def _push_guarded(self, stream, outgoing):
        """Return {record key: Answer}; a call refused over its content is halved until the guilty stands alone."""
        if not outgoing:
            return {}
        try:
            answers = stream._adapter().push(stream, outgoing)
            return {one.record.key: answer for one, answer in zip(outgoing, answers, strict=True)}
        except FaultError as fault:
            if fault.fault_class not in WHOLE_CALL_CLASSES:
                raise
            if len(outgoing) == 1:
                return {outgoing[0].record.key: self.env["retail.sync.settle"]._refused(fault)}
        half = len(outgoing) // 2
        return {**self._push_guarded(stream, outgoing[:half]), **self._push_guarded(stream, outgoing[half:])}

    @api.model
    def _whole_fault(self, stream, lane, claimed, run, fault):
        """A call failed as a whole: the messages wait again; return when to look, None when people must act first."""
        waiting = fault.fault_class in (FaultClass.throttled, FaultClass.auth)
        seconds = fault.retry_after or retry_delay(FaultClass.transient, min(claimed[0].attempts, 5)) or 60
        seconds = max(1, int(60 if fault.fault_class == FaultClass.auth else seconds))
        if fault.fault_class == FaultClass.contract:
            seconds = 0

        def give_back(tx):
            tx["retail.sync.outbox"].sudo()._give_back(
                [one.id for one in claimed], seconds, count=not waiting, reason=fault.message
            )
            if fault.fault_class == FaultClass.contract:
                tx["retail.sync.health"].sudo()._on_stream_fault(
                    tx["retail.sync.stream"].sudo().browse(stream.id), fault
                )

        retry_transaction(self.env, give_back)
        self._end_run(run, {"n_back": len(claimed), "message": fault.message}, "failed")
        if fault.fault_class != FaultClass.contract:
            self.env["retail.sync.job.trigger"].sudo()._trigger("drain", stream.id, lane, lane=lane, seconds=seconds)
        return None

    # -- runs: made in transactions of their own, so the job's own does not see them

    @api.model
    def _open_run(self, stream, kind):
        correlation_id = uuid.uuid4().hex

        def create(tx):
            run = (
                tx["retail.sync.run"]
                .sudo()
                .create(
                    {
                        "connection_id": stream.connection_id.id,
                        "stream_id": stream.id,
                        "kind": kind,
                        "correlation_id": correlation_id,
                    }
                )
            )
            run._start()
            return run.id

        return RunRef(retry_transaction(self.env, create), correlation_id)

    @api.model
    def _end_run(self, run, counters, state="done"):
        counters = dict(counters)
        message = counters.pop("message", False)

        def end(tx):
            own_run = tx["retail.sync.run"].sudo().browse(run.id)
            own_run.write(counters)
            own_run._finish(state, message)

        retry_transaction(self.env, end)
