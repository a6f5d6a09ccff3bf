from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..credit import credit_status
from . import looks, settings


class ResConfigSettings(models.TransientModel):
    """Edit whether milestones are kept, and when a delivery is assumed."""

    _inherit = "res.config.settings"

    retail_sync_milestones = fields.Selection(
        [("auto", "Once orders are sent"), ("on", "Always"), ("off", "Never")],
        string="Milestone journal",
        help="Whether what happens to an order is kept as milestones: with the first stream that sends orders, always, "
        "or never. Milestones that were kept stay.",
    )
    retail_sync_assume_delivered_days = fields.Integer(
        string="Assume delivery after",
        help="Days after a shipment when it counts as delivered if no carrier reports deliveries. 0: never.",
    )

    @api.constrains("retail_sync_assume_delivered_days")
    def _check_retail_sync_milestones(self) -> None:
        for record in self:
            if record.retail_sync_assume_delivered_days < 0:
                raise ValidationError(
                    self.env._("The days until a delivery is assumed are below 0. Enter 0 for never, or more.")
                )

    @api.model
    def get_values(self) -> dict[str, Any]:
        return {
            **super().get_values(),
            "retail_sync_milestones": settings.mode(self.env),
            "retail_sync_assume_delivered_days": settings.assume_days(self.env),
        }

    def set_values(self) -> Any:
        kept, days = settings.is_kept(self.env), settings.assume_days(self.env)
        stops_orders = credit_status.credit_settings(self.env)["stops_orders"]
        result = super().set_values()
        set_param = self.env["ir.config_parameter"].sudo().set_param
        set_param(settings.KEPT, self.retail_sync_milestones or settings.AUTO)
        set_param(settings.ASSUME_DAYS, str(self.retail_sync_assume_delivered_days))
        if settings.is_kept(self.env) != kept:
            self.env["retail.sync.capture"].sudo()._refresh()
        if settings.is_kept(self.env) and (not kept or days != settings.assume_days(self.env)):
            # What time alone makes true is known of no order yet, or was planned with other days.
            looks.schedule_open(self.env(su=True), shipped=bool(settings.assume_days(self.env)))
        if settings.is_kept(self.env) and stops_orders != credit_status.credit_settings(self.env)["stops_orders"]:
            # It is no value of a customer: nothing is captured that tells of it.
            looks.schedule_stoppable(self.env(su=True))
        return result
