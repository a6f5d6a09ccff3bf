"""Words of account blocks and credit, shared by models, services and settings."""

from ...domain.credit.credit_state import NEAR_PERCENT

BLOCK_GROUP = "retail_sync.group_account_block"
OVERRIDE_GROUP = "retail_sync.group_account_block_override"

# Canonical names of values that a partner has from its commercial entity.
CREDIT_NAMES = ("amount_due", "overdue_amount", "credit_state")
BLOCK_NAMES = ("account_block", "block_reason", "block_until", "credit_state")
COMMERCIAL_NAMES = frozenset({*BLOCK_NAMES, *CREDIT_NAMES, "credit_limit", "payment_terms", "tax_class", "vat_status"})

# Configuration parameters and what holds while nobody has set them.
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
