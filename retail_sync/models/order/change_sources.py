"""Which values of an order may be others once something of its documents has changed."""

from odoo import api, models

from ..milestone.change_sources import order_sources
from ..outbox.change_source import ChangeSource

_ALWAYS = ("stage", "timeline")
_PROMISE = ("promised_at", "expected_at", "delayed", "delay_reason")
_GOODS = (*_ALWAYS, *_PROMISE, "lines", "allocated_at", "shipped_first_at", "shipped_last_at", "delivered_at")
_MONEY = (*_ALWAYS, "lines", "invoicing", "payment", "invoiced", "paid", "due", "refunded", "invoiced_at", "paid_at")
_HOLDS = (*_ALWAYS, "hold", "hold_reason")
# Groups of sources as `order_sources` has them -> what they may change.
NAMES = {
    "order": (*_GOODS, *_HOLDS, "confirmed_at", "cancelled_at", "cancel_reason"),
    "lines": (*_GOODS, "skus", "line_count", "invoicing"),
    "moves": _GOODS,
    "transfers": (*_GOODS, "carrier", "tracking"),
    "invoices": _MONEY,
    "payments": (*_MONEY, "hold", "hold_reason"),
    "holds": _HOLDS,
}


class RetailSyncEntityOrder(models.AbstractModel):
    """What changes an order: its own row, its goods, its money, and what holds it."""

    _inherit = "retail.sync.entity.order"

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        return [*super()._change_sources(), *order_sources(self.env, NAMES)]
