"""Invoices, credit notes and payments, as they are declared to the engine."""

from .commerce_fields import amount, odoo_field, quantity
from .entity_spec import Authority, Effect, Lifecycle, OnMissing, ReferenceSpec, declare
from .field_spec import FieldSpec
from .registry import register

__all__ = ["INVOICE", "INVOICE_LINE_FIELDS", "INVOICE_STATES", "PAYMENT"]

INVOICE_STATES = ("draft", "posted", "cancelled")
INVOICE_PAYMENT = ("not_paid", "in_payment", "partial", "paid", "reversed", "blocked")

INVOICE_LINE_FIELDS = (
    FieldSpec("sku", "code", label="SKU"),
    FieldSpec("name", "text", "internal", "Description"),
    FieldSpec("order_line", "code", label="Order line"),
    quantity("quantity", "Quantity"),
    amount("unit_price", "Unit price", digits=4),
    amount("subtotal", "Subtotal"),
    amount("total", "Total"),
    FieldSpec("down_payment", "bool", label="Down payment"),
)

# Odoo: account.move of type out_invoice or out_refund, once it was posted.
INVOICE = register(
    declare(
        "invoice",
        1,
        (
            FieldSpec("number", "code", label="Number", owner="odoo"),
            odoo_field("kind", "enum", "Kind", choices=("invoice", "credit_note")),
            odoo_field("order", "ref", "Order", "The first order that it bills.", entity="order"),
            odoo_field("orders", "text", "Orders", "Numbers of all orders that it bills.", sensitivity="internal"),
            odoo_field("customer", "ref", "Customer", entity="customer"),
            odoo_field("reverses", "ref", "Credits invoice", entity="invoice"),
            odoo_field("state", "enum", "State", choices=INVOICE_STATES, urgent=True),
            odoo_field("payment_state", "enum", "Payment", choices=INVOICE_PAYMENT),
            odoo_field("invoiced_on", "date", "Invoice date"),
            odoo_field("due_on", "date", "Due date"),
            odoo_field("paid_on", "date", "Paid on"),
            odoo_field("reason", "text", "Reason", "Of a credit note.", sensitivity="internal"),
            odoo_field("payment_reference", "text", "Payment reference", sensitivity="internal"),
            odoo_field("currency", "code", "Currency"),
            amount("untaxed", "Untaxed amount"),
            amount("tax", "Tax"),
            amount("total", "Total"),
            amount("total_company", "Total in company currency", "Negative for credit notes."),
            amount("due", "Due"),
            amount("paid", "Paid"),
            odoo_field("lines", "lines", "Invoice lines", lines=INVOICE_LINE_FIELDS, sensitivity="internal"),
            odoo_field("url", "url", "Open in Odoo", sensitivity="internal"),
        ),
        label="Invoice",
        references=(
            ReferenceSpec("order", "order", "order", OnMissing.if_expected),
            ReferenceSpec("customer", "customer", "customer", OnMissing.if_expected),
            ReferenceSpec("reverses", "reverses", "invoice", OnMissing.if_expected),
        ),
        authority=Authority.odoo,
        lifecycle=Lifecycle(local_cancellation=Effect.transition),
        tells_milestones=True,
    )
)

# Odoo: account.payment of customers, refunds included.
PAYMENT = register(
    declare(
        "payment",
        1,
        (
            FieldSpec("number", "code", label="Number", owner="odoo"),
            odoo_field("kind", "enum", "Kind", choices=("payment", "refund")),
            odoo_field("customer", "ref", "Customer", entity="customer"),
            odoo_field("invoices", "text", "Invoices", "Numbers, joined by commas.", sensitivity="internal"),
            odoo_field("order", "ref", "Order", entity="order"),
            odoo_field("state", "enum", "State", choices=("draft", "in_process", "paid", "cancelled", "rejected")),
            odoo_field("paid_on", "date", "Date"),
            odoo_field("method", "text", "Method", sensitivity="internal"),
            odoo_field("provider_reference", "text", "Provider's reference", sensitivity="internal"),
            odoo_field("currency", "code", "Currency"),
            amount("amount", "Amount"),
            amount("amount_company", "Amount in company currency"),
            odoo_field("url", "url", "Open in Odoo", sensitivity="internal"),
        ),
        label="Payment",
        references=(
            ReferenceSpec("order", "order", "order", OnMissing.if_expected),
            ReferenceSpec("customer", "customer", "customer", OnMissing.if_expected),
        ),
        authority=Authority.odoo,
        lifecycle=Lifecycle(local_cancellation=Effect.transition),
        tells_milestones=True,
    )
)
