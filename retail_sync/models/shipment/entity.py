from collections.abc import Collection
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical.shipment import SHIPMENT
from ..order.document_values import named
from ..outbox.change_source import ChangeSource
from . import values

# What moves tell about their transfer, in whichever direction it goes. Moves without an order line (receipts, internal
# transfers, most of a warehouse's work) say nothing: what a manual delivery ships goes along with its state.
MOVES = ChangeSource(
    "stock_move",
    "picking_id",
    ("state", "quantity", "product_uom_qty", "product_id", "product_uom", "sequence", "sale_line_id", "to_refund"),
    "stock.picking",
    ("state", "lines"),
    amount="sale_line_id",
)

# A merge of customers, or a correction, moves the order and leaves its transfers as they are.
CUSTOMERS = ChangeSource(
    "sale_order", "id", ("partner_id",), "stock.picking", ("customer",), hops=(("stock_picking", "sale_id", "id"),)
)


class RetailSyncEntityShipment(models.AbstractModel):
    """Transfers that leave for a customer, from stock or from a supplier; never returns."""

    _name = "retail.sync.entity.shipment"
    _inherit = ["retail.sync.document.entity"]
    _description = "Shipments in Odoo"

    _entity = SHIPMENT.name
    _res_model = "stock.picking"
    _history_date = "scheduled_date"
    _own_columns = {
        "name": ("number",),
        "state": ("state", "shipped_at", "late", "lines"),
        "weight": ("weight",),
        "shipping_weight": ("weight",),
        "partner_id": ("customer", "delivery_address"),
        "sale_id": ("order", "customer"),
        "backorder_id": ("backorder_of",),
        "carrier_id": ("carrier", "tracking_url"),
        "carrier_tracking_ref": ("tracking", "tracking_url", "parcels"),
        "scheduled_date": ("planned_at", "late"),
        "date_deadline": ("promised_at", "late"),
        "date_done": ("shipped_at",),
    }

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        """Leave out what is being typed, and what was cancelled before the platform heard of it."""
        return super()._export_domain(stream) & Domain(
            [("location_dest_id.usage", "=", "customer"), ("state", "not in", ("draft", "cancel"))]
        )

    @api.model
    def _history_open(self) -> Domain:
        return Domain("state", "not in", ("draft", "done", "cancel"))

    @api.model
    def _customers(self, records: models.BaseModel) -> dict[int, models.BaseModel]:
        return {picking.id: values.customer_of(picking) for picking in records}

    @api.model
    def _document_values(self, records: models.BaseModel, wanted: Collection[str]) -> dict[int, dict[str, Any]]:
        found = values.of_shipments(self.env, records, wanted)
        for picking in records:
            found[picking.id]["customer"] = named(values.customer_of(picking))
        return found

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        return [
            *super()._change_sources(),
            MOVES,
            CUSTOMERS,
            # What a carrier reports, or what is assumed without one, is written to the journal alone.
            ChangeSource(
                "retail_sync_milestone",
                "document_id",
                ("kind",),
                "stock.picking",
                ("state", "delivered_at", "delivered_assumed"),
                conditions=(("document_model", ("stock.picking",)), ("kind", values.REPORTED)),
            ),
        ]
