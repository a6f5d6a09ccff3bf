from odoo import api, models


class PaymentTransaction(models.Model):
    """Online payment of quotations of blocked customers."""

    _inherit = "payment.transaction"

    @api.model_create_multi
    def create(self, vals_list):
        """Take no money for an order that would not be confirmed. Orders that are, can always be paid."""
        transactions = super().create(vals_list)
        transactions.sale_order_ids.filtered(lambda order: order.state in ("draft", "sent"))._check_stops()
        return transactions

    def _check_amount_and_confirm_order(self):
        """Leave orders unconfirmed whose customer was blocked after the payment began; the payment itself counts.

        An error here would undo the booking of money that has arrived.
        """
        quotations = self.sale_order_ids.filtered(lambda order: order.state in ("draft", "sent"))
        stops = quotations._stops(quotations._stopping_kinds())
        ids = {order.id for order in stops}
        stopped = self.filtered(lambda transaction: ids & set(transaction.sale_order_ids.ids))
        for order, found in stops.items():
            text = "\n".join(stop.text for stop in found)
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Paid online, but the customer is blocked"),
                note=text,
                user_id=(order.user_id or found[0].partner.account_block_uid or self.env.ref("base.user_admin")).id,
            )
        return super(PaymentTransaction, self - stopped)._check_amount_and_confirm_order()
