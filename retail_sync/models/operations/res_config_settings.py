from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...runtime import actions


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retail_sync_poll_minutes = fields.Integer(
        string="Poll interval",
        help="Interval between polls of a running connection. One poll reads the changes of all its streams.",
    )
    retail_sync_keep_messages_days = fields.Integer(
        string="Keep closed messages for",
        default=180,
        config_parameter="retail_sync.keep_messages_days",
        help="Done, ignored and superseded messages are deleted after this time. Open exceptions are never deleted.",
    )
    retail_sync_keep_runs_days = fields.Integer(
        string="Keep runs for",
        default=90,
        config_parameter="retail_sync.keep_runs_days",
        help="Finished loads, polls and deliveries are deleted from the history after this time.",
    )

    retail_sync_refusal_limit = fields.Integer(
        string="Mass refusal from",
        default=25,
        config_parameter="retail_sync.refusal_limit",
        help="From so many equal refusals on, if they are a fifth of what was sent, one exception stands for all of "
        "them, and the field is left out until you decide.",
    )

    @api.constrains(
        "retail_sync_poll_minutes",
        "retail_sync_keep_messages_days",
        "retail_sync_keep_runs_days",
        "retail_sync_refusal_limit",
    )
    def _check_retail_sync_positive(self) -> None:
        for settings in self:
            if (
                min(
                    settings.retail_sync_poll_minutes,
                    settings.retail_sync_keep_messages_days,
                    settings.retail_sync_keep_runs_days,
                    settings.retail_sync_refusal_limit,
                )
                < 1
            ):
                raise ValidationError(
                    self.env._(
                        "A setting of Retail Sync is below 1. Enter 1 or more for the poll interval, for the days "
                        "that messages and runs are kept, and for the number of a mass refusal."
                    )
                )

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
        self.env["retail.sync.connection"].check_access("read")
        return actions.list_of(self.env, "retail_sync.action_connection")
