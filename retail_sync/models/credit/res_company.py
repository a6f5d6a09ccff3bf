from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytz

from odoo import fields, models


class ResCompany(models.Model):
    """Keep the day of the last credit check, and return the company's date."""

    _inherit = "res.company"

    retail_sync_credit_day = fields.Date(
        string="Last credit check",
        readonly=True,
        help="Last day on which the due invoices and ended blocks of this company were checked.",
    )

    def write(self, vals: dict[str, Any]) -> bool:
        result = super().write(vals)
        if "account_use_credit_limit" in vals:
            self.env["res.partner"]._raise_all_credit()
        return result

    def _retail_sync_zone(self) -> ZoneInfo:
        """Return the company's time zone: of its contact, else of its country if that has only one, else UTC."""
        self.ensure_one()
        partner = self.sudo().partner_id
        country = partner.country_id.code
        zones = pytz.country_timezones.get(country, []) if country else []
        try:
            return ZoneInfo(partner.tz or (zones[0] if len(zones) == 1 else "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def _retail_sync_today(self) -> date:
        """Return today's date in the company's time zone.

        The user's time zone does not count: a block or a due date ends at the same moment for all users.
        """
        now = fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC"))
        return datetime.astimezone(now, self._retail_sync_zone()).date()
