from collections.abc import Collection
from types import MappingProxyType

from odoo import api, models

from ..outbox import outbox
from ..outbox.change_source import ChangeSource
from .constants import (
    AMOUNT_SECONDS,
    CREDIT_NAMES,
    GATHER_SECONDS,
    GOODS_NAMES,
    INVOICE_NAMES,
    LOYALTY_NAMES,
    ROLLUP_NAMES,
)
from .rollups import INVOICE_TYPES


class RetailSyncEntityCustomer(models.AbstractModel):
    """Declare which transfers, invoices and loyalty cards change the roll-ups of a customer.

    Orders are watched by the source of the first order, which has a trigger already. All of these only note that a
    value may have changed; it is computed when the customer is sent.
    """

    _inherit = "retail.sync.entity.customer"

    # Each order changes them, and no person waits for them: many orders make one call.
    _gathered_fields = MappingProxyType(
        {**dict.fromkeys(ROLLUP_NAMES, GATHER_SECONDS), **dict.fromkeys(CREDIT_NAMES, AMOUNT_SECONDS)}
    )

    @api.model
    def _cannot_wait(self, stream: models.BaseModel, res_ids: Collection[int]) -> set[int]:
        """Add customers whose credit state is another one than the platform shows: it stops orders, amounts do not."""
        found: set[int] = super()._cannot_wait(stream, res_ids)
        if "credit_state" not in stream._outbound_fields():
            return found
        company = stream.connection_id.company_id or self.env.company
        partners = self.env["res.partner"].browse(res_ids).exists().with_company(company)
        current = partners._retail_sync_commercial()
        # A state that was never sent is the neutral one over there.
        neutral = self._spec().fields["credit_state"].neutral
        shown = {
            res_id: (link.sudo().base or {}).get("credit_state") or neutral
            for res_id, link in outbox.bound(self.env, stream, partners.ids).items()
        }
        return found | {res_id for res_id in shown if current[res_id]["credit_state"] != shown[res_id]}

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        sources = [
            *super()._change_sources(),
            ChangeSource(
                "stock_move",
                "sale_line_id",
                ("state",),
                "res.partner",
                ("open_orders", *GOODS_NAMES),
                hops=(("sale_order_line", "id", "order_id"), ("sale_order", "id", "partner_id")),
                conditions={"state": ("done", "cancel")},
            ),
            ChangeSource(
                "account_move",
                "partner_id",
                ("amount_untaxed_signed",),
                "res.partner",
                INVOICE_NAMES,
                conditions={"state": ("posted",), "move_type": INVOICE_TYPES},
            ),
        ]
        if "loyalty.card" in self.env:
            columns = ("points", "program_id", "active", "expiration_date")
            sources.append(ChangeSource("loyalty_card", "partner_id", columns, "res.partner", LOYALTY_NAMES))
        return sources
