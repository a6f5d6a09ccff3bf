import logging

from odoo import _, api, models

from odoo.addons.queue_job.exception import FailedJobError

from ...domain.resilience.faults import FaultClass
from ...runtime.jobs import RESTART_CODES, as_retry

_logger = logging.getLogger(__name__)


class RetailSyncHealth(models.AbstractModel):
    """Faults of jobs that a platform, or the way to it, caused."""

    _name = "retail.sync.health"
    _description = "Steps of retail.sync.health"

    # -- faults that a platform, or the way to it, caused

    @api.model
    def _on_fault(self, model, method, record_id, args, fault):
        """Decide what a job does about a FaultError. The job's own work is rolled back already.

        :raises RetryableJobError: when waiting helps
        """
        run = self.env["retail.sync.run"].sudo()
        if method in ("_job_begin", "_job_wait", "_job_fetch"):
            run = run.browse(record_id).exists()
            if fault.code in RESTART_CODES and run:
                return self.env[model]._job_bulk_lost(run)
        retry = as_retry(fault, self._attempt())
        if retry is not None:
            raise retry
        if fault.fault_class == FaultClass.contract:
            stream = self._stream_of(method, record_id, run)
            if stream:
                self._on_stream_fault(stream, fault, run)
                return None
        raise FailedJobError(str(fault))

    @api.model
    def _attempt(self):
        """Return how often the running job was tried, from 1."""
        uuid = self.env.context.get("job_uuid")
        job = self.env["queue.job"].sudo().search([("uuid", "=", uuid)], limit=1) if uuid else None
        # queue_job stores the number of tries that ended; the running one is not among them.
        return job.retry + 1 if job else 1

    @api.model
    def _stream_of(self, method, record_id, run):
        if run:
            return run.stream_id
        if method in ("_job_refresh", "_job_verify_missing"):
            return self.env["retail.sync.stream"].sudo().browse(record_id).exists()
        return None

    @api.model
    def _on_stream_fault(self, stream, fault, run=None):
        """A stream met a fault that concerns it as a whole."""
        if fault.fault_class != FaultClass.contract:
            # Passing trouble of one stream in an answer that served others: the next poll asks again.
            _logger.warning("%s: %s", stream.display_name, fault)
            return
        stream.sudo()._stop(fault)
        self.env["retail.sync.exceptions"].sudo()._technical(
            stream.connection_id,
            fault.code,
            fault.message,
            f"stream/{stream.id}",
            stream=stream,
            run=run,
            fault_class="contract",
        )
        if run:
            run._finish("failed", message=fault.message)
            self._cancel_followers(run)

    @api.model
    def _cancel_followers(self, run):
        """Runs that wait for a failed one are cancelled; the connection goes on with what it has."""
        following, streams = run.next_run_id, run.stream_id
        while following and following.state == "pending":
            following.write({"state": "cancelled", "message": _("%s failed before.", run.display_name)})
            streams |= following.stream_id
            following = following.next_run_id
        connection = run.connection_id
        if run.kind != "initial":
            return
        for stream in streams.filtered(lambda stream: stream.state == "loading"):
            # One that was read before goes on from there: polls must not forget it.
            stream.state = "live" if stream.cursor else "draft"
        if connection.state == "loading":
            connection.state = (
                "running" if any(stream.state == "live" for stream in connection.stream_ids) else "connected"
            )
