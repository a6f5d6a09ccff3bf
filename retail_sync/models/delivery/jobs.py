"""Queued jobs of the room delivery: queue_job runs methods of models, and each of these is its module's function."""

from odoo import api, models

from . import bulk, deliver, facts


class RetailSyncDeliveryJobs(models.AbstractModel):
    """What the queue calls in the room delivery; the work is in the modules beside it."""

    _name = "retail.sync.delivery.jobs"
    _description = "Queued jobs: delivery"

    @api.model
    def _job_ingest(self, run_id: int, waited: int = 1) -> None:
        """Ask whether the platform is done; apply its results when it is."""
        return bulk.job_ingest(self.env, run_id, waited)

    @api.model
    def _job_drain(self, stream_id: int, lane: str) -> None:
        """Send what waits in one lane of a stream: facts, or the present states of records."""
        if facts.delivers(self.env, stream_id):
            return facts.job_drain(self.env, stream_id, lane)
        return deliver.job_drain(self.env, stream_id, lane)
