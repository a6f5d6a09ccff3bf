"""Queued jobs of the room outbox: queue_job runs methods of models, and each of these is its module's function."""

from odoo import api, models

from . import routing


class RetailSyncOutboxJobs(models.AbstractModel):
    """What the queue calls in the room outbox; the work is in the modules beside it."""

    _name = "retail.sync.outbox.jobs"
    _description = "Queued jobs: outbox"

    @api.model
    def _job_route(self):
        """Route all that waits, in transactions of its own: this job's sees only what was there when it began."""
        return routing.job_route(self.env)

    @api.model
    def _job_route_mass(self):
        """Route mass changes by pages, one worker at a time."""
        return routing.job_route_mass(self.env)
