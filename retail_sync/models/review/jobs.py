"""Queued jobs of the room review: queue_job runs methods of models, and each of these is its module's function."""

from collections.abc import Iterable
from typing import Any

from odoo import api, models

from . import bulk_answer


class RetailSyncReviewJobs(models.AbstractModel):
    """What the queue calls in the room review; the work is in the modules beside it."""

    _name = "retail.sync.review.jobs"
    _description = "Queued jobs: review"

    @api.model
    def _job_answer(self, answer: Any, message_ids: Iterable[int], seen: Any, wizard_id: Any = None) -> Any:
        """Answer a part, then queue the rest: parts that ran side by side would wait for one another's rows."""
        return bulk_answer.job_answer(self.env, answer, message_ids, seen, wizard_id)
