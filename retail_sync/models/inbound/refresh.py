import uuid

from odoo import _, api, models

from ...runtime.constants import LANE_PRIORITY, channel
from ...runtime.jobs import on_the_wire, remote_step

IDS_PER_JOB = 200


class RetailSyncRefresh(models.AbstractModel):
    """Chosen records, read afresh by id: "sync now", retried exceptions, decisions by hand."""

    _inherit = "retail.sync.refresh"

    @api.model
    def _enqueue_records(self, links, lane="critical"):
        """Queue a fresh read of linked records: one job per stream and 200 records."""
        for stream, group in links.filtered("stream_id").grouped("stream_id").items():
            # An alias may be the id of another object (a person account's contact), which this stream cannot read.
            own = group.filtered(lambda link, stream=stream: link.remote_object == stream.remote_object)
            self._enqueue_ids(stream, sorted(set(own.mapped("external_id"))), lane=lane)

    @api.model
    def _enqueue_ids(self, stream, external_ids, lane="critical", decision=None):
        for start in range(0, len(external_ids), IDS_PER_JOB):
            self.with_user(stream.connection_id.user_id).with_delay(
                channel=channel(lane),
                priority=LANE_PRIORITY[lane],
                max_retries=0,
                description=_("Read %(count)s records of %(stream)s", count=len(external_ids), stream=stream.name),
            )._job_refresh(stream.id, external_ids[start : start + IDS_PER_JOB], decision)

    @api.model
    def _enqueue_missing(self, run):
        """Look after links that a load of everything did not show: absence alone tells nothing of their fate."""
        unseen = self.env["retail.sync.load.snapshot"].sudo()
        external_ids = unseen._unseen(run)
        stream = run.stream_id
        for start in range(0, len(external_ids), IDS_PER_JOB):
            self.with_user(stream.connection_id.user_id).with_delay(
                channel=channel("bulk"),
                priority=LANE_PRIORITY["bulk"],
                max_retries=0,
                description=_(
                    "Look after %(count)s records of %(stream)s", count=len(external_ids), stream=stream.name
                ),
            )._job_verify_missing(stream.id, external_ids[start : start + IDS_PER_JOB])

    @remote_step
    def _job_verify_missing(self, stream_id, external_ids):
        """Ask by id for linked records that a load did not show: gone, merged, or merely out of scope."""
        stream, run = self._open_run(stream_id, "bulk")
        if not stream:
            return
        rows, missing = stream._adapter().read_by_ids(stream, external_ids)
        counters = {"n_excluded": len(rows)}
        if stream.filter_text:
            row_key = stream._adapter().row_key
            self.env["retail.sync.link"].sudo()._out_of_sight(
                stream, [row_key(stream, row)[0] for row in rows], _("Outside the scope filter of %s", stream.name)
            )
        else:
            counters = self.env["retail.sync.inbound"]._process(stream, rows, run)
        if missing:
            self._handle_missing(stream, missing, run)
        run.write(dict(counters, n_read=len(rows), api_calls=1))
        run._finish()

    @api.model
    def _open_run(self, stream_id, lane):
        """Return (stream as used for remote calls, new run), or (None, None) if the stream is no more."""
        stream = self.env["retail.sync.stream"].sudo().browse(stream_id).exists()
        if not stream:
            return None, None
        run = (
            self.env["retail.sync.run"]
            .sudo()
            .create(
                {
                    "connection_id": stream.connection_id.id,
                    "stream_id": stream.id,
                    "kind": "records",
                    "correlation_id": uuid.uuid4().hex,
                }
            )
        )
        run._start()
        return on_the_wire(stream, run, lane), run

    @remote_step
    def _job_refresh(self, stream_id, external_ids, decision=None):
        """Read records by id and take them in, whatever version is known."""
        stream, run = self._open_run(stream_id, "critical")
        if not stream:
            return
        rows, missing = stream._adapter().read_by_ids(stream, external_ids)
        counters = self.env["retail.sync.inbound"]._process(stream, rows, run, force=True, decision=decision)
        if missing:
            self._handle_missing(stream, missing, run)
        run.write(dict(counters, n_read=len(rows), api_calls=1))
        run._finish()
