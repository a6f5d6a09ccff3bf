import logging
from typing import Any

from odoo import models

from . import job_failures

_logger = logging.getLogger(__name__)


class QueueJob(models.Model):
    _inherit = "queue.job"

    def write(self, vals: dict[str, Any]) -> Any:
        result = super().write(vals)
        if vals.get("state") == "failed":
            ours = self.filtered(lambda job: (job.model_name or "").startswith("retail.sync."))
            if ours:
                # queue_job loses the failed state when this raises, and would run the
                # job again for ever; the sweeper finds what is missed here.
                try:
                    with self.env.cr.savepoint():
                        job_failures.on_jobs_failed(self.env(su=True), ours)
                except Exception:
                    _logger.exception("Could not note failed jobs %s", ours.mapped("uuid"))
        return result
