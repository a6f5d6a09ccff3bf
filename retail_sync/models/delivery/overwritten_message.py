from typing import Any

from odoo import models

from . import overwritten


class RetailSyncMessage(models.Model):
    """Decide about an edit of the platform that Odoo's write has replaced."""

    _inherit = "retail.sync.message"

    def _decide_conflicts(self, agreed: str, text: str) -> dict[str, Any]:
        """Close conflicts about overwritten edits: both sides have Odoo's value; the other one can be brought back."""
        replaced = self.filtered(lambda message: message.kind == "overwritten" and message.has_conflicts)
        if not replaced:
            return super()._decide_conflicts(agreed, text)
        self._require_steward()
        if agreed == "odoo":
            for message in replaced:
                overwritten.bring_back(message)
        replaced.sudo()._resolve(text)
        rest = self - replaced
        return super(RetailSyncMessage, rest)._decide_conflicts(agreed, text) if rest else self._notify(text)
