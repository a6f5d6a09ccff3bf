from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytz

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    retail_sync_credit_day = fields.Date(
        string="Credit looked at on",
        readonly=True,
        help="The last day of this company whose due invoices and ended blocks were looked at.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "account_use_credit_limit" in vals:
            self.env["res.partner"]._raise_all_credit()
        return result

    def _retail_sync_zone(self):
        """Return the company's time zone: its contact's own, else its country's if that has one only, else UTC."""
        self.ensure_one()
        partner = self.sudo().partner_id
        country = partner.country_id.code
        zones = pytz.country_timezones.get(country, []) if country else []
        try:
            return ZoneInfo(partner.tz or (zones[0] if len(zones) == 1 else "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def _retail_sync_today(self):
        """Return the date it is in the company's time zone.

        Not the reader's: a block or a due date ends at one moment, whoever looks.
        """
        now = fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC"))
        return datetime.astimezone(now, self._retail_sync_zone()).date()
