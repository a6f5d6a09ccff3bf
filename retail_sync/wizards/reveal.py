import json

from odoo import fields, models


class RetailSyncReveal(models.TransientModel):
    """Shows a record unmasked. The values are read each time and stored in no table of this wizard."""

    _name = "retail.sync.reveal"
    _inherit = "retail.sync.reveal.mixin"
    _description = "Record as it came"

    payload_text = fields.Text(compute="_compute_payload_text", string="Record as it came")

    def _compute_payload_text(self):
        for wizard in self:
            wizard.payload_text = (
                json.dumps(wizard.message_id.sudo().payload, indent=2, ensure_ascii=False, sort_keys=True)
                if wizard._is_revealed()
                else False
            )
