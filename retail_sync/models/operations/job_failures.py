import logging

from odoo import _, api, models

from ...runtime.constants import OPEN_MESSAGE_STATES

_logger = logging.getLogger(__name__)

# A page whose job was given up this often is cut in two, to find the record to blame.
DEATHS = 1


class RetailSyncHealth(models.AbstractModel):
    """Nothing fails in the dark: every fault of a job ends in a retry, a stopped stream or a message.

    Two ways lead here, since a killed worker calls no hook: queue_job's failures, and
    the sweeper that looks for work without a job.
    """

    _inherit = "retail.sync.health"

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
            elif job.method_name == "_job_refresh":
                self._on_records_failed(job)
            elif job.method_name in ("_job_drain", "_job_route", "_job_events", "_job_ingest"):
                self._on_worker_failed(job)
            elif job.method_name == "_job_verify_missing":
                self._on_unseen_failed(job)
            elif job.method_name == "_job_learn":
                self.env["retail.sync.identity.learning"].sudo()._on_failed(job)
            else:
                self._on_run_failed(job)

    @api.model
    def _on_poll_failed(self, job):
        connection = self.env["retail.sync.connection"].sudo().browse(job.args[0]).exists()
        if connection:
            self.env["retail.sync.exceptions"]._technical(
                connection, "JOB_FAILED", job.exc_message or job.exc_name or "", f"poll/{connection.id}"
            )

    @api.model
    def _on_records_failed(self, job):
        stream = self.env["retail.sync.stream"].sudo().browse(job.args[0]).exists()
        self.env["retail.sync.message"].sudo().search(
            [("stream_id", "=", stream.id), ("key", "in", job.args[1]), ("state", "=", "retrying")]
        ).write({"state": "open", "fault_message": job.exc_message or job.exc_name})

    @api.model
    def _on_worker_failed(self, job):
        """The sweeper wakes what waits for such a job again; people are told that something is wrong."""
        stream, connection = self.env["retail.sync.stream"].sudo(), self.env["retail.sync.connection"].sudo()
        if job.method_name == "_job_drain":
            stream = stream.browse(job.args[0]).exists()
            connection = stream.connection_id
        elif job.method_name == "_job_events":
            connection = connection.browse(job.args[0]).exists()
        connection = connection or connection.search([], limit=1)
        key = f"worker/{job.method_name}/{stream.id or connection.id}"
        if connection and not self._told(key):
            text = job.exc_message or job.exc_name or _("The worker died.")
            self.env["retail.sync.exceptions"].sudo()._technical(connection, "JOB_FAILED", text, key, stream=stream)

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
        stream = self.env["retail.sync.stream"].sudo().browse(job.args[0]).exists()
        if stream:
            text = job.exc_message or job.exc_name or _("The worker died.")
            self.env["retail.sync.exceptions"].sudo()._technical(
                stream.connection_id, "JOB_FAILED", text, f"stream/{stream.id}", stream=stream
            )

    @api.model
    def _on_run_failed(self, job):
        run = self.env["retail.sync.run"].sudo().browse(job.args[0]).exists()
        if run and run.state in ("pending", "running"):
            text = job.exc_message or job.exc_name or _("The worker died.")
            self.env["retail.sync.exceptions"].sudo()._technical(
                run.connection_id, "JOB_FAILED", text, f"run/{run.id}", stream=run.stream_id, run=run
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
        stream, row = page.stream_id, rows[0]
        external_id, version = stream._adapter().row_key(stream, row)
        self.env["retail.sync.exceptions"].sudo()._technical(
            stream.connection_id, "JOB_CRASHED", text, external_id, stream=stream, run=page.run_id, payload=row
        ).write({"version": version})
        page.write({"state": "done", "payload": False, "counters": {"n_failed": 1}})
