"""Queued jobs of the room comparison."""

from odoo import api, models

from ...runtime.jobs import remote_step
from . import steps


class RetailSyncComparisonJobs(models.AbstractModel):
    """What the queue calls in the room comparison; the work is in the modules beside it."""

    _name = "retail.sync.comparison.jobs"
    _description = "Queued jobs: comparison"

    @api.model
    @remote_step
    def _job_compare_begin(self, comparison_id: int) -> None:
        """Ask the platform for the versions of all records of the stream."""
        return steps.job_begin(self.env, comparison_id)

    @api.model
    @remote_step
    def _job_compare_wait(self, comparison_id: int, turn: int = 0) -> None:
        """Ask whether the list of versions is ready; ask again later while it is not."""
        return steps.job_wait(self.env, comparison_id, turn)

    @api.model
    @remote_step
    def _job_compare_list(self, comparison_id: int) -> None:
        """Store the next versions that the platform lists."""
        return steps.job_list(self.env, comparison_id)

    @api.model
    @remote_step
    def _job_compare_slice(self, comparison_id: int) -> None:
        """Compare the next slice of linked records."""
        return steps.job_slice(self.env, comparison_id)

    @api.model
    @remote_step
    def _job_compare_unlinked(self, comparison_id: int) -> None:
        """Find records of either side that no link knows, and end the comparison."""
        return steps.job_unlinked(self.env, comparison_id)
