from odoo import api, fields, models

from .pay_out import pay_out
from .pay_out_queue import enqueue

# A job that is due and did not run within this time is taken for lost.
_LATE_MINUTES = 5
_MOST = 500


class RetailSyncMoneyJobs(models.AbstractModel):
    """What the queue calls in the room money; the work is in the modules beside it."""

    _name = "retail.sync.money.jobs"
    _description = "Queued jobs: refunds"

    @api.model
    def _job_pay_out(self, refund_id: int) -> None:
        """Take the next steps of a refund. A job that is repeated pays nothing twice."""
        pay_out(self.env(su=True), refund_id)

    @api.model
    def _cron_sweep(self) -> None:
        """Queue again the steps of refunds whose job vanished or failed."""
        late = fields.Datetime.subtract(fields.Datetime.now(), minutes=_LATE_MINUTES)
        refunds = self.env["retail.sync.refund"].sudo()
        domain = [("state", "in", ("waiting", "sent")), "|", ("next_try_at", "=", False), ("next_try_at", "<", late)]
        for refund in refunds.search(domain, limit=_MOST, order="next_try_at, id"):
            enqueue(refund)
