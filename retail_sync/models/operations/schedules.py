from odoo import api, models

from ...runtime.transactions import run_separately
from ..identity import value_counts
from ..identity.index import PATIENCE
from ..inbound import poll
from ..links import deferred_references
from . import record_fold, retention, sweeper


class RetailSyncConnection(models.Model):
    """What schedules ask of connections."""

    _inherit = "retail.sync.connection"

    @api.model
    def _cron_poll(self) -> None:
        """Queue a poll of every connection that may have live streams."""
        for connection in self.sudo().search([("state", "in", poll.POLLED)]):
            poll.enqueue(self.env(su=True), connection)

    @api.model
    def _cron_sweep(self) -> None:
        """See to work that lost its job."""
        sweeper.sweep(self.env(su=True))

    @api.model
    def _cron_deferred_references(self) -> None:
        """Set references to records that arrived later."""
        for connection in self.sudo().search([("state", "!=", "draft")]):
            while run_separately(self.env, deferred_references.link, connection):
                # What another transaction has written is not what this one remembers.
                self.env.invalidate_all()

    @api.model
    def _cron_identity(self) -> None:
        """Keep the index of customers in sync, and its counts of names and contacts near the truth."""
        if not value_counts.keep(self.env(su=True), PATIENCE):
            self.env.ref("retail_sync.cron_identity")._trigger()

    @api.model
    def _cron_figures(self) -> None:
        """Fold in what changed, so that the figures of the overview are true for whoever opens it."""
        if not record_fold.fold_all(self.env):
            self.env.ref("retail_sync.cron_figures")._trigger()

    @api.model
    def _cron_recount(self) -> None:
        """Compute all figures afresh, once a day: what no trigger reports, such as a stream's new role, is in them."""
        run_separately(self.env, record_fold.recount)

    @api.model
    def _cron_retention(self) -> None:
        """Delete what has been kept long enough; nothing of it counts as done before it is committed."""
        retention.run(self.env(su=True))

    @api.model
    def _after_erasure(self) -> None:  # pylint: disable=missing-return
        """Take the records of the erased person out of the figures: they hold ids of the platform."""
        super()._after_erasure()
        record_fold.fold(self.env(su=True))

    @api.model
    def _after_removal(self) -> None:  # pylint: disable=missing-return
        """Count the figures afresh."""
        super()._after_removal()
        record_fold.recount(self.env(su=True))
