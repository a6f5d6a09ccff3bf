"""Queued jobs of the room identity: queue_job runs methods of models, each method calls a function."""

from odoo import api, models

from . import learning


class RetailSyncIdentityJobs(models.AbstractModel):
    """Entry points for the queue in the room identity; the work is in the modules beside this one."""

    _name = "retail.sync.identity.jobs"
    _description = "Queued jobs: identity"

    @api.model
    def _job_learn(self, version_id: int) -> None:
        """Learn weights and write them to a draft; each new state is committed at once, so that people see it."""
        return learning.job_learn(self.env, version_id)
