"""Refunds by Stripe: our key is the idempotency key and stands in the metadata, by which a refund is found again.

Odoo's own refund request sends neither. The provider's module is not needed to load this file.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import requests

from odoo.exceptions import ValidationError

from odoo.addons.payment import utils as payment_utils

from ...domain.service.money_out import Answer
from .providers import Outcome, OwnRequest, is_unknown, refunds_with

__all__ = ["KEY", "Stripe"]

# In the metadata of a refund.
KEY = "odoo_reference"
_ANSWERS = {
    "succeeded": Answer.done,
    "pending": Answer.pending,
    "requires_action": Answer.pending,
    "failed": Answer.failed,
    "canceled": Answer.failed,
}
# The balance of the shop's account may be filled up, and a lock ends.
_RETRYABLE = frozenset({"balance_insufficient", "insufficient_funds", "lock_timeout", "rate_limit"})
_PAGE = 100
_MOST_PAGES = 50


@refunds_with("stripe")
class Stripe(OwnRequest):
    """Stripe, which keeps keys and can be asked for the refunds of a payment."""

    keeps_keys = True
    can_be_asked = True

    def send(self, child: Any) -> Outcome:
        """Create the refund under our key."""
        decimals = import_module("odoo.addons.payment_stripe.const").CURRENCY_DECIMALS
        amount = payment_utils.to_minor_currency_units(
            -child.amount, child.currency_id, arbitrary_decimal_number=decimals.get(child.currency_id.name)
        )
        data = {
            "payment_intent": child.source_transaction_id.provider_reference,
            "amount": amount,
            f"metadata[{KEY}]": child.reference,
        }
        try:
            found = child._send_api_request("POST", "refunds", data=data, idempotency_key=child.reference)
        except ValidationError as error:
            if is_unknown(error):
                return Outcome(None, message=str(error))
            return Outcome(Answer.failed, message=str(error), retryable=_code(error) in _RETRYABLE)
        return _outcome(found)

    def look_up(self, child: Any) -> Outcome:
        """Look for our key among the refunds of the payment."""
        query = {"payment_intent": child.source_transaction_id.provider_reference, "limit": _PAGE}
        try:
            for _ in range(_MOST_PAGES):
                page = child._send_api_request("GET", "refunds", params=query)
                for found in page["data"]:
                    if (found.get("metadata") or {}).get(KEY) == child.reference:
                        return _outcome(found)
                if not page.get("has_more"):
                    return Outcome(Answer.not_found)
                query["starting_after"] = page["data"][-1]["id"]
        except ValidationError as error:
            return Outcome(None, message=str(error))
        return Outcome(None)


def _outcome(found: dict[str, Any]) -> Outcome:
    answer = _ANSWERS.get(found.get("status") or "")
    return Outcome(answer, {"refund": found} if answer else None, reference=found.get("id") or "")


def _code(error: ValidationError) -> str:
    cause = error.__cause__ or error.__context__
    if not isinstance(cause, requests.exceptions.HTTPError) or cause.response is None:
        return ""
    try:
        found = cause.response.json().get("error") or {}
    except ValueError:
        return ""
    return str(found.get("decline_code") or found.get("code") or "")
