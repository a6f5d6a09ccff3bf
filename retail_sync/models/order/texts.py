"""What people read about holds and delays of orders. Codes decide, these sentences explain."""

from odoo.api import Environment

from ...domain.commerce.facts import HoldFacts


def hold_text(env: Environment, hold: HoldFacts | None) -> str | None:
    """Return why an order is held, without values of its customer; None where nothing holds it."""
    if hold is None:
        return None
    texts = {
        "account_block": env._("The account is blocked."),
        "credit_hold": env._("The customer is on credit hold."),
        "payment_pending": env._("The payment is not completed."),
        "payment_authorized": env._("The payment is authorized and not captured."),
    }
    return texts.get(hold.key) or hold.reason or hold.key


def delay_text(env: Environment, cause: str) -> str | None:
    """Return why an order is late."""
    texts = {
        "promise_passed": env._("What was promised has passed, and goods are still to be shipped."),
        "planned_late": env._("Goods are planned for later than promised."),
    }
    return texts.get(cause, cause) or None
