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
    def _job_compare_list(self, comparison_id: int, turn: int = 0) -> None:
        """Ask the platform for versions, and store those that it lists."""
        return steps.job_list(self.env, comparison_id, turn)

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
