"""The shipment, as it is declared to the engine: a transfer that leaves for a customer."""

from .commerce_fields import odoo_field, quantity
from .entity_spec import Authority, Effect, Lifecycle, OnMissing, ReferenceSpec, declare
from .field_spec import FieldSpec
from .registry import register

__all__ = ["SHIPMENT", "SHIPMENT_LINE_FIELDS", "SHIPMENT_STATES"]

SHIPMENT_STATES = ("waiting", "partly_ready", "ready", "shipped", "delivered", "exception", "cancelled")

SHIPMENT_LINE_FIELDS = (
    FieldSpec("sku", "code", label="SKU"),
    FieldSpec("name", "text", "internal", "Product"),
    quantity("demand", "Demand"),
    quantity("quantity", "Quantity", "Reserved, or shipped once the transfer is done."),
    FieldSpec("order_line", "code", label="Order line", help="Key of the line in the order."),
    FieldSpec("kit_sku", "code", label="Kit", help="SKU of the kit of which this is a component."),
    quantity("kit_quantity", "Kits", "Kits that this shipment completes."),
)

# Odoo: stock.picking to a customer, drop shipments included; never a return.
SHIPMENT = register(
    declare(
        "shipment",
        1,
        (
            FieldSpec("number", "code", label="Number", owner="odoo"),
            odoo_field("order", "ref", "Order", entity="order"),
            odoo_field("customer", "ref", "Customer", entity="customer"),
            odoo_field("state", "enum", "State", choices=SHIPMENT_STATES, urgent=True),
            odoo_field("kind", "enum", "Kind", choices=("delivery", "dropship", "exchange", "replacement")),
            odoo_field("backorder_of", "code", "Backorder of", "Number of the shipment that was split."),
            odoo_field("carrier", "text", "Carrier", sensitivity="internal"),
            odoo_field("tracking", "text", "Tracking numbers", sensitivity="internal"),
            odoo_field("tracking_url", "text", "Tracking links", "One per line.", sensitivity="internal"),
            odoo_field("planned_at", "datetime", "Planned"),
            odoo_field("promised_at", "datetime", "Promised"),
            odoo_field("shipped_at", "datetime", "Shipped"),
            odoo_field("delivered_at", "datetime", "Delivered"),
            odoo_field("delivered_assumed", "bool", "Delivery assumed"),
            odoo_field("late", "bool", "Late"),
            odoo_field("parcels", "integer", "Parcels"),
            odoo_field("weight", "number", "Weight", "In kilograms.", digits=3),
            odoo_field("delivery_address", "text", "Delivery address", sensitivity="personal"),
            odoo_field("warehouse", "text", "Warehouse", sensitivity="internal"),
            odoo_field("lines", "lines", "Shipment lines", lines=SHIPMENT_LINE_FIELDS, sensitivity="internal"),
            odoo_field("url", "url", "Open in Odoo", sensitivity="internal"),
        ),
        label="Shipment",
        references=(
            ReferenceSpec("order", "order", "order", OnMissing.if_expected),
            ReferenceSpec("customer", "customer", "customer", OnMissing.skip),
        ),
        authority=Authority.odoo,
        lifecycle=Lifecycle(local_cancellation=Effect.transition),
        tells_milestones=True,
    )
)
