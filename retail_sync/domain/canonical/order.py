"""The order, as it is declared to the engine: what Odoo knows of it, from quotation to refund."""

from .commerce_fields import amount, odoo_field, quantity
from .entity_spec import Authority, DeliveryClass, Effect, Lifecycle, OnMissing, ReferenceSpec, declare
from .field_spec import FieldSpec
from .registry import register

__all__ = ["ORDER", "ORDER_LINE_FIELDS", "STAGES", "TIMELINE_FIELDS"]

# Where an order stands, by facts and not by the states that Odoo stores. The last that applies counts.
STAGES = (
    "quoted",
    "sent",
    "confirmed",
    "held",
    "backordered",
    "allocated",
    "picked",
    "packed",
    "partly_shipped",
    "shipped",
    "delivered",
    "delivery_exception",
    "returned",
    "cancelled",
)
INVOICING = ("none", "partly", "full")
PAYMENT = ("none", "due", "partly", "paid", "failed", "refunded")

ORDER_LINE_FIELDS = (
    FieldSpec("sku", "code", label="SKU"),
    FieldSpec("name", "text", "internal", "Description"),
    FieldSpec("unit", "code", label="Unit"),
    quantity("ordered", "Ordered"),
    quantity("reserved", "Reserved"),
    quantity("picked", "Picked"),
    quantity("shipped", "Shipped"),
    quantity("returned", "Returned"),
    quantity("invoiced", "Invoiced"),
    quantity("credited", "Credited"),
    amount("unit_price", "Unit price", "As the line says; gross where the tax is included.", digits=4),
    odoo_field("discount", "number", "Discount", "Percent.", digits=2),
    amount("subtotal", "Subtotal"),
    amount("tax", "Tax"),
    amount("total", "Total"),
    odoo_field("warehouse", "text", "Warehouse", sensitivity="public"),
    odoo_field("promised_at", "datetime", "Promised"),
    odoo_field("kind", "enum", "Kind", choices=("goods", "service", "delivery", "reward", "kit")),
)
# One entry of the milestone journal; its key is the id of the journal's row.
TIMELINE_FIELDS = (
    FieldSpec("kind", "code", label="Milestone"),
    FieldSpec("at", "datetime", label="Business time"),
    FieldSpec("seen_at", "datetime", label="Seen"),
    FieldSpec("reversal", "bool", label="Taken back"),
    FieldSpec("assumed", "bool", label="Assumed"),
    FieldSpec("document", "text", "internal", "Document"),
    FieldSpec("cause", "text", "internal", "Cause"),
    FieldSpec("quantities", "text", "internal", "Quantities", "For example 3 of 5 Units."),
)

# Odoo: sale.order.
ORDER = register(
    declare(
        "order",
        1,
        (
            FieldSpec("number", "code", label="Number", owner="odoo"),
            odoo_field("customer", "ref", "Customer", "Company or private customer.", entity="customer"),
            odoo_field("contact", "ref", "Contact", "Person of the company who ordered.", entity="customer"),
            odoo_field("customer_reference", "text", "Customer's reference"),
            odoo_field("origin", "text", "Source"),
            odoo_field("sales_team", "text", "Sales team", sensitivity="internal"),
            odoo_field("salesperson", "email", "Salesperson"),
            odoo_field("company", "text", "Company", sensitivity="internal"),
            odoo_field("warehouse", "text", "Warehouse", sensitivity="internal"),
            odoo_field("ordered_at", "datetime", "Ordered"),
            odoo_field("valid_until", "date", "Valid until"),
            odoo_field("promised_at", "datetime", "Promised", "As agreed with the customer."),
            odoo_field("expected_at", "datetime", "Expected", "As planned now."),
            odoo_field("stage", "enum", "Stage", choices=STAGES, urgent=True),
            odoo_field("hold", "bool", "On hold", urgent=True),
            odoo_field("hold_reason", "text", "Reason of the hold", sensitivity="internal", urgent=True),
            odoo_field("delayed", "bool", "Delayed", urgent=True),
            odoo_field("delay_reason", "text", "Reason of the delay", sensitivity="internal"),
            odoo_field("cancel_reason", "text", "Reason of the cancellation", sensitivity="internal"),
            odoo_field("exceptions", "text", "Order exceptions", "Open ones, by rule.", sensitivity="internal"),
            odoo_field("invoicing", "enum", "Invoicing", choices=INVOICING),
            odoo_field(
                "payment",
                "enum",
                "Payment",
                "How much is paid of what is billed so far; before the first invoice, of the whole order.",
                choices=PAYMENT,
            ),
            odoo_field("payment_terms", "text", "Payment terms", sensitivity="internal"),
            odoo_field("currency", "code", "Currency"),
            amount("untaxed", "Untaxed amount"),
            amount("tax", "Tax"),
            amount("total", "Total"),
            amount("total_company", "Total in company currency"),
            amount("invoiced", "Invoiced", "Posted invoices less posted credit notes."),
            amount("paid", "Paid", "What payments and transactions have settled."),
            amount("due", "Due", "Open on posted invoices."),
            amount("refunded", "Refunded", "Money that went back."),
            odoo_field("carrier", "text", "Carrier", sensitivity="internal"),
            odoo_field("tracking", "text", "Tracking numbers", "Joined by commas.", sensitivity="internal"),
            odoo_field("delivery_address", "text", "Delivery address", "As printed.", sensitivity="personal"),
            odoo_field("confirmed_at", "datetime", "Confirmed"),
            odoo_field("allocated_at", "datetime", "Allocated"),
            odoo_field("shipped_first_at", "datetime", "First shipped"),
            odoo_field("shipped_last_at", "datetime", "Last shipped"),
            odoo_field("delivered_at", "datetime", "Delivered"),
            odoo_field("invoiced_at", "datetime", "Invoiced on"),
            odoo_field("paid_at", "datetime", "Paid on"),
            odoo_field("cancelled_at", "datetime", "Cancelled"),
            odoo_field("line_count", "integer", "Lines"),
            odoo_field("skus", "text", "SKUs", "For searches.", sensitivity="internal"),
            odoo_field("lines", "lines", "Order lines", lines=ORDER_LINE_FIELDS, sensitivity="internal"),
            odoo_field("timeline", "lines", "Timeline", lines=TIMELINE_FIELDS, sensitivity="internal"),
            odoo_field("url", "url", "Open in Odoo", sensitivity="internal"),
        ),
        label="Order",
        references=(
            ReferenceSpec("customer", "customer", "customer", OnMissing.if_expected),
            ReferenceSpec("contact", "contact", "customer", OnMissing.skip),
        ),
        authority=Authority.odoo,
        lifecycle=Lifecycle(local_cancellation=Effect.transition, local_deletion=Effect.keep),
        delivery_class=DeliveryClass.state,
        tells_milestones=True,
    )
)
