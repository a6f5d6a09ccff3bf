from typing import Any

from odoo import models
from odoo.exceptions import UserError


class RetailSyncMessage(models.Model):
    """Decide between two values when both sides changed a field."""

    _inherit = "retail.sync.message"

    def action_keep_odoo(self) -> dict[str, Any]:
        """Keep Odoo's values, and send them to the platform."""
        return self._decide_conflicts("remote", self.env._("Odoo's values are kept and sent to the platform."))

    def action_take_remote(self) -> dict[str, Any]:
        """Keep the platform's values, and write them to Odoo."""
        return self._decide_conflicts("odoo", self.env._("The platform's values are kept and written to Odoo."))

    def _decide_conflicts(self, agreed: str, text: str) -> dict[str, Any]:
        """Make the losing value the base of the comparison, so that only the winning side counts as changed.

        Changes that either side makes meanwhile are reconciled by the ownership rules.

        :param agreed: 'odoo' or 'remote': the losing side, whose value becomes the base
        :param text: notification for the user
        """
        self._require_steward()
        messages = self.filtered("has_conflicts")
        if not messages:
            raise UserError(
                self.env._(
                    "None of these messages has two values to choose from. Select messages with value conflicts."
                )
            )
        for message in messages.sudo():
            links = (
                self.env["retail.sync.link"]
                .sudo()
                .search([("stream_id", "=", message.stream_id.id), ("external_id", "=", message.external_id)])
            )
            by_part = {link.part: link for link in links}
            for conflict in message.conflicts:
                link = by_part.get(conflict["part"])
                if link:
                    link.base = {**(link.base or {}), conflict["field"]: conflict[agreed]}
        messages._retry("critical")
        return self._notify(text)
