import logging

from odoo import _, api, models

from odoo.addons.queue_job.exception import FailedJobError

from ..const import OPEN_MESSAGE_STATES
from ..domain.faults import FaultClass
from .jobs import RESTART_CODES, as_retry

_logger = logging.getLogger(__name__)

# A page whose job was given up this often is cut in two, to find the record to blame.
DEATHS = 1


class RetailSyncHealth(models.AbstractModel):
    """Nothing fails in the dark: every fault of a job ends in a retry, a stopped stream or a message.

    Two ways lead here, since a killed worker calls no hook: queue_job's failures, and
    the sweeper that looks for work without a job.
    """

    _name = "retail.sync.health"
    _description = "Faults of jobs"

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

    # -- jobs that failed

    @api.model
    def _on_jobs_failed(self, jobs):
        """Called in queue_job's own failure transaction."""
        for job in jobs:
            if job.method_name == "_job_poll":
                self._on_poll_failed(job)
            elif job.method_name == "_job_page":
                page = self.env["retail.sync.page"].sudo().browse(job.args[1]).exists()
                if page.state == "pending":
                    self._on_page_failed(page, job.exc_message or job.exc_name or _("The worker died."))
            elif job.method_name == "_job_records":
                self._on_records_failed(job)
            elif job.method_name in ("_job_drain", "_job_route", "_job_events", "_job_ingest"):
                self._on_worker_failed(job)
            elif job.method_name == "_job_unseen":
                self._on_unseen_failed(job)
            elif job.method_name == "_job_learn":
                self.env["retail.sync.identity.learning"].sudo()._on_failed(job)
            else:
                self._on_run_failed(job)

    @api.model
    def _on_poll_failed(self, job):
        backend = self.env["retail.sync.backend"].sudo().browse(job.args[0]).exists()
        if backend:
            self.env["retail.sync.exceptions"]._technical(
                backend, "JOB_FAILED", job.exc_message or job.exc_name or "", f"poll/{backend.id}"
            )

    @api.model
    def _on_records_failed(self, job):
        flow = self.env["retail.sync.flow"].sudo().browse(job.args[0]).exists()
        self.env["retail.sync.message"].sudo().search(
            [("flow_id", "=", flow.id), ("key", "in", job.args[1]), ("state", "=", "retrying")]
        ).write({"state": "open", "fault_message": job.exc_message or job.exc_name})

    @api.model
    def _on_worker_failed(self, job):
        """The sweeper wakes what waits for such a job again; people are told that something is wrong."""
        flow, backend = self.env["retail.sync.flow"].sudo(), self.env["retail.sync.backend"].sudo()
        if job.method_name == "_job_drain":
            flow = flow.browse(job.args[0]).exists()
            backend = flow.backend_id
        elif job.method_name == "_job_events":
            backend = backend.browse(job.args[0]).exists()
        backend = backend or backend.search([], limit=1)
        key = f"worker/{job.method_name}/{flow.id or backend.id}"
        if backend and not self._told(key):
            text = job.exc_message or job.exc_name or _("The worker died.")
            self.env["retail.sync.exceptions"].sudo()._technical(backend, "JOB_FAILED", text, key, flow=flow)

    @api.model
    def _told(self, key):
        return (
            self.env["retail.sync.message"]
            .sudo()
            .search_count([("key", "=", key), ("state", "in", list(OPEN_MESSAGE_STATES))], limit=1)
        )

    @api.model
    def _on_unseen_failed(self, job):
        """Whether these records are still there is not known: people are told, and may load the stream again."""
        flow = self.env["retail.sync.flow"].sudo().browse(job.args[0]).exists()
        if flow:
            text = job.exc_message or job.exc_name or _("The worker died.")
            self.env["retail.sync.exceptions"].sudo()._technical(
                flow.backend_id, "JOB_FAILED", text, f"flow/{flow.id}", flow=flow
            )

    @api.model
    def _on_run_failed(self, job):
        run = self.env["retail.sync.run"].sudo().browse(job.args[0]).exists()
        if run and run.state in ("pending", "running"):
            text = job.exc_message or job.exc_name or _("The worker died.")
            self.env["retail.sync.exceptions"].sudo()._technical(
                run.backend_id, "JOB_FAILED", text, f"run/{run.id}", flow=run.flow_id, run=run
            )
            run._finish("failed", message=text)
            self._cancel_followers(run)

    @api.model
    def _on_page_failed(self, page, text):
        """Cut a page that keeps failing in two; a page of one record becomes an exception. Nothing is dropped."""
        rows = page._rows()
        if len(rows) > 1:
            half = (len(rows) + 1) // 2
            parts = self.env["retail.sync.page"].sudo()._store(page.run_id, rows, half)
            for part in parts:
                self.env["retail.sync.loader"]._enqueue_page(part)
            page.write({"state": "done", "payload": False, "counters": {}})
            return
        flow, row = page.flow_id, rows[0]
        external_id, version = flow._adapter().row_key(flow, row)
        self.env["retail.sync.exceptions"].sudo()._technical(
            flow.backend_id, "JOB_CRASHED", text, external_id, flow=flow, run=page.run_id, payload=row
        ).write({"version": version})
        page.write({"state": "done", "payload": False, "counters": {"n_failed": 1}})
