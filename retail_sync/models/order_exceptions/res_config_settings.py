from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .constants import BASES, PARAM_BASIS, PARAM_HIGH, PARAM_MEDIUM


class ResConfigSettings(models.TransientModel):
    """By which value order exceptions are ranked."""

    _inherit = "res.config.settings"

    retail_sync_exception_basis = fields.Selection(
        BASES,
        string="Value that ranks order exceptions",
        default="order",
        config_parameter=PARAM_BASIS,
        help="What is compared with the thresholds: the order's total, or what the customer was billed so far.",
    )
    retail_sync_exception_medium = fields.Float(
        string="Medium priority from",
        config_parameter=PARAM_MEDIUM,
        help="In the company's currency. 0: the value makes no exception one of medium priority.",
    )
    retail_sync_exception_high = fields.Float(
        string="High priority from",
        config_parameter=PARAM_HIGH,
        help="In the company's currency. 0: the value makes no exception one of high priority.",
    )

    @api.constrains("retail_sync_exception_medium", "retail_sync_exception_high")
    def _check_retail_sync_exception_values(self) -> None:
        for settings in self:
            medium, high = settings.retail_sync_exception_medium, settings.retail_sync_exception_high
            if medium < 0 or high < 0 or (medium and high and high < medium):
                raise ValidationError(
                    self.env._(
                        "The values of order exceptions are out of order: high is not below medium, nor below 0."
                    )
                )
