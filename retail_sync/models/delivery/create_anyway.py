from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..audit import trail


class RetailSyncMessage(models.Model):
    """New records that a platform refuses because others look like them, and that a person knows to be new."""

    _inherit = "retail.sync.message"

    create_anyway = fields.Boolean(
        string="Created anyway",
        readonly=True,
        help="A person confirmed that the customer differs from the similar records on the platform.",
    )
    may_create_anyway = fields.Boolean(compute="_compute_may_create_anyway", compute_sudo=True)

    # Each delivery looks this up; few records have it set.
    _create_anyway_idx = models.Index("(stream_id, key) WHERE create_anyway")

    @api.depends("state", "kind", "fault_class", "fault_code", "create_anyway")
    def _compute_may_create_anyway(self) -> None:
        """Set whether the platform lets a person create the record anyway."""
        for message in self:
            message.may_create_anyway = (
                message.kind == "delivery"
                and message.state == "open"
                and message.fault_class == "duplicate"
                and not message.create_anyway
                and bool(message.stream_id)
                and message.stream_id._adapter().may_create_anyway(message.stream_id, message.fault_code)
            )

    def action_create_anyway(self) -> dict[str, Any]:
        """Have the platform create these records although they look like others; the decision is kept with each record.

        :raises UserError: for a message that this is no answer to
        """
        self._require_steward()
        if not self or not all(message.may_create_anyway for message in self):
            raise UserError(
                self.env._(
                    "Only new records that the platform refused because of similar records can be created anyway."
                )
            )
        self.sudo().write({"create_anyway": True})
        trail.decided(self, "create_anyway")
        self.sudo()._retry("critical")
        return self._notify(
            self.env._("Odoo asks the platform to create the record. If its rules forbid that, an exception says so.")
        )
