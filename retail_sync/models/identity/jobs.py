"""Queued jobs of the room identity: queue_job runs methods of models, and each of these is its module's function."""

from odoo import api, models

from . import learning


class RetailSyncIdentityJobs(models.AbstractModel):
    """What the queue calls in the room identity; the work is in the modules beside it."""

    _name = "retail.sync.identity.jobs"
    _description = "Queued jobs: identity"

    @api.model
    def _job_learn(self, version_id):
        """Learn, and write the draft. What it says of itself is committed at once, so that people see it."""
        return learning.job_learn(self.env, version_id)
