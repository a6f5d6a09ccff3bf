"""Queued jobs of the room duplicates: queue_job runs methods of models, each method calls a function."""

from odoo import api, models

from . import batch_merge, finder


class RetailSyncDuplicatesJobs(models.AbstractModel):
    """Entry points for the queue in the room duplicates; the work is in the modules beside this one."""

    _name = "retail.sync.duplicates.jobs"
    _description = "Queued jobs: duplicates"

    @api.model
    def _job_spread(self, ids: list[int], reason: str) -> None:
        """Queue the merges of these groups in jobs of a few seconds."""
        return batch_merge.job_spread(self.env, ids, reason)

    @api.model
    def _job_merge(self, ids: list[int], reason: str) -> None:
        """Merge these groups separately; a group that cannot be merged opens again with the cause."""
        return batch_merge.job_merge(self.env, ids, reason)

    @api.model
    def _job_begin(self, search_id: int) -> None:
        """Update the index; the next job reads it in a transaction that begins after the update."""
        return finder.job_begin(self.env, search_id)

    @api.model
    def _job_cut(self, search_id: int) -> None:
        """Cut the customers into slices and queue a job for each slice."""
        return finder.job_cut(self.env, search_id)

    @api.model
    def _job_slice(self, slice_id: int) -> None:
        """Compare the customers of a slice, and store the pairs that are alike."""
        return finder.job_slice(self.env, slice_id)

    @api.model
    def _job_gather(self, search_id: int) -> None:
        """Cut the connected customers into parts when all slices are done, and queue a job for each part."""
        return finder.job_gather(self.env, search_id)

    @api.model
    def _job_group(self, slice_id: int) -> None:
        """Build the groups of a part."""
        return finder.job_group(self.env, slice_id)

    @api.model
    def _job_finish(self, search_id: int) -> None:
        """End the search when all parts are done."""
        return finder.job_finish(self.env, search_id)
