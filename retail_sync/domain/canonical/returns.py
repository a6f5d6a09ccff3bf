"""The return, as it is declared to the engine: goods that a customer sends back, and what becomes of them."""

from .commerce_fields import amount, odoo_field, quantity
from .entity_spec import Authority, Effect, Lifecycle, OnMissing, ReferenceSpec, declare
from .field_spec import FieldSpec
from .registry import register

__all__ = ["RETURN", "RETURN_LINE_FIELDS", "RETURN_STATES"]

RETURN_STATES = ("requested", "received", "inspected", "refund_approved", "refunded", "refund_failed", "cancelled")

RETURN_LINE_FIELDS = (
    FieldSpec("sku", "code", label="SKU"),
    FieldSpec("name", "text", "internal", "Product"),
    FieldSpec("order_line", "code", label="Order line"),
    quantity("quantity", "Quantity"),
    FieldSpec("to_refund", "bool", label="Reduces what is invoiced"),
)

# Odoo: stock.picking that takes goods back (its moves return others).
RETURN = register(
    declare(
        "return",
        1,
        (
            FieldSpec("number", "code", label="Number", owner="odoo"),
            odoo_field("order", "ref", "Order", entity="order"),
            odoo_field("shipment", "ref", "Shipment", entity="shipment"),
            odoo_field("customer", "ref", "Customer", entity="customer"),
            odoo_field("state", "enum", "State", choices=RETURN_STATES, urgent=True),
            odoo_field("reason", "text", "Reason", sensitivity="internal"),
            odoo_field("result", "text", "Inspection result", sensitivity="internal"),
            odoo_field("requested_at", "datetime", "Requested"),
            odoo_field("received_at", "datetime", "Received"),
            odoo_field("credit_notes", "text", "Credit notes", "Numbers.", sensitivity="internal"),
            amount("refund", "Refund", "Total of its posted credit notes."),
            amount("refund_open", "Refund not paid yet"),
            odoo_field("currency", "code", "Currency"),
            odoo_field("lines", "lines", "Return lines", lines=RETURN_LINE_FIELDS, sensitivity="internal"),
            odoo_field("url", "url", "Open in Odoo", sensitivity="internal"),
        ),
        label="Return",
        references=(
            ReferenceSpec("order", "order", "order", OnMissing.if_expected),
            ReferenceSpec("shipment", "shipment", "shipment", OnMissing.skip),
            ReferenceSpec("customer", "customer", "customer", OnMissing.skip),
        ),
        authority=Authority.odoo,
        lifecycle=Lifecycle(local_cancellation=Effect.transition),
        tells_milestones=True,
    )
)
