from collections.abc import Collection, Iterable
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical.order import ORDER
from . import values


class RetailSyncEntityOrder(models.AbstractModel):
    """Orders of customers: from confirmation on, or from the quotation on where a stream says so."""

    _name = "retail.sync.entity.order"
    _inherit = ["retail.sync.document.entity"]
    _description = "Orders in Odoo"

    _entity = ORDER.name
    _res_model = "sale.order"
    _history_date = "date_order"
    _own_columns = {
        "name": ("number",),
        "state": ("stage", "confirmed_at", "cancelled_at", "timeline"),
        "partner_id": ("customer", "contact"),
        "partner_shipping_id": ("delivery_address",),
        "client_order_ref": ("customer_reference",),
        "origin": ("origin",),
        "team_id": ("sales_team",),
        "user_id": ("salesperson",),
        "warehouse_id": ("warehouse",),
        "date_order": ("ordered_at",),
        "validity_date": ("valid_until",),
        "commitment_date": ("promised_at",),
        "payment_term_id": ("payment_terms",),
        "carrier_id": ("carrier",),
        # What changes within lines while the totals stay, the source of the lines reports.
        "amount_total": ("untaxed", "tax", "total", "total_company", "lines"),
        "amount_untaxed": ("untaxed", "tax", "lines"),
        # With another pricelist, the figures of a quotation may stay as they are.
        "currency_id": ("currency", "untaxed", "tax", "total", "total_company", "due", "lines"),
    }

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        return super()._export_domain(stream) & values.export_states(stream.order_states)

    @api.model
    def _history_open(self) -> Domain:
        """Return orders that are not fully shipped or billed. What Odoo says of deliveries is no proof: see DESIGN."""
        waiting = Domain("invoice_status", "=", "to invoice") | Domain("picking_ids.state", "in", values.OPEN)
        return Domain("state", "in", ("draft", "sent")) | (Domain("state", "=", "sale") & waiting)

    @api.model
    def _exception_texts(self, order_ids: Iterable[int]) -> dict[int, str]:
        """Hook: return {order id: open exceptions of the order, as one text}."""
        return {}

    @api.model
    def _document_values(self, records: models.BaseModel, wanted: Collection[str]) -> dict[int, dict[str, Any]]:
        found = values.of_orders(self.env, records, wanted)
        if "exceptions" in wanted:
            texts = self._exception_texts(records.ids)
            for order_id, order in found.items():
                order["exceptions"] = texts.get(order_id) or None
        return found
