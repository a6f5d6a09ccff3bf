from typing import Any

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...runtime.constants import OPEN_MESSAGE_STATES
from . import bulk_answer, manual_decision


class RetailSyncMessage(models.Model):
    """Deciding who a record is."""

    _inherit = "retail.sync.message"

    def _require_steward(self) -> None:
        if not (self.env.su or self.env.user.has_group("retail_sync.group_steward")):
            raise AccessError(self.env._("Deciding who a record is takes a data steward. Assign it to one."))

    def action_link(self, partner_id: int) -> Any:
        """Decide that the record is this customer, then read it and apply it.

        :raises UserError: when the customer cannot be linked, saying why.
        """
        self.ensure_one()
        self._require_steward()
        if self.state not in OPEN_MESSAGE_STATES:
            raise UserError(self.env._("%s is solved already.", self.display_name))
        partner = self.env["res.partner"].browse(partner_id)
        manual_decision.decide_by_hand(self.env, self, partner)
        self.env["retail.sync.match.decision"].sudo()._record_review(self, "link", partner)
        self._retry("critical")
        return self._notify(self.env._("Linked. The record is being read and applied."))

    def action_create_new(self) -> Any:
        """Decide that the record is no known customer, and create a new customer."""
        self._require_steward()
        for message in self:
            if message.state not in OPEN_MESSAGE_STATES:
                raise UserError(self.env._("%s is solved already.", message.display_name))
        bulk_answer.create(self.env, self, "critical")
        return self._notify(self.env._("%s customers are being created.", len(self)))

    def action_not_same(self, partner_id: int) -> Any:
        """Decide that the record is not this customer, for good; identity looks at the others anew."""
        self.ensure_one()
        self._require_steward()
        if self.state not in OPEN_MESSAGE_STATES:
            raise UserError(self.env._("%s is solved already.", self.display_name))
        self._record_non_matches(self, [partner_id], "non_match")
        self._retry("critical")
        return self._notify(self.env._("Remembered. The record is looked at again without this customer."))

    @api.model
    def _record_non_matches(self, message: Any, partner_ids: Any, what: Any) -> None:
        there = self.env["res.partner"].browse(partner_ids).exists()
        self.env["retail.sync.non.match"].sudo()._mark(there.ids, message)
        self.env["retail.sync.match.decision"].sudo()._record_review(message, what)

    def action_decide(self) -> Any:
        """Ask who the record is: candidates side by side with what came in."""
        self.ensure_one()
        self._waiting()
        return self._ask_who()

    def _ask_who(self, skipped: Any = None) -> Any:
        """Return the dialog about this review.

        :param skipped: reviews that were left for later on the way here
        """
        skipped_ids = [(6, 0, skipped.ids)] if skipped else False
        action = self._ask(
            "retail.sync.review.decide", self.env._("Match review"), message_id=self.id, skipped_ids=skipped_ids
        )
        # As many candidates side by side as the screen has room for.
        return dict(action, context={"dialog_size": "extra-large"})
