"""Queued jobs of the room merge: queue_job runs methods of models, each method calls a function."""

from odoo import api, models

from ...runtime.jobs import remote_step
from . import to_platform


class RetailSyncMergeJobs(models.AbstractModel):
    """Entry points for the queue in the room merge; the work is in the modules beside this one."""

    _name = "retail.sync.merge.jobs"
    _description = "Queued jobs: merge"

    @api.model
    @remote_step
    def _job_retire(self, stream_id: int, winners: dict[str, str | None]) -> None:
        """Mark records as duplicates of others on the platform: {external id: the primary's}; None clears the mark."""
        return to_platform.job_retire(self.env, stream_id, winners)
