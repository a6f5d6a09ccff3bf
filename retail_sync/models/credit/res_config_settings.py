from odoo import api, fields, models
from odoo.exceptions import ValidationError

from . import credit_status
from .constants import PARAM_GRACE, PARAM_NEAR_PERCENT, PARAM_OVERDUE_HOLD, PARAM_STOPS_ORDERS


class ResConfigSettings(models.TransientModel):
    """Rules of the credit state, for all companies.

    Written by hand and not through config_parameter=: that drops a "no" or a zero, and
    the default would come back.
    """

    _inherit = "res.config.settings"

    retail_sync_near_percent = fields.Float(
        string="Near the limit from", help="Percent of the credit limit from which a customer is 'near limit'."
    )
    retail_sync_overdue_hold = fields.Boolean(
        string="Overdue invoices put on hold", help="A customer with overdue invoices is on hold, whatever the limit."
    )
    retail_sync_grace = fields.Float(
        string="Tolerated overdue amount",
        help="Overdue up to this amount, in the company's currency, puts nobody on hold.",
    )
    retail_sync_stops_orders = fields.Boolean(
        string="Credit hold stops orders",
        help="Orders of customers on hold can be confirmed only with the right to override, and a reason.",
    )

    @api.constrains("retail_sync_near_percent", "retail_sync_grace")
    def _check_retail_sync_credit(self):
        for settings in self:
            if not 1 <= settings.retail_sync_near_percent <= 100 or settings.retail_sync_grace < 0:
                raise ValidationError(
                    self.env._("Retail Sync: 'near' is between 1 and 100 percent, and no amount is below zero.")
                )

    @api.model
    def get_values(self):
        rules = credit_status.credit_settings(self.env)
        return {
            **super().get_values(),
            "retail_sync_near_percent": rules["near_percent"],
            "retail_sync_overdue_hold": rules["overdue_hold"],
            "retail_sync_grace": rules["grace"],
            "retail_sync_stops_orders": rules["stops_orders"],
        }

    def set_values(self):
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

    def _retail_sync_credit_rules(self):
        """Return what decides credit states, the company's default limit included."""
        rules = credit_status.credit_settings(self.env)
        rules.pop("stops_orders")
        partner = self.env["res.partner"].sudo()
        rules["default_limit"] = partner._fields["credit_limit"].get_company_dependent_fallback(partner)
        return rules
