from odoo import fields, models
from odoo.exceptions import UserError

from ...runtime.constants import OPEN_MESSAGE_STATES
from ..audit import trail
from ..runs import refresh_queue
from . import from_platform


class RetailSyncMessage(models.Model):
    """Handle messages about merges: merges on a platform to follow, and records that a platform should merge."""

    _inherit = "retail.sync.message"

    asks_merge = fields.Boolean(
        compute="_compute_asks_merge",
        string="Merge to review",
        help="The platform merged two records whose customers are separate in Odoo.",
    )

    def _compute_asks_merge(self) -> None:
        for message in self:
            message.asks_merge = message.merge_task == "follow" and message.state in OPEN_MESSAGE_STATES

    def _retry(self, lane: str | None) -> None:
        """Refresh the records of merge messages: people do the merge, and a refresh shows whether it is done."""
        tasks = self.filtered(lambda message: message.kind == "merge")
        for stream, messages in tasks.grouped("stream_id").items():
            external_ids = sorted(set(messages.mapped("external_id")))
            refresh_queue.enqueue_ids(self.env(su=True), stream, external_ids, lane=lane or "standard")
        return super(RetailSyncMessage, self - tasks)._retry(lane)

    def action_merge_here(self) -> dict:
        """Merge the two customers in Odoo as the platform merged their records."""
        for message in self:
            message._check_merge_review()
            from_platform.merge_here(message.env, message)
        return self._notify(self.env._("The customers were merged. To undo the merge, open Merges."))

    def action_mark_non_match(self) -> dict:
        """Keep two customers; the customer whose record is gone is no longer linked to it."""
        for message in self:
            message._check_merge_review()
            from_platform.mark_non_match(message.env, message)
            trail.decided(message, "non_match")
        return self._notify(self.env._("The customers stay separate."))

    def _check_merge_review(self) -> None:
        """Check that the message is an open merge review, and that the user may answer it.

        :raises UserError: the review is closed
        """
        self.ensure_one()
        self._require_steward()
        if not self.asks_merge:
            raise UserError(
                self.env._("%s is closed. Reload the list to see the messages that are open.", self.display_name)
            )
