from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError

from ...domain.commerce.intake import Rules


class RetailSyncStream(models.Model):
    """How strict a stream of incoming orders is, and what it makes of them."""

    _inherit = "retail.sync.stream"

    intake_policy = fields.Selection(
        [("quotation", "Create a quotation"), ("confirm", "Confirm the order")],
        "Incoming orders",
        default="quotation",
        required=True,
        help="What becomes of an order that passes all checks. A quotation waits for a person to confirm it.",
    )
    intake_price_percent = fields.Float(
        "Price tolerance (%)",
        default=1.0,
        help="So many percent may a price of the platform differ from Odoo's, after discounts. Within the tolerance,"
        " the price of the platform is used.",
    )
    intake_price_absolute = fields.Float(
        "Price tolerance (amount)",
        default=0.01,
        help="So much may a price of the platform differ from Odoo's in any case, in the currency of the order.",
    )
    intake_total_tolerance = fields.Float(
        "Total tolerance",
        default=0.05,
        help="So much may the total of the platform differ from the sum of the lines, for the sake of rounding.",
    )
    intake_future_days = fields.Integer(
        "Days ahead", default=1, help="So many days may the date of an order lie in the future."
    )
    intake_taxed = fields.Boolean(
        "Lines need a tax", default=True, help="A product without a sales tax in the company is a failed check."
    )
    intake_credit_hold = fields.Selection(
        [("refuse", "Do not create the order"), ("quotation", "Create a quotation")],
        "On credit hold",
        default="quotation",
        required=True,
        help="What becomes of an order of a customer on credit hold. Orders of blocked customers are never created.",
    )
    intake_duplicate = fields.Selection(
        [("refuse", "Ask a person"), ("note", "Create it, with a note")],
        "Same customer's reference",
        default="refuse",
        required=True,
        help="What becomes of an order whose customer's reference another order of the customer has already.",
    )

    _intake_positive = models.Constraint(
        "CHECK (intake_price_percent >= 0 AND intake_price_absolute >= 0 AND intake_total_tolerance >= 0"
        " AND intake_future_days >= 0)",
        "Tolerances of incoming orders must not be negative.",
    )

    @api.constrains("active", "entity", "connection_id")
    def _check_may_take_orders(self) -> None:
        """Give the integration user the right to sell as soon as a stream needs it, and not before.

        The shipped integration user exists for this purpose only; what another user may do is for an administrator.
        """
        sales = self.env.ref("sales_team.group_sale_salesman_all_leads")
        integration = self.env.ref("retail_sync.user_integration", raise_if_not_found=False)
        for stream in self.filtered(lambda stream: stream.active and stream.entity == "incoming_order"):
            user = stream.connection_id.user_id.sudo()
            if sales in user.all_group_ids:
                continue
            if user != integration:
                raise ValidationError(
                    self.env._(
                        "%(user)s, as whom %(connection)s runs, may not create orders. Give that user the right "
                        "“%(right)s”, then switch the stream on.",
                        user=user.name,
                        connection=stream.connection_id.name,
                        right=sales.sudo().full_name,
                    )
                )
            user.group_ids = [Command.link(sales.id)]

    def _intake_rules(self) -> Rules:
        """Return how strict the checks are."""
        self.ensure_one()
        return Rules(
            percent=Decimal(str(self.intake_price_percent)),
            absolute=Decimal(str(self.intake_price_absolute)),
            total=Decimal(str(self.intake_total_tolerance)),
            future_days=self.intake_future_days,
            taxed=self.intake_taxed,
            stops_credit_hold=self.intake_credit_hold == "refuse",
        )
