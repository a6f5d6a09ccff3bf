from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError


class RetailSyncMessage(models.Model):
    """New records that a platform refuses because others look like them, and that a person knows to be new."""

    _inherit = "retail.sync.message"

    insisted = fields.Boolean(
        string="Created anyway",
        readonly=True,
        help="A person said that the customer is another one than those it looks like on the platform.",
    )
    may_insist = fields.Boolean(compute="_compute_may_insist", compute_sudo=True)

    # Each delivery asks; few records are insisted on.
    _insisted_idx = models.Index("(stream_id, key) WHERE insisted")

    @api.depends("state", "kind", "fault_class", "fault_code", "insisted")
    def _compute_may_insist(self) -> None:
        """Set whether the platform lets a person insist that the record is new."""
        for message in self:
            message.may_insist = (
                message.kind == "delivery"
                and message.state == "open"
                and message.fault_class == "duplicate"
                and not message.insisted
                and bool(message.stream_id)
                and message.stream_id._adapter().may_insist(message.stream_id, message.fault_code)
            )

    def action_insist(self) -> dict[str, Any]:
        """Have the platform create these records although they look like others; that is kept with each record.

        :raises UserError: for a message that this is no answer to
        """
        self._require_steward()
        if not self or not all(message.may_insist for message in self):
            raise UserError(
                self.env._("This is for new records that the platform refused because others look like them.")
            )
        self.sudo().write({"insisted": True})
        self._retry("critical")
        return self._notify(
            self.env._("The platform is asked to create it. If its rules forbid that, the exception says so.")
        )
