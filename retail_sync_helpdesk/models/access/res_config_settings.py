from odoo import api, fields, models
from odoo.exceptions import ValidationError

from . import places


class ResConfigSettings(models.TransientModel):
    """Edit how many look-ups of the agent API run at the same time."""

    _inherit = "res.config.settings"

    retail_sync_look_ups = fields.Integer(
        string="Look-ups at the same time",
        config_parameter=places.SETTING,
        default=places.DEFAULT,
        help="How many look-ups of the agent API may run at the same time in this database. Further ones are asked to "
        "come again, so that a ticket desk cannot slow down everyone else.",
    )

    @api.constrains("retail_sync_look_ups")
    def _check_retail_sync_look_ups(self) -> None:
        for record in self:
            if not 1 <= record.retail_sync_look_ups <= places.MOST:
                raise ValidationError(self.env._("Between 1 and %s look-ups run at the same time.", places.MOST))
