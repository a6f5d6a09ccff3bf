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
            flow = self._flow_of(method, record_id, run)
            if flow:
                self._on_flow_fault(flow, fault, run)
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
    def _flow_of(self, method, record_id, run):
        if run:
            return run.flow_id
        if method in ("_job_records", "_job_unseen"):
            return self.env["retail.sync.flow"].sudo().browse(record_id).exists()
        return None

    @api.model
    def _on_flow_fault(self, flow, fault, run=None):
        """A stream met a fault that concerns it as a whole."""
        if fault.fault_class != FaultClass.contract:
            # Passing trouble of one stream in an answer that served others: the next poll asks again.
            _logger.warning("%s: %s", flow.display_name, fault)
            return
        flow.sudo()._stop(fault)
        self.env["retail.sync.exceptions"].sudo()._technical(
            flow.backend_id, fault.code, fault.message, f"flow/{flow.id}", flow=flow, run=run, fault_class="contract"
        )
        if run:
            run._finish("failed", message=fault.message)
            self._cancel_followers(run)

    @api.model
    def _cancel_followers(self, run):
        """Runs that wait for a failed one are cancelled; the connection goes on with what it has."""
        following, flows = run.next_run_id, run.flow_id
        while following and following.state == "pending":
            following.write({"state": "cancelled", "message": _("%s failed before.", run.display_name)})
            flows |= following.flow_id
            following = following.next_run_id
        backend = run.backend_id
        if run.kind != "initial":
            return
        for flow in flows.filtered(lambda flow: flow.state == "loading"):
            # One that was read before goes on from there: polls must not forget it.
            flow.state = "live" if flow.cursor else "draft"
        if backend.state == "loading":
            backend.state = "running" if any(flow.state == "live" for flow in backend.flow_ids) else "connected"
