from collections.abc import Mapping, Sequence
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...domain.security.audit import AuditKind
from ...runtime import actions, retention
from ...runtime.erasure import Erasure, Ids
from ..audit import trail

# As long as most countries ask merchants to keep the papers of a sale.
KEEP_DAYS = 3650
KINDS = [("account_block", "Account block"), ("credit_hold", "Credit hold")]


class RetailSyncBlockOverride(models.Model):
    """Keep who confirmed an order of a blocked customer, and why. Records are never changed or deleted.

    Names and texts are copied, so that a record shows the state at its time, even if the order, the customer or the
    block changes later.
    """

    _name = "retail.sync.block.override"
    _inherit = ["retail.sync.business.access"]
    _description = "Order confirmed despite a block"
    _erasure = Erasure(
        rows=(Ids("partner_id"),), blank=("partner_name", "block_text", "reason"), quotes=("block_text", "reason")
    )
    _order = "id desc"
    _rec_name = "order_name"
    _business_fields = (("res.partner", "partner_id"),)

    kind = fields.Selection(KINDS, required=True, readonly=True, string="Stopped by")
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="set null", index="btree_not_null")
    order_name = fields.Char(string="Order number", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_name = fields.Char(string="Customer's name", required=True, readonly=True)
    block_text = fields.Text(string="Block at that time", required=True, readonly=True)
    blocked_by_id = fields.Many2one("res.users", string="Blocked by", readonly=True, ondelete="set null")
    reason = fields.Text(string="Reason for the override", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Confirmed by", required=True, readonly=True, ondelete="restrict")
    at = fields.Datetime(string="Confirmed on", required=True, readonly=True, default=fields.Datetime.now)
    amount_total = fields.Monetary(string="Order total", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)

    _retention_idx = models.Index("(at)")
    _reason_given = models.Constraint("CHECK (btrim(reason) <> '')", "An override needs a reason. Enter the reason.")

    @api.model
    def _record(self, stops: Mapping[Any, Sequence[Any]], reason: str) -> models.BaseModel:
        """Create one record per order and stop.

        :param stops: {order: [Stop]}
        """
        for order, order_stops in stops.items():
            trail.add(
                self.env,
                AuditKind.OVERRIDE,
                model=order._name,
                res_ids=order.ids,
                company=order.company_id,
                reason=reason,
                details={"stops": [stop.kind for stop in order_stops], "customers": order.partner_id.ids},
            )
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
                for order, order_stops in stops.items()
                for stop in order_stops
            ]
        )

    @retention.batched
    def _gc_overrides(self) -> retention.Progress:
        """Delete records after the days of Settings. `unlink` refuses every user; retention passes it."""
        limit = retention.before(self.env, "keep_overrides_days", KEEP_DAYS)
        return retention.delete_expired(self, SQL("at < %s", limit), SQL("at")) if limit else (0, 0)

    def write(self, vals: dict[str, Any]) -> bool:  # pylint: disable=method-required-super
        raise UserError(self.env._("Records of overridden blocks cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self) -> None:
        raise UserError(self.env._("Records of overridden blocks cannot be deleted."))

    def action_open_order(self) -> dict[str, Any]:
        self.ensure_one()
        if not self.order_id:
            raise UserError(self.env._("The order was deleted, so it cannot be opened."))
        return actions.open_record(self.order_id)
