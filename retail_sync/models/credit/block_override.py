from odoo import api, fields, models
from odoo.exceptions import UserError

from ...runtime import actions

KINDS = [("account_block", "Account block"), ("credit_hold", "Credit hold")]


class RetailSyncBlockOverride(models.Model):
    """Who confirmed an order of a blocked customer, and why. Append-only.

    Names and texts are copied: the row says what was so when it was written, whatever
    becomes of the order, the customer or the block.
    """

    _name = "retail.sync.block.override"
    _description = "Order confirmed despite a block"
    _order = "id desc"
    _rec_name = "order_name"

    kind = fields.Selection(KINDS, required=True, readonly=True, string="Stopped by")
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="set null", index="btree_not_null")
    order_name = fields.Char(string="Order number", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_name = fields.Char(string="Customer's name", required=True, readonly=True)
    block_text = fields.Text(string="What stopped it", required=True, readonly=True)
    blocked_by_id = fields.Many2one("res.users", string="Blocked by", readonly=True, ondelete="set null")
    reason = fields.Text(string="Why it was confirmed", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Confirmed by", required=True, readonly=True, ondelete="restrict")
    at = fields.Datetime(string="On", required=True, readonly=True, default=fields.Datetime.now)
    amount_total = fields.Monetary(string="Order total", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)

    _reason_given = models.Constraint("CHECK (btrim(reason) <> '')", "An override needs a reason.")

    @api.model
    def _record(self, stops, reason):
        """Write one row per order and stop: {order: [Stop]}."""
        return self.sudo().create(
            [
                {
                    "kind": stop.kind,
                    "order_id": order.id,
                    "order_name": order.name,
                    "partner_id": stop.partner.id,
                    "partner_name": stop.partner.display_name,
                    "block_text": stop.text,
                    "blocked_by_id": stop.partner.account_block_uid.id if stop.kind == "account_block" else False,
                    "reason": reason,
                    "user_id": self.env.uid,
                    "amount_total": order.amount_total,
                    "currency_id": order.currency_id.id,
                    "company_id": order.company_id.id,
                }
                for order, found in stops.items()
                for stop in found
            ]
        )

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What was confirmed despite a block is on record for good and cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was confirmed despite a block is on record for good and cannot be deleted."))

    def action_open_order(self):
        self.ensure_one()
        if not self.order_id:
            raise UserError(self.env._("The order is no longer there."))
        return actions.open_record(self.order_id)
