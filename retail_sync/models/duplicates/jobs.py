"""Queued jobs of the room duplicates: queue_job runs methods of models, and each of these is its module's function."""

from odoo import api, models

from . import batch_merge, finder


class RetailSyncDuplicatesJobs(models.AbstractModel):
    """What the queue calls in the room duplicates; the work is in the modules beside it."""

    _name = "retail.sync.duplicates.jobs"
    _description = "Queued jobs: duplicates"

    @api.model
    def _job_spread(self, ids, reason):
        """Queue the merges of these groups in jobs of a few seconds."""
        return batch_merge.job_spread(self.env, ids, reason)

    @api.model
    def _job_merge(self, ids, reason):
        """Merge groups, each by itself: one that cannot be merged goes back to people, with the cause."""
        return batch_merge.job_merge(self.env, ids, reason)

    @api.model
    def _job_begin(self, search_id):
        """Bring the index up to date. The next job cuts it into slices: this one's transaction began before it was."""
        return finder.job_begin(self.env, search_id)

    @api.model
    def _job_cut(self, search_id):
        """Cut the customers into slices and queue a job for each."""
        return finder.job_cut(self.env, search_id)

    @api.model
    def _job_slice(self, slice_id):
        """Compare the customers of a slice, and store the pairs that are alike."""
        return finder.job_slice(self.env, slice_id)

    @api.model
    def _job_gather(self, search_id):
        """Cut what the pairs connect into parts, once all slices are done, and queue a job for each."""
        return finder.job_gather(self.env, search_id)

    @api.model
    def _job_group(self, slice_id):
        """Make the groups of a part."""
        return finder.job_group(self.env, slice_id)

    @api.model
    def _job_finish(self, search_id):
        """End the search, once all parts are done."""
        return finder.job_finish(self.env, search_id)
