import logging
import time
import uuid
from dataclasses import dataclass

from odoo import api, models

from ...domain.resilience.faults import FaultClass, FaultError, retry_delay
from ...runtime.jobs import on_the_wire
from ...runtime.transactions import own_transaction, settled

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
    def _job_drain(self, flow_id, lane):
        """Send what waits in one lane of a stream."""
        flow = self.env["retail.sync.flow"].sudo().browse(flow_id).exists()
        if not flow or not flow._delivers(lane):
            return
        claim = self.env.context.get("job_uuid") or uuid.uuid4().hex
        with own_transaction(self.env, read_committed=True) as own:
            own["retail.sync.wake"].sudo()._absorb("drain", flow_id, lane)
            own["retail.sync.outbox"].sudo()._left_behind(claim)
        until = time.monotonic() + TARGET_SECONDS
        while True:
            if self.env["retail.sync.bulk.outbound"].sudo()._takes(flow, lane):
                self.env["retail.sync.bulk.outbound"].sudo()._start(flow, lane)
                return
            limit = flow._adapter().write_limit(flow, lane)
            with own_transaction(self.env, read_committed=True) as own:
                claimed = (
                    own["retail.sync.outbox"].sudo()._claim(own["retail.sync.flow"].browse(flow_id), lane, claim, limit)
                )
                self._call_mate(own, flow, lane, claimed, limit)
                if not claimed and own["retail.sync.outbox"].sudo()._passed_over(flow, lane):
                    # Whoever holds them, to assign one perhaps, wakes nobody afterwards.
                    own["retail.sync.wake"].sudo()._wake("drain", flow_id, lane, lane=lane, seconds=HELD_SECONDS)
            if not claimed:
                return
            wait = self._deliver(flow, lane, claimed)
            if wait is None or time.monotonic() > until:
                self.env["retail.sync.wake"].sudo()._wake("drain", flow_id, lane, lane=lane, seconds=wait or 0)
                return

    @api.model
    def _call_mate(self, own, flow, lane, claimed, limit):
        """Wake another worker of the lane, at once, where more waits than this one could take."""
        if len(claimed) == limit:
            own["retail.sync.wake"].sudo()._wake("drain", flow.id, lane, lane=lane)

    @api.model
    def _deliver(self, flow, lane, claimed):
        """Send claimed messages and settle each; return seconds after which to look again, None for at once.

        Whatever happens, no message stays claimed: what could not be sent waits again.
        """
        run = self._open_run(flow, "push")
        calling = on_the_wire(flow, run, lane)
        try:
            records, verdicts = self._prepare(calling, claimed, run)
            outgoing = calling._adapter().encode(calling, records)
            answers = self._push_guarded(calling, [one for one in outgoing if one.fields and not one.fault])
        except FaultError as fault:
            return self._whole_fault(flow, lane, claimed, run, fault)
        except Exception:
            settled(self.env, lambda own: own["retail.sync.outbox"].sudo()._give_back([c.id for c in claimed], 60))
            self._end_run(run, {"n_back": len(claimed)}, "failed")
            raise
        counters = self._settle(flow, run, claimed, outgoing, answers, verdicts)
        soon = counters.pop("soon", None)
        self._end_run(run, counters)
        if soon:
            self.env["retail.sync.wake"].sudo()._wake("drain", flow.id, lane, lane=lane, seconds=soon)
        return 0

    @api.model
    def _settle(self, flow, run, claimed, outgoing, answers, verdicts):
        """Settle claimed messages, then let go what waited for records that this has linked; return the counters."""
        counters = settled(
            self.env,
            lambda own: own["retail.sync.settle"].sudo()._settle(flow.id, run.id, claimed, outgoing, answers, verdicts),
        )
        if counters.pop("release"):
            settled(self.env, lambda own: own["retail.sync.outbox"].sudo()._release_ready(flow.backend_id))
        return counters

    @api.model
    def _prepare(self, flow, claimed, run):
        """Return (records to send, {message id: verdict} of those that need no sending).

        What is bound is read from the platform and merged first, by the rules of the
        ownership matrix: an edit over there is neither overwritten nor lost.
        """
        step = self.env["retail.sync.out.records"].sudo()
        with own_transaction(self.env) as own:
            plan = own["retail.sync.out.records"].sudo()._plan(flow.id, claimed)
        deleted = step._delete_remote(flow, plan)
        rows, missing = flow._adapter().read_by_ids(flow, sorted(plan.to_read)) if plan.to_read else ([], [])
        if missing:
            self._settle_missing(flow, missing, run)
        if plan.unsure:
            rows = rows + flow._adapter().read_by_keys(flow, sorted(plan.unsure))
        records, verdicts = settled(
            self.env, lambda own: own["retail.sync.out.records"].sudo()._merge(flow.id, run.id, plan, rows, missing)
        )
        verdicts.update(deleted)
        return records, verdicts

    @api.model
    def _settle_missing(self, flow, missing, run):
        """Find out what became of records that are not there: a remote question, then a transaction of its own."""
        refs = self.env["retail.sync.rereader"].sudo()._fates(flow, missing)
        settled(
            self.env,
            lambda own: (
                own["retail.sync.rereader"]
                .sudo()
                ._bury_fates(own["retail.sync.flow"].browse(flow.id), refs, own["retail.sync.run"].browse(run.id))
            ),
        )

    @api.model
    def _push_guarded(self, flow, outgoing):
        """Return {record key: Answer}; a call refused over its content is halved until the guilty stands alone."""
        if not outgoing:
            return {}
        try:
            answers = flow._adapter().push(flow, outgoing)
            return {one.record.key: answer for one, answer in zip(outgoing, answers, strict=True)}
        except FaultError as fault:
            if fault.fault_class not in WHOLE_CALL_CLASSES:
                raise
            if len(outgoing) == 1:
                return {outgoing[0].record.key: self.env["retail.sync.settle"]._refused(fault)}
        half = len(outgoing) // 2
        return {**self._push_guarded(flow, outgoing[:half]), **self._push_guarded(flow, outgoing[half:])}

    @api.model
    def _whole_fault(self, flow, lane, claimed, run, fault):
        """A call failed as a whole: the messages wait again; return when to look, None when people must act first."""
        waiting = fault.fault_class in (FaultClass.throttled, FaultClass.auth)
        seconds = fault.retry_after or retry_delay(FaultClass.transient, min(claimed[0].attempts, 5)) or 60
        seconds = max(1, int(60 if fault.fault_class == FaultClass.auth else seconds))
        if fault.fault_class == FaultClass.contract:
            seconds = 0

        def give_back(own):
            own["retail.sync.outbox"].sudo()._give_back(
                [one.id for one in claimed], seconds, count=not waiting, reason=fault.message
            )
            if fault.fault_class == FaultClass.contract:
                own["retail.sync.health"].sudo()._on_flow_fault(own["retail.sync.flow"].sudo().browse(flow.id), fault)

        settled(self.env, give_back)
        self._end_run(run, {"n_back": len(claimed), "message": fault.message}, "failed")
        if fault.fault_class != FaultClass.contract:
            self.env["retail.sync.wake"].sudo()._wake("drain", flow.id, lane, lane=lane, seconds=seconds)
        return None

    # -- runs: made in transactions of their own, so the job's own does not see them

    @api.model
    def _open_run(self, flow, kind):
        correlation_id = uuid.uuid4().hex

        def create(own):
            run = (
                own["retail.sync.run"]
                .sudo()
                .create(
                    {
                        "backend_id": flow.backend_id.id,
                        "flow_id": flow.id,
                        "kind": kind,
                        "correlation_id": correlation_id,
                    }
                )
            )
            run._start()
            return run.id

        return RunRef(settled(self.env, create), correlation_id)

    @api.model
    def _end_run(self, run, counters, state="done"):
        counters = dict(counters)
        message = counters.pop("message", False)

        def end(own):
            own_run = own["retail.sync.run"].sudo().browse(run.id)
            own_run.write(counters)
            own_run._finish(state, message)

        settled(self.env, end)
