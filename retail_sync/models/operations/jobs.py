"""Queued jobs of the room operations: queue_job runs methods of models, and each of these is its module's function."""

from odoo import api, models

from . import go_live, history_job


class RetailSyncOperationsJobs(models.AbstractModel):
    """What the queue calls in the room operations; the work is in the modules beside it."""

    _name = "retail.sync.operations.jobs"
    _description = "Queued jobs: operations"

    @api.model
    def _job_go_live(self, stream_id: int, after_id: int) -> None:
        """Queue what the platform has to get about linked records, once its stream has gone live."""
        return go_live.job_go_live(self.env, stream_id, after_id)

    @api.model
    def _job_count_writes(self, stream_id: int, after_id: int, token: str) -> None:
        """Count what going live would write."""
        return go_live.job_count_writes(self.env, stream_id, after_id, token)

    @api.model
    def _job_history(self, run_id: int) -> None:
        """Queue the next page of a stream's history."""
        return history_job.job_history(self.env, run_id)
