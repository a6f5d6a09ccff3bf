from typing import Any

from markupsafe import Markup

from odoo import api, models


class PaymentTransaction(models.Model):
    """Handle online payments of quotations of blocked customers."""

    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        """Refuse payments for quotations that cannot be confirmed; confirmed orders can always be paid."""
        transactions = super().create(vals_list)
        transactions.sale_order_ids.filtered(lambda order: order.state in ("draft", "sent"))._check_stops()
        return transactions

    def _check_amount_and_confirm_order(self) -> Any:
        """Keep the payment, but do not confirm the order if its customer was blocked after the payment began.

        An error instead would undo the booking of money that has arrived.
        """
        quotations = self.sale_order_ids.filtered(lambda order: order.state in ("draft", "sent"))
        stops = quotations._stops(quotations._stopping_kinds())
        ids = {order.id for order in stops}
        stopped = self.filtered(lambda transaction: ids & set(transaction.sale_order_ids.ids))
        for order, order_stops in stops.items():
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The customer paid online but is blocked"),
                # Names of customers stand in it: they are text, whatever they look like.
                note=Markup("<br/>").join(stop.text for stop in order_stops),
                user_id=(
                    order.user_id or order_stops[0].partner.account_block_uid or self.env.ref("base.user_admin")
                ).id,
            )
        return super(PaymentTransaction, self - stopped)._check_amount_and_confirm_order()
