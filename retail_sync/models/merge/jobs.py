"""Queued jobs of the room merge: queue_job runs methods of models, and each of these is its module's function."""

from odoo import api, models

from ...runtime.jobs import remote_step
from . import to_platform


class RetailSyncMergeJobs(models.AbstractModel):
    """What the queue calls in the room merge; the work is in the modules beside it."""

    _name = "retail.sync.merge.jobs"
    _description = "Queued jobs: merge"

    @api.model
    @remote_step
    def _job_retire(self, stream_id, winners):
        """Mark records as second ones of others, {external id: the main one's}, or take the mark away (None)."""
        return to_platform.job_retire(self.env, stream_id, winners)
