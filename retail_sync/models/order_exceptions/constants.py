"""Selections and settings of order exceptions."""

from ...domain.commerce.entries import KINDS

STATES = [("open", "Open"), ("ignored", "Ignored"), ("solved", "Done")]
PRIORITIES = [("low", "Low"), ("medium", "Medium"), ("high", "High")]
RULE_KINDS = [("expectation", "Expectation"), ("condition", "Condition")]
LIMITS = [("span", "Within a time after it"), ("promise", "Before the promised date")]
UNITS = [("hours", "Hours"), ("days", "Days")]
CONDITION_LABELS = [
    ("backorder", "A backorder is open"),
    ("delivery_exception", "The carrier reports a problem"),
    ("contradiction", "Shipped here, open there"),
    ("payment_failed", "A payment failed"),
    ("refund_stuck", "A refund was issued and is not paid"),
    ("hold", "A confirmed order is on hold"),
    ("address", "The delivery address is incomplete"),
    ("invoice_overdue", "An invoice is overdue"),
]
# As people read them in a rule; the rank of the journal orders them.
MILESTONE_LABELS = {
    "quoted": "Quoted",
    "sent": "Quotation sent",
    "confirmed": "Confirmed",
    "held": "Held",
    "partly_allocated": "Partly allocated",
    "allocated": "Allocated",
    "backordered": "Backordered",
    "picked": "Picked",
    "packed": "Packed",
    "tracking": "Tracking number known",
    "shipped": "Shipped",
    "repromised": "Promised anew",
    "delayed": "Delayed",
    "delivery_exception": "Problem with the delivery",
    "delivered": "Delivered",
    "payment_failed": "Payment failed",
    "invoiced": "Invoiced",
    "partly_paid": "Partly paid",
    "paid": "Paid",
    "return_requested": "Return requested",
    "return_received": "Return received",
    "inspected": "Return inspected",
    "refund_approved": "Refund approved",
    "refund_issued": "Refund issued",
    "refund_failed": "Refund failed",
    "refund_paid": "Refund paid",
    "partly_cancelled": "Partly cancelled",
    "cancelled": "Cancelled",
}
MILESTONES = [(kind, MILESTONE_LABELS.get(kind, kind)) for kind in sorted(KINDS, key=lambda kind: KINDS[kind].rank)]

# Orders that one transaction evaluates.
BATCH = 200
# Configuration parameters: by which value an exception is ranked, and from which value on.
PARAM_BASIS = "retail_sync.exception_value_basis"
PARAM_MEDIUM = "retail_sync.exception_value_medium"
PARAM_HIGH = "retail_sync.exception_value_high"
BASES = [("order", "Order total"), ("customer", "Revenue of the customer")]
# Who deals with orders sees what is wrong with them.
BANNER_GROUPS = (
    "sales_team.group_sale_salesman,stock.group_stock_user,account.group_account_invoice,"
    "retail_sync.group_operator,retail_sync.group_auditor"
)
