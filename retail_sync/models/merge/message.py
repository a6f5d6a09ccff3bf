from odoo import fields, models
from odoo.exceptions import UserError

from ...runtime.constants import OPEN_MESSAGE_STATES
from ..runs import refresh_queue
from . import from_platform


class RetailSyncMessage(models.Model):
    """Questions about merges: of a platform that Odoo may follow, and of records that a platform should merge."""

    _inherit = "retail.sync.message"

    asks_merge = fields.Boolean(
        compute="_compute_asks_merge",
        string="Asks about a merge",
        help="The platform merged two records that are two customers here.",
    )

    def _compute_asks_merge(self):
        for message in self:
            message.asks_merge = message.merge_task == "follow" and message.state in OPEN_MESSAGE_STATES

    def _retry(self, lane: str) -> None:
        """A task for people is done by people: to try it again is to look whether they have done it."""
        tasks = self.filtered(lambda message: message.kind == "merge")
        for stream, own in tasks.grouped("stream_id").items():
            refresh_queue.enqueue_ids(self.env(su=True), stream, sorted(set(own.mapped("external_id"))), lane=lane)
        return super(RetailSyncMessage, self - tasks)._retry(lane)

    def action_merge_here(self):
        """Merge the two customers here as the platform merged their records."""
        for message in self:
            message._merge_question()
            from_platform.merge_here(message.env, message)
        return self._notify(self.env._("Merged. It can be undone: see Merges."))

    def action_mark_non_match(self):
        """Keep two customers; the one whose record is gone is not linked to it any more."""
        for message in self:
            message._merge_question()
            from_platform.mark_non_match(message.env, message)
        return self._notify(self.env._("The customers stay apart."))

    def _merge_question(self):
        self.ensure_one()
        self._require_steward()
        if not self.asks_merge:
            raise UserError(self.env._("%s is solved already.", self.display_name))
