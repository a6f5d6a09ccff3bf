import json
import logging
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...runtime import actions

_logger = logging.getLogger(__name__)


class RetailSyncRevealMixin(models.AbstractModel):
    """A dialog about one message that can show it unmasked, once who and why are on record."""

    _name = "retail.sync.reveal.mixin"
    _description = "Dialog that can reveal a record"

    message_id = fields.Many2one("retail.sync.message", required=True, readonly=True, ondelete="cascade")
    reason = fields.Char(
        string="Why do you need to see it?", help="Logged on the connection with your name and the time."
    )
    # Set by the server only: a client that set it could look without leaving a trace.
    revealed_at = fields.Datetime(groups="base.group_system", copy=False)
    revealed = fields.Boolean(compute="_compute_revealed", compute_sudo=True)

    @api.depends("revealed_at")
    def _compute_revealed(self) -> None:
        for wizard in self:
            wizard.revealed = bool(wizard.revealed_at)

    def _may_reveal(self) -> Any:
        return self.env.su or self.env.user.has_group("retail_sync.group_steward")

    def _is_revealed(self) -> Any:
        """Tell whether this user may see this message unmasked, here and now."""
        return self._may_reveal() and self.sudo().revealed and self.message_id.has_access("read")

    def action_reveal(self) -> Any:
        """Show the record unmasked; a note of who looked and why stays on the connection."""
        self.ensure_one()
        if not self._may_reveal():
            raise AccessError(self.env._("Only a data steward may see records unmasked."))
        self.message_id.check_access("read")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please say why you need to see this record."))
        message = self.message_id
        if not message.sudo().payload:
            raise UserError(self.env._("The record was not kept. Open it on the platform instead."))
        message.connection_id.sudo().message_post(
            body=self.env._(
                "%(user)s revealed %(object)s %(key)s: %(reason)s",
                user=self.env.user.name,
                object=message.remote_object or "",
                key=message.external_id or message.display_name,
                reason=reason,
            )
        )
        _logger.info("User %s revealed %s %s", self.env.uid, message.remote_object, message.external_id)
        self.sudo().revealed_at = fields.Datetime.now()
        return self._reopen()

    def _reopen(self) -> Any:
        self.ensure_one()
        return actions.dialog(self._description, self)


class RetailSyncReveal(models.TransientModel):
    """Shows a record unmasked. The values are read each time and stored in no table of this wizard."""

    _name = "retail.sync.reveal"
    _inherit = "retail.sync.reveal.mixin"
    _description = "Record as it came"

    payload_text = fields.Text(compute="_compute_payload_text", string="Record as it came")

    def _compute_payload_text(self) -> None:
        for wizard in self:
            wizard.payload_text = (
                json.dumps(wizard.message_id.sudo().payload, indent=2, ensure_ascii=False, sort_keys=True)
                if wizard._is_revealed()
                else False
            )
