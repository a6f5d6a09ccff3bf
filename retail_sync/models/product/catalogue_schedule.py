"""What time alone does to prices and stock."""

from datetime import timedelta

from odoo import api, fields, models

from . import price_scope, stale

# Until when rules of pricelists were looked at.
PARAMETER = "retail_sync.prices_until"
# Where nothing says until when: as far back as a server is down over a long weekend.
FIRST_LOOK = timedelta(days=4)


class RetailSyncStale(models.Model):
    """Schedules of prices and stock."""

    _inherit = "retail.sync.stale"

    @api.model
    def _cron_prices(self) -> None:
        """Have prices computed of which a dated rule has begun or ended since the last look."""
        settings = self.env["ir.config_parameter"].sudo()
        now = fields.Datetime.now()
        since = fields.Datetime.to_datetime(settings.get_param(PARAMETER)) or now - FIRST_LOOK
        changed = price_scope.changing_by_time(self.env(su=True), since, now)
        stale.add(self.env(su=True), {(stale.PRICE_PRICELIST, pricelist_id) for pricelist_id in changed})
        settings.set_param(PARAMETER, fields.Datetime.to_string(now))

    @api.model
    def _cron_catalogue(self) -> None:
        """Have prices computed that follow rates, and all stock: once a day, whatever was missed meanwhile."""
        stale.add(self.env(su=True), {(stale.PRICE_RATE, 0), (stale.STOCK_ALL, 0)})
