from odoo import fields, models


class RetailSyncStream(models.Model):
    """Which orders a stream sends."""

    _inherit = "retail.sync.stream"

    order_states = fields.Selection(
        [
            ("confirmed", "Confirmed orders"),
            ("sent", "Confirmed orders, and quotations that were sent"),
            ("all", "Confirmed orders, and all quotations"),
        ],
        default="confirmed",
        required=True,
        help="From which state on an order of Odoo is created on the platform. Orders that the platform has already "
        "follow every change, cancellations included.",
        string="Orders",
    )
