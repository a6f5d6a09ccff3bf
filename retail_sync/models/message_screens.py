from odoo import fields, models
from odoo.exceptions import UserError

from ..const import OPEN_MESSAGE_STATES


class RetailSyncMessage(models.Model):
    """Buttons that ask something before they act, and the way to the runbook."""

    _inherit = "retail.sync.message"

    runbook_url = fields.Char(related="rule_id.runbook_url")

    def action_open_runbook(self):
        """Open the page that explains this cause at length."""
        self.ensure_one()
        if not self.runbook_url:
            raise UserError(
                self.env._("There is no page about this cause. A data steward can name one in its fault rule.")
            )
        return {"type": "ir.actions.act_url", "url": self.runbook_url, "target": "new"}

    def _ask(self, wizard, title, **values):
        """Create a wizard over these messages and return the action that shows it as a dialog."""
        record = self.env[wizard].create(values)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": wizard,
            "res_id": record.id,
            "views": [[False, "form"]],
            "target": "new",
        }

    def _waiting(self):
        waiting = self.filtered(lambda message: message.state in OPEN_MESSAGE_STATES)
        if not waiting:
            raise UserError(self.env._("None of these waits for anything: they are solved, ignored or overtaken."))
        return waiting

    def action_decide(self):
        """Ask who the record is: candidates side by side with what came in."""
        self.ensure_one()
        self._waiting()
        return self._ask_who()

    def _ask_who(self, skipped=None):
        """Return the dialog about this question.

        :param skipped: questions that were left for later on the way here
        """
        skipped_ids = [(6, 0, skipped.ids)] if skipped else False
        action = self._ask(
            "retail.sync.resolve", self.env._("Who is this?"), message_id=self.id, skipped_ids=skipped_ids
        )
        # As many candidates side by side as the screen has room for.
        return dict(action, context={"dialog_size": "extra-large"})

    def action_ask_ignore(self):
        """Ask why, then leave the records out until they change on the platform."""
        return self._ask("retail.sync.ignore", self.env._("Ignore"), message_ids=[(6, 0, self._waiting().ids)])

    def action_ask_assign(self):
        return self._ask("retail.sync.assign", self.env._("Assign"), message_ids=[(6, 0, self._waiting().ids)])

    def action_ask_reveal(self):
        """Show the record as it came, unmasked; who looked and why is kept on the connection."""
        self.ensure_one()
        return self._ask("retail.sync.reveal", self.env._("Record as it came"), message_id=self.id)
