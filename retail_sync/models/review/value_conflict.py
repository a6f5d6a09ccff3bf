from typing import Any

from odoo import models
from odoo.exceptions import UserError

from ..audit import trail


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
        links = (
            self.env["retail.sync.link"]
            .sudo()
            .search(
                [
                    ("stream_id", "in", messages.stream_id.ids),
                    ("external_id", "in", messages.mapped("external_id")),
                ]
            )
        )
        link_of = {(link.stream_id, link.external_id, link.part): link for link in links}
        bases = {}
        for message in messages.sudo():
            for conflict in message.conflicts:
                link = link_of.get((message.stream_id, message.external_id, conflict["part"]))
                if link:
                    bases.setdefault(link, dict(link.base or {}))[conflict["field"]] = conflict[agreed]
        for link, base in bases.items():
            link.base = base
        names = {conflict["field"] for message in messages.sudo() for conflict in message.conflicts}
        trail.decided(messages, "keep_odoo" if agreed == "remote" else "take_remote", fields=names)
        messages.sudo()._retry("critical")
        return self._notify(text)
