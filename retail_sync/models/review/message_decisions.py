from typing import Any

from odoo import models
from odoo.exceptions import AccessError, UserError

from ...runtime import rights
from ...runtime.constants import OPEN_MESSAGE_STATES
from ...runtime.rights import Role
from . import bulk_answer, manual_decision


class RetailSyncMessage(models.Model):
    """Decide who the record of a message is."""

    _inherit = "retail.sync.message"

    def _require_steward(self) -> None:
        """Check that the user is a data steward who may read these messages.

        :raises AccessError: the user is not, or may not
        :raises UserError: there are more messages than one call may work on
        """
        if rights.has_role(self.env, Role.steward):
            rights.require(self, Role.steward)
        else:
            raise AccessError(
                self.env._("Only data stewards can decide who a record is. Assign the record to a data steward.")
            )

    def _require_open(self) -> None:
        """Check that a data steward decides, and that no message is closed.

        :raises AccessError: the user is no data steward
        :raises UserError: a message is done, ignored or superseded
        """
        self._require_steward()
        for message in self:
            if message.state not in OPEN_MESSAGE_STATES:
                raise UserError(
                    self.env._("%s is already closed. Open the message to see its result.", message.display_name)
                )

    def action_link(self, partner_id: int) -> dict[str, Any]:
        """Decide that the record is this customer, then read and reconcile the record.

        :raises UserError: the customer cannot be linked
        """
        self.ensure_one()
        self._require_open()
        partner = self.env["res.partner"].browse(partner_id)
        manual_decision.decide_by_hand(self.env, self, partner)
        self.env["retail.sync.match.decision"].sudo()._record_review(self, "link", partner)
        self.sudo()._retry("critical")
        return self._notify(self.env._("Linked. The record is being read and applied."))

    def action_create_new(self) -> dict[str, Any]:
        """Decide that the record is none of the suggested customers, and create a new customer."""
        self._require_open()
        bulk_answer.create(self.env, self, "critical")
        return self._notify(self.env._("%s customers are being created.", len(self)))

    def action_not_same(self, partner_id: int) -> dict[str, Any]:
        """Mark the record as a non-match of this customer, and compare the record with the other customers again."""
        self.ensure_one()
        self._require_open()
        self.env["res.partner"].browse(partner_id).check_access("read")
        self.env["retail.sync.non.match"].sudo()._mark([partner_id], self)
        self.env["retail.sync.match.decision"].sudo()._record_review(self, "non_match")
        self.sudo()._retry("critical")
        return self._notify(
            self.env._("The customer is marked as a non-match. The record is compared with the other customers again.")
        )

    def action_decide(self) -> dict[str, Any]:
        """Open the dialog that shows the record beside the suggested customers."""
        self.ensure_one()
        self._require_steward()
        self._waiting()
        return self._ask_who()

    def _ask_who(self, skipped: models.BaseModel | None = None) -> dict[str, Any]:
        """Return the dialog about this review.

        :param skipped: reviews that the user skipped before this review
        """
        skipped_ids = [(6, 0, skipped.ids)] if skipped else False
        action = self._ask(
            "retail.sync.review.decide", self.env._("Match review"), message_id=self.id, skipped_ids=skipped_ids
        )
        # As many candidates side by side as the screen has room for.
        return dict(action, context={"dialog_size": "extra-large"})
