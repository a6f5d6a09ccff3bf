from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from . import credit_status
from .constants import PARAM_GRACE, PARAM_NEAR_PERCENT, PARAM_OVERDUE_HOLD, PARAM_STOPS_ORDERS


class ResConfigSettings(models.TransientModel):
    """Edit the rules of the credit state, for all companies.

    The fields are stored by code and not by ``config_parameter=``, which deletes the parameter of a "no" or a zero, so
    that the default would apply again.
    """

    _inherit = "res.config.settings"

    retail_sync_near_percent = fields.Float(
        string="Near limit from", help="Percentage of the credit limit from which a customer is 'Near limit'."
    )
    retail_sync_overdue_hold = fields.Boolean(
        string="Credit hold for overdue invoices",
        help="Customers with overdue invoices are on credit hold, whatever their credit limit.",
    )
    retail_sync_grace = fields.Float(
        string="Tolerated overdue amount",
        help="Overdue amounts up to this limit, in the company's currency, do not cause a credit hold.",
    )
    retail_sync_stops_orders = fields.Boolean(
        string="Credit hold stops orders",
        help="Only users with the right to override can confirm orders of customers on hold. They must enter a reason.",
    )

    @api.constrains("retail_sync_near_percent", "retail_sync_grace")
    def _check_retail_sync_credit(self) -> None:
        for settings in self:
            if not 1 <= settings.retail_sync_near_percent <= 100 or settings.retail_sync_grace < 0:
                raise ValidationError(
                    self.env._(
                        "A credit setting is out of range. Enter 1 to 100 percent for 'Near limit from', and 0 or more "
                        "for the tolerated overdue amount."
                    )
                )

    @api.model
    def get_values(self) -> dict[str, Any]:
        rules = credit_status.credit_settings(self.env)
        return {
            **super().get_values(),
            "retail_sync_near_percent": rules["near_percent"],
            "retail_sync_overdue_hold": rules["overdue_hold"],
            "retail_sync_grace": rules["grace"],
            "retail_sync_stops_orders": rules["stops_orders"],
        }

    def set_values(self) -> Any:
        before = self._retail_sync_credit_rules()
        result = super().set_values()
        set_param = self.env["ir.config_parameter"].sudo().set_param
        set_param(PARAM_NEAR_PERCENT, repr(self.retail_sync_near_percent))
        set_param(PARAM_GRACE, repr(self.retail_sync_grace))
        set_param(PARAM_OVERDUE_HOLD, "1" if self.retail_sync_overdue_hold else "0")
        set_param(PARAM_STOPS_ORDERS, "1" if self.retail_sync_stops_orders else "0")
        if self._retail_sync_credit_rules() != before:
            self.env["res.partner"].sudo()._raise_all_credit()
        return result

    def _retail_sync_credit_rules(self) -> dict[str, Any]:
        """Return the settings that decide credit states, with the company's default limit."""
        rules = credit_status.credit_settings(self.env)
        rules.pop("stops_orders")
        partner = self.env["res.partner"].sudo()
        rules["default_limit"] = partner._fields["credit_limit"].get_company_dependent_fallback(partner)
        return rules
