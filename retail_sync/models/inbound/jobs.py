"""Queued jobs of the room inbound: queue_job runs methods of models, and each of these is its module's function."""

from odoo import api, models

from ...runtime.jobs import remote_step
from . import event_jobs, full_load, load_pages, poll, refresh


class RetailSyncInboundJobs(models.AbstractModel):
    """What the queue calls in the room inbound; the work is in the modules beside it."""

    _name = "retail.sync.inbound.jobs"
    _description = "Queued jobs: inbound"

    @api.model
    def _job_events(self, connection_id: int, lane: str = "standard") -> None:
        """Read the records of the waiting events of a lane's live streams, and take them in."""
        return event_jobs.job_events(self.env, connection_id, lane)

    @api.model
    @remote_step
    def _job_begin(self, run_id: int) -> None:
        """Count, choose bulk or pages, and start reading."""
        return full_load.job_begin(self.env, run_id)

    @api.model
    @remote_step
    def _job_wait(self, run_id: int, turn: int) -> None:
        """Ask whether the platform's bulk job is ready; ask again later and later while it is not."""
        return full_load.job_wait(self.env, run_id, turn)

    @api.model
    @remote_step
    def _job_fetch(self, run_id: int) -> None:
        """Read the next records, drop those that are known, store the rest as pages and queue them."""
        return full_load.job_fetch(self.env, run_id)

    @api.model
    def _job_page(self, run_id: int, page_id: int) -> None:
        """Process one stored page: its effects and its 'done' commit together."""
        return load_pages.job_page(self.env, run_id, page_id)

    @api.model
    def _job_finish(self, run_id: int) -> None:
        """Close the run once its last page is done, then start the next one."""
        return full_load.job_finish(self.env, run_id)

    @api.model
    @remote_step
    def _job_poll(self, connection_id: int) -> None:
        """Ask for changes and take them in; each stream's watermark moves with its page, in this transaction."""
        return poll.job_poll(self.env, connection_id)

    @api.model
    @remote_step
    def _job_poll_stream(self, stream_id: int) -> None:
        """Ask for the changes of one stream, whose trouble touches no other."""
        return poll.job_poll_stream(self.env, stream_id)

    @api.model
    @remote_step
    def _job_verify_missing(self, stream_id: int, external_ids: list[str]) -> None:
        """Ask by id for linked records that a load did not show: gone, merged, or merely out of scope."""
        return refresh.job_verify_missing(self.env, stream_id, external_ids)

    @api.model
    @remote_step
    def _job_refresh(
        self, stream_id: int, external_ids: list[str], decision: str | None = None, lane: str = "critical"
    ) -> None:
        """Read records by id and take them in, whatever version is known."""
        return refresh.job_refresh(self.env, stream_id, external_ids, decision, lane)
