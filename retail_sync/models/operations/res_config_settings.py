from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...runtime import actions


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retail_sync_poll_minutes = fields.Integer(
        string="Ask for changes every",
        help="Minutes between two polls of all running connections. One call to the platform serves all its streams.",
    )
    retail_sync_keep_messages_days = fields.Integer(
        string="Keep solved messages for",
        default=180,
        config_parameter="retail_sync.keep_messages_days",
        help="Days. Open exceptions stay until they are solved.",
    )
    retail_sync_keep_runs_days = fields.Integer(
        string="Keep runs for",
        default=90,
        config_parameter="retail_sync.keep_runs_days",
        help="Days. Polls that found nothing are dropped after two days.",
    )

    @api.constrains("retail_sync_poll_minutes", "retail_sync_keep_messages_days", "retail_sync_keep_runs_days")
    def _check_retail_sync_positive(self) -> None:
        for settings in self:
            if (
                min(
                    settings.retail_sync_poll_minutes,
                    settings.retail_sync_keep_messages_days,
                    settings.retail_sync_keep_runs_days,
                )
                < 1
            ):
                raise ValidationError(self.env._("Retail Sync: intervals must be at least 1."))

    def _retail_sync_poll_cron(self) -> Any:
        return self.env.ref("retail_sync.cron_poll", raise_if_not_found=False)

    @api.model
    def get_values(self) -> Any:
        values = super().get_values()
        cron = self.sudo()._retail_sync_poll_cron()
        values["retail_sync_poll_minutes"] = cron.interval_number if cron else 5
        return values

    def set_values(self) -> Any:
        result = super().set_values()
        cron = self.sudo()._retail_sync_poll_cron()
        if cron and cron.interval_number != self.retail_sync_poll_minutes:
            cron.write({"interval_number": self.retail_sync_poll_minutes, "interval_type": "minutes"})
        return result

    def action_retail_sync_connections(self) -> Any:
        return actions.list_of(self.env, "retail_sync.action_connection")
