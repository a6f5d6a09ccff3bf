import uuid

from odoo import _, api, models

from ...runtime.constants import LANE_PRIORITY, channel
from ...runtime.jobs import on_the_wire, remote_step

IDS_PER_JOB = 200


class RetailSyncRereader(models.AbstractModel):
    """Chosen records, read afresh by id: "sync now", retried exceptions, decisions by hand."""

    _inherit = "retail.sync.rereader"

    @api.model
    def _enqueue_records(self, bindings, lane="critical"):
        """Queue a fresh read of linked records: one job per flow and 200 records."""
        for flow, group in bindings.filtered("flow_id").grouped("flow_id").items():
            # An alias may be the id of another object (a person account's contact), which this stream cannot read.
            own = group.filtered(lambda binding, flow=flow: binding.remote_object == flow.remote_object)
            self._enqueue_ids(flow, sorted(set(own.mapped("external_id"))), lane=lane)

    @api.model
    def _enqueue_ids(self, flow, external_ids, lane="critical", decision=None):
        for start in range(0, len(external_ids), IDS_PER_JOB):
            self.with_user(flow.backend_id.user_id).with_delay(
                channel=channel(lane),
                priority=LANE_PRIORITY[lane],
                max_retries=0,
                description=_("Read %(count)s records of %(flow)s", count=len(external_ids), flow=flow.name),
            )._job_records(flow.id, external_ids[start : start + IDS_PER_JOB], decision)

    @api.model
    def _enqueue_unseen(self, run):
        """Look after links that a load of everything did not show: absence alone tells nothing of their fate."""
        unseen = self.env["retail.sync.seen"].sudo()
        external_ids = unseen._unseen(run)
        flow = run.flow_id
        for start in range(0, len(external_ids), IDS_PER_JOB):
            self.with_user(flow.backend_id.user_id).with_delay(
                channel=channel("bulk"),
                priority=LANE_PRIORITY["bulk"],
                max_retries=0,
                description=_("Look after %(count)s records of %(flow)s", count=len(external_ids), flow=flow.name),
            )._job_unseen(flow.id, external_ids[start : start + IDS_PER_JOB])

    @remote_step
    def _job_unseen(self, flow_id, external_ids):
        """Ask by id for linked records that a load did not show: gone, merged, or merely out of scope."""
        flow, run = self._open_run(flow_id, "bulk")
        if not flow:
            return
        rows, missing = flow._adapter().read_by_ids(flow, external_ids)
        counters = {"n_excluded": len(rows)}
        if flow.filter_text:
            row_key = flow._adapter().row_key
            self.env["retail.sync.binding"].sudo()._out_of_sight(
                flow, [row_key(flow, row)[0] for row in rows], _("Outside the scope filter of %s", flow.name)
            )
        else:
            counters = self.env["retail.sync.inbound"]._process(flow, rows, run)
        if missing:
            self._settle_missing(flow, missing, run)
        run.write(dict(counters, n_read=len(rows), api_calls=1))
        run._finish()

    @api.model
    def _open_run(self, flow_id, lane):
        """Return (flow as used for remote calls, new run), or (None, None) if the flow is no more."""
        flow = self.env["retail.sync.flow"].sudo().browse(flow_id).exists()
        if not flow:
            return None, None
        run = (
            self.env["retail.sync.run"]
            .sudo()
            .create(
                {
                    "backend_id": flow.backend_id.id,
                    "flow_id": flow.id,
                    "kind": "records",
                    "correlation_id": uuid.uuid4().hex,
                }
            )
        )
        run._start()
        return on_the_wire(flow, run, lane), run

    @remote_step
    def _job_records(self, flow_id, external_ids, decision=None):
        """Read records by id and take them in, whatever version is known."""
        flow, run = self._open_run(flow_id, "critical")
        if not flow:
            return
        rows, missing = flow._adapter().read_by_ids(flow, external_ids)
        counters = self.env["retail.sync.inbound"]._process(flow, rows, run, force=True, decision=decision)
        if missing:
            self._settle_missing(flow, missing, run)
        run.write(dict(counters, n_read=len(rows), api_calls=1))
        run._finish()
