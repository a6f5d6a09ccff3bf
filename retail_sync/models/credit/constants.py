"""Name the groups, values and parameters of account blocks and credit."""

from ...domain.credit.credit_state import NEAR_PERCENT

BLOCK_GROUP = "retail_sync.group_account_block"
OVERRIDE_GROUP = "retail_sync.group_account_block_override"
# Who deals with orders and payments of a customer reads why it is blocked; other users see that it is.
BANNER_GROUPS = (
    "sales_team.group_sale_salesman,account.group_account_invoice,account.group_account_readonly,"
    f"{BLOCK_GROUP},retail_sync.group_operator,retail_sync.group_auditor"
)
# What staff entered, as fields to search, group and export by.
REASON_GROUPS = f"{BLOCK_GROUP},retail_sync.group_auditor,retail_sync.group_integration"

# Canonical fields whose values a partner takes from its commercial entity.
CREDIT_NAMES = ("amount_due", "overdue_amount", "credit_state")
BLOCK_NAMES = ("account_block", "block_reason", "block_until", "credit_state")
COMMERCIAL_NAMES = frozenset({*BLOCK_NAMES, *CREDIT_NAMES, "credit_limit", "payment_terms", "tax_class", "vat_status"})

# Roll-ups of the commercial entity, by what they are computed of.
ORDER_NAMES = ("open_orders", "last_order_at")
GOODS_NAMES = ("returns_rate",)
INVOICE_NAMES = ("lifetime_value",)
LOYALTY_NAMES = ("loyalty_points",)
ROLLUP_NAMES = frozenset({*ORDER_NAMES, *GOODS_NAMES, *INVOICE_NAMES, *LOYALTY_NAMES})
# Shipments and returns of so many months make the returns rate.
RETURNS_MONTHS = 12
# Changes of roll-ups alone are gathered for so long: an order changes them several times, and no person waits for them.
GATHER_SECONDS = 900
# Amounts change with each invoice. The credit state stops orders, and they do not: they wait while it stays.
AMOUNT_SECONDS = 60

# Configuration parameters, and their values while they are not set.
PARAM_NEAR_PERCENT = "retail_sync.credit_near_percent"
PARAM_OVERDUE_HOLD = "retail_sync.credit_overdue_hold"
PARAM_GRACE = "retail_sync.credit_grace"
PARAM_STOPS_ORDERS = "retail_sync.credit_stops_orders"
DEFAULTS = {
    PARAM_NEAR_PERCENT: str(NEAR_PERCENT),
    PARAM_OVERDUE_HOLD: "1",
    PARAM_GRACE: "0",
    PARAM_STOPS_ORDERS: "0",
}
