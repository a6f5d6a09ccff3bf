"""Queued jobs of the room review: queue_job runs methods of models, each method calls a function."""

from odoo import api, models

from . import bulk_answer


class RetailSyncReviewJobs(models.AbstractModel):
    """Entry points for the queue in the room review; the work is in the modules beside this one."""

    _name = "retail.sync.review.jobs"
    _description = "Queued jobs: review"

    @api.model
    def _job_answer(self, answer: str, message_ids: list[int], seen: list[list], wizard_id: int | None = None) -> None:
        """Answer a part of the reviews, then queue the rest: parallel parts would wait for each other's rows."""
        return bulk_answer.job_answer(self.env, answer, message_ids, seen, wizard_id)
