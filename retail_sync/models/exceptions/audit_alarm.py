from odoo import api, models

from ..audit.verification import Result
from . import exception_queue
from .subject import of_alarm


class RetailSyncAudit(models.Model):
    """Raise an alarm when the audit trail is damaged."""

    _inherit = "retail.sync.audit"

    @api.model
    def _alarm(self, result: Result, text: str) -> None:
        """Open one alarm, on the first connection: the trail is one, and people look at the exceptions of each."""
        connection = self.env["retail.sync.connection"].sudo().search([], limit=1)
        if connection:
            code = f"AUDIT_{result.damage.name}"
            exception_queue.technical(
                self.env(su=True), connection, code, text, of_alarm("audit"), fault_class="contract"
            )
        return super()._alarm(result, text)
