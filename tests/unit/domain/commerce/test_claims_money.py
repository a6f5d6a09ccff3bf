"""What is said of invoices, payments and refunds is what money did, whatever Odoo's own state of a payment says."""

from dataclasses import replace
from decimal import Decimal

import pytest

from retail_sync.domain.commerce.claims_money import claims
from retail_sync.domain.commerce.facts import InvoiceFacts, OrderFacts, TransactionFacts

D = Decimal
BILL = InvoiceFacts(1, state="posted", payment_state="in_payment", currency="EUR", total=D(100), residual=D(100))
NOTE = replace(BILL, kind="out_refund")


@pytest.mark.parametrize(
    ("invoice", "kind", "amount"),
    [
        (replace(BILL, waiting=D(60)), "partly_paid", 60),
        (replace(BILL, waiting=D(100)), "paid", 100),
        (replace(BILL, waiting=D(140)), "paid", 100),
        (BILL, "paid", 100),
        (replace(BILL, residual=D(70), paid_out=D(30), waiting=D(50)), "partly_paid", 80),
        (replace(BILL, residual=D(0), paid_out=D(100), waiting=D(60)), "paid", 100),
        (replace(NOTE, waiting=D(100)), "refund_paid", 100),
        (replace(NOTE, waiting=D(60)), None, None),
    ],
)
def test_a_payment_that_waits_for_the_bank_is_said_with_its_own_amount(invoice, kind, amount):
    found = [claim for claim in claims(OrderFacts(1, invoices=(invoice,))) if "paid" in claim.kind]
    assert [(claim.kind, claim.amount) for claim in found] == ([(kind, amount)] if kind else [])


@pytest.mark.parametrize(("state", "kinds"), [("cancel", []), ("error", ["payment_failed"])])
def test_the_rest_of_a_payment_that_was_voided_after_a_partial_capture_is_no_failed_payment(state, kinds):
    authorized = TransactionFacts(1, state="done", amount=D(100))
    captured = TransactionFacts(2, state="done", amount=D(60), source_id=1)
    rest = TransactionFacts(3, state=state, amount=D(40), source_id=1)
    found = claims(OrderFacts(1, transactions=(authorized, captured, rest)))
    assert [claim.kind for claim in found] == kinds
