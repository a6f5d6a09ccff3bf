import logging
from typing import Any

from odoo import models

from ...domain.security.scrubbing import without_error_texts
from ...runtime import error_texts
from . import job_failures

_logger = logging.getLogger(__name__)


class QueueJob(models.Model):
    _inherit = "queue.job"

    def write(self, vals: dict[str, Any]) -> Any:
        ours = self.filtered(lambda job: (job.model_name or "").startswith("retail.sync."))
        hidden = _without_values(vals)
        if ours and hidden != vals:
            super(QueueJob, self - ours).write(vals)
            result = super(QueueJob, ours).write(hidden)
        else:
            result = super().write(vals)
        if vals.get("state") == "failed" and ours:
            # queue_job loses the failed state when this raises, and would run the
            # job again for ever; the sweeper finds what is missed here.
            try:
                with self.env.cr.savepoint():
                    job_failures.on_jobs_failed(self.env(su=True), ours)
            except Exception as error:
                text = "Could not note failed jobs %s"
                error_texts.log(_logger, logging.ERROR, error, text, ours.mapped("uuid"))
        return result


def _without_values(vals: dict[str, Any]) -> dict[str, Any]:
    """Return what is stored of a failure of ours: errors quote values of records, and jobs show to other people."""
    shown = dict(vals)
    if vals.get("exc_info"):
        shown["exc_info"] = without_error_texts(vals["exc_info"])
    if vals.get("exc_message"):
        shown["exc_message"] = error_texts.of_stored(vals.get("exc_name") or "", vals["exc_message"])
    return shown
