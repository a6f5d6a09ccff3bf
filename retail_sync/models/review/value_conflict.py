from typing import Any

from odoo import models
from odoo.exceptions import UserError


class RetailSyncMessage(models.Model):
    """Two values, one decision."""

    _inherit = "retail.sync.message"

    def action_keep_odoo(self) -> Any:
        """Decide that Odoo's values stand: they are sent to the platform."""
        return self._decide_conflicts("remote", self.env._("Odoo's values stand and are being sent."))

    def action_take_remote(self) -> Any:
        """Decide that the platform's values stand: they are written to Odoo."""
        return self._decide_conflicts("odoo", self.env._("The platform's values stand and are being written."))

    def _decide_conflicts(self, agreed: Any, text: str) -> Any:
        """Make the side that lost the last agreed value: seen from there only the other side has changed it.

        What either side changes in the meantime is merged by the rules as ever.

        :param agreed: 'odoo' or 'remote': whose value becomes the base
        """
        self._require_steward()
        messages = self.filtered("has_conflicts")
        if not messages:
            raise UserError(self.env._("None of these waits for a decision between two values."))
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
