import uuid

from odoo import _, api, fields, models

from ..const import LANE_PRIORITY, channel
from .jobs import on_the_wire, remote_step
from .types import DeletedRef

IDS_PER_JOB = 200


class RetailSyncRereader(models.AbstractModel):
    """Chosen records, read afresh by id: "sync now", retried exceptions, decisions by hand."""

    _name = "retail.sync.rereader"
    _description = "Read chosen records again"

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

    @remote_step
    def _job_records(self, flow_id, external_ids, decision=None):
        """Read records by id and take them in, whatever version is known."""
        flow = self.env["retail.sync.flow"].sudo().browse(flow_id).exists()
        if not flow:
            return
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
        flow = on_the_wire(flow, run, "critical")
        rows, missing = flow._adapter().read_by_ids(flow, external_ids)
        counters = self.env["retail.sync.inbound"]._process(flow, rows, run, force=True, decision=decision)
        if missing:
            self._settle_missing(flow, missing, run)
        run.write(dict(counters, n_read=len(rows), api_calls=1))
        run._finish()

    @api.model
    def _settle_missing(self, flow, missing, run):
        """Records that are not there any more: deleted or merged if the platform says so, else out of our sight."""
        refs = flow._adapter().resolve_deleted(
            flow, [DeletedRef(external_id, fields.Datetime.to_string(fields.Datetime.now())) for external_id in missing]
        )
        self.env["retail.sync.tombstones"].sudo()._bury(flow, refs, run)
