import json
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...domain.security.audit import AuditKind
from ...runtime import actions
from ..audit import trail


class RetailSyncRevealMixin(models.AbstractModel):
    """A dialog about one message that can show it unmasked, once who and why are in the audit trail.

    What a client sends never reveals anything: the dialog asks the database whether this user revealed this message in
    this dialog. Each read of an unmasked value writes a row of its own.
    """

    _name = "retail.sync.reveal.mixin"
    _description = "Dialog that can reveal a record"

    message_id = fields.Many2one("retail.sync.message", required=True, readonly=True, ondelete="cascade", index=True)
    reason = fields.Char(
        string="Why do you need to see it?", help="Kept in the audit trail with your name and the time."
    )
    # Row of the audit trail that the reveal wrote. No client can read or set it.
    reveal_ref = fields.Integer(groups=fields.NO_ACCESS, copy=False)
    revealed = fields.Boolean(compute="_compute_revealed")

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> "RetailSyncRevealMixin":
        """Create dialogs about messages that the user may read."""
        wizards = super().create(vals_list)
        wizards.message_id.check_access("read")
        return wizards

    def write(self, vals: dict[str, Any]) -> bool:
        """Write, but for the message: the reason was given for one record.

        :raises UserError: vals has another message
        """
        if "message_id" in vals and any(wizard.message_id.id != vals["message_id"] for wizard in self):
            raise UserError(self.env._("A dialog shows one record. Open the dialog of the other record."))
        return super().write(vals)

    @api.depends("reveal_ref", "message_id")
    def _compute_revealed(self) -> None:
        for wizard in self:
            wizard.revealed = bool(wizard._reveal())

    def _shown_message(self) -> Any:
        """Return the message, empty where the user may not read it: a client can name any."""
        message = self.message_id._origin
        return message if message and message.has_access("read") else message.browse()

    def _reveal(self) -> int:
        """Return the row of the audit trail with which this user revealed this message in this dialog, 0 for none."""
        stored = self._origin.sudo()
        if not stored or stored.create_uid.id != self.env.uid or not self._may_reveal():
            return 0
        return stored.reveal_ref if stored.message_id == self._shown_message().sudo() else 0

    def _may_reveal(self) -> bool:
        return bool(self.env.user.has_group("retail_sync.group_steward"))

    def _read_unmasked(self) -> bool:
        """Return whether values may be shown unmasked now; if so, the audit trail has a row of this very read."""
        reveal = self._reveal()
        if reveal:
            self._note_reveal(reveal=reveal)
        return bool(reveal)

    def _note_reveal(self, reason: str = "", **details: Any) -> int:
        message = self.message_id._origin
        return trail.add(
            self.env,
            AuditKind.REVEAL,
            model=message._name,
            res_ids=message.ids,
            connection=message.connection_id,
            reason=reason,
            details={"dialog": self._name, "object": message.remote_object, "key": message.external_id, **details},
        )

    def action_reveal(self) -> Any:
        """Show the record unmasked; who looked, when and why is in the audit trail."""
        self.ensure_one()
        self.check_access("write")
        if not self._may_reveal():
            raise AccessError(self.env._("Only a data steward may see records unmasked."))
        self.message_id.check_access("read")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please say why you need to see this record."))
        if not self.message_id.sudo().payload:
            raise UserError(self.env._("The record was not kept. Open it on the platform instead."))
        self.sudo().reveal_ref = self._note_reveal(reason)
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

    @api.depends("reveal_ref", "message_id")
    def _compute_payload_text(self) -> None:
        for wizard in self:
            wizard.payload_text = (
                json.dumps(wizard.message_id.sudo().payload, indent=2, ensure_ascii=False, sort_keys=True)
                if wizard._read_unmasked()
                else False
            )
