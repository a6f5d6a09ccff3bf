"""Queued jobs of the room order_exceptions."""

from odoo import api, models

from ...runtime.constants import channel
from . import candidates, evaluate


class RetailSyncOrderExceptionsJobs(models.AbstractModel):
    """What the queue calls in the room order_exceptions; the work is in the modules beside it."""

    _name = "retail.sync.order_exceptions.jobs"
    _description = "Queued jobs: order exceptions"

    @api.model
    def _queue(self, below: int | None = None) -> None:
        """Queue the evaluation of orders in progress beneath an id, the newest first; of all of them without one."""
        self.sudo().with_delay(
            channel=channel("bulk"),
            identity_key=f"retail_sync/order_rules/{below or ''}",
            description=self.env._("Evaluate the rules of orders"),
        )._job_evaluate(below)

    @api.model
    def _job_evaluate(self, below: int | None = None) -> None:
        """Evaluate a batch of orders, and queue the next one. A batch that is repeated changes nothing."""
        ids = candidates.after(self.env(su=True), below, candidates.PAGE)
        evaluate.evaluate_each(self.env(su=True), ids)
        if len(ids) == candidates.PAGE:
            self._queue(ids[-1])
