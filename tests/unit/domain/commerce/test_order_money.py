"""What an order is billed, paid and refunded follows from its documents, whatever Odoo's own status says."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.order import INVOICING, PAYMENT
from retail_sync.domain.commerce.facts import InvoiceFacts, LineFacts, OrderFacts, TransactionFacts
from retail_sync.domain.commerce.order_money import invoicing_of, money_of

from .order_histories import STEPS, History

D = Decimal
LINE = LineFacts(1, ordered=D(5))
ORDER = OrderFacts(1, currency="EUR", total=D(100), lines=(LINE,))
BILL = InvoiceFacts(1, state="posted", currency="EUR", total=D(100), residual=D(100), quantities={1: D(5)})
NOTE = replace(BILL, id=2, kind="out_refund", total=D(40), residual=D(40))
PAID = replace(BILL, residual=D(0), paid_out=D(100))
MONEY = TransactionFacts(1, state="done", amount=D(100), currency="EUR")
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 12)), max_size=30)


@pytest.mark.parametrize(
    ("invoices", "transactions", "state", "amounts"),
    [
        ((), (), "none", (0, 0, 0, 0)),
        ((replace(BILL, state="draft"),), (), "none", (0, 0, 0, 0)),
        ((BILL,), (), "due", (100, 0, 100, 0)),
        ((replace(BILL, residual=D(70), paid_out=D(30)),), (), "partly", (100, 30, 70, 0)),
        ((PAID,), (), "paid", (100, 100, 0, 0)),
        # The money of a transaction and the payment made of it are one.
        ((PAID,), (MONEY,), "paid", (100, 100, 0, 0)),
        ((), (MONEY,), "paid", (0, 100, 0, 0)),
        ((), (replace(MONEY, amount=D(40)),), "partly", (0, 40, 0, 0)),
        ((), (replace(MONEY, state="error"),), "failed", (0, 0, 0, 0)),
        ((BILL,), (replace(MONEY, state="error"),), "failed", (100, 0, 100, 0)),
        ((), (replace(MONEY, state="error"), replace(MONEY, id=2)), "paid", (0, 100, 0, 0)),
        ((PAID, NOTE), (), "paid", (60, 100, 0, 0)),
        ((PAID, replace(NOTE, residual=D(0), paid_out=D(40))), (), "paid", (60, 100, 0, 40)),
        ((PAID, replace(NOTE, total=D(100), residual=D(0), paid_out=D(100))), (), "refunded", (0, 100, 0, 100)),
        # What the provider paid out counts once, though the credit note is cleared by it.
        (
            (PAID, replace(NOTE, total=D(100), residual=D(0), paid_out=D(100), refund_id=3)),
            (MONEY, TransactionFacts(3, state="done", amount=D(-100), currency="EUR", refund=True)),
            "refunded",
            (0, 100, 0, 100),
        ),
        # A credit note that offsets an unpaid invoice moves no money.
        (
            (replace(BILL, residual=D(0), payment_state="reversed"), replace(NOTE, total=D(100), residual=D(0))),
            (),
            "none",
            (0, 0, 0, 0),
        ),
        # A payment without a journal entry waits for the bank: the invoice is open, and what is paid of it counts.
        ((replace(BILL, payment_state="in_payment"),), (), "paid", (100, 100, 0, 0)),
        ((replace(BILL, payment_state="in_payment", waiting=D(100)),), (), "paid", (100, 100, 0, 0)),
        ((replace(BILL, payment_state="in_payment", waiting=D(60)),), (), "partly", (100, 60, 40, 0)),
        (
            (replace(BILL, payment_state="partial", residual=D(40), paid_out=D(60), waiting=D(60)),),
            (),
            "partly",
            (100, 60, 40, 0),
        ),
        (
            (
                replace(BILL, payment_state="in_payment", residual=D(60), waiting=D(60)),
                replace(NOTE, residual=D(0), payment_state="paid"),
            ),
            (),
            "paid",
            (60, 60, 0, 0),
        ),
        (
            (PAID, replace(NOTE, payment_state="in_payment", waiting=D(30))),
            (),
            "paid",
            (60, 100, 0, 30),
        ),
    ],
)
def test_money_and_state_of_an_order(invoices, transactions, state, amounts):
    found = money_of(replace(ORDER, invoices=invoices, transactions=transactions), {})
    assert (found.invoiced, found.paid, found.due, found.refunded) == amounts
    assert found.state == state


@given(st.integers(0, 100), st.integers(1, 100))
def test_shares_of_one_invoice_add_up(part, whole):
    share = D(min(part, whole)) / D(whole)
    facts = replace(ORDER, invoices=(PAID,))
    first, second = money_of(facts, {1: share}), money_of(facts, {1: 1 - share})
    assert first.invoiced + second.invoiced == 100
    assert first.paid + second.paid == 100


@given(st.integers(0, 100), st.integers(1, 100))
def test_a_goodwill_note_without_lines_is_shared_out_as_the_invoice_that_it_reverses(part, whole):
    share = D(min(part, whole)) / D(whole)
    note = replace(NOTE, reversed_id=1, unlinked=True, quantities={}, residual=D(0), paid_out=D(40))
    facts = replace(ORDER, invoices=(PAID, note))
    first, second = money_of(facts, {1: share}), money_of(facts, {1: 1 - share})
    assert first.invoiced + second.invoiced == 60
    assert first.refunded + second.refunded == 40


def test_a_credit_note_of_one_order_is_charged_to_it_in_full_though_its_invoice_is_shared():
    note = replace(NOTE, reversed_id=1, residual=D(0), paid_out=D(40))
    money = money_of(replace(ORDER, invoices=(PAID, note)), {1: D("0.5")})
    assert (money.invoiced, money.refunded) == (10, 40)


@given(st.integers(0, 100), st.integers(1, 100), st.booleans())
def test_online_money_for_a_shared_invoice_and_its_refund_are_shared_out(part, whole, billed_alone):
    share = D(min(part, whole)) / D(whole)
    through = {1: D(1)} if billed_alone else {1: D("0.5"), 7: D("0.5")}
    amount = D(100) if billed_alone else D(200)
    money = replace(MONEY, amount=amount, parts=through)
    refund = replace(money, id=2, amount=-amount, refund=True, source_id=1)
    bills = (BILL,) if billed_alone else (BILL, replace(BILL, id=7))
    facts = replace(ORDER, invoices=bills, transactions=(money, refund))
    first, second = money_of(facts, {1: share, 7: share}), money_of(facts, {1: 1 - share, 7: 1 - share})
    assert first.paid + second.paid == amount
    assert first.refunded + second.refunded == amount


def test_online_money_for_invoices_of_several_orders_counts_by_the_part_of_each_invoice():
    money = replace(MONEY, amount=D(500), parts={1: D("0.2")})
    assert money_of(replace(ORDER, invoices=(BILL,), transactions=(money,)), {}).paid == 100


@pytest.mark.parametrize("rest", ["cancel", "done"])
def test_a_payment_that_was_captured_in_parts_counts_by_its_parts(rest):
    captured = replace(MONEY, id=2, amount=D(60), source_id=1)
    of_rest = replace(MONEY, id=3, amount=D(40), source_id=1, state=rest)
    found = money_of(replace(ORDER, transactions=(MONEY, captured, of_rest)), {})
    assert found.paid == (60 if rest == "cancel" else 100)
    assert found.state == ("partly" if rest == "cancel" else "paid")


def test_a_payment_whose_capture_in_parts_failed_counts_itself():
    failed = replace(MONEY, id=2, amount=D(60), source_id=1, state="error")
    assert money_of(replace(ORDER, transactions=(MONEY, failed)), {}).paid == 100


def test_documents_in_another_currency_are_left_out():
    facts = replace(ORDER, invoices=(replace(BILL, currency="USD"),), transactions=(replace(MONEY, currency="USD"),))
    assert money_of(facts, {}).state == "none"


@given(steps)
def test_whatever_happens_the_amounts_are_possible_and_the_words_declared(found):
    history = History()
    for name, number in found:
        history.step(name, number)
    money = money_of(history.facts, {})
    assert money.state in PAYMENT
    assert invoicing_of(history.facts) in INVOICING
    assert money.paid >= 0 and money.due >= 0 and money.refunded >= 0


def test_what_is_credited_was_billed_all_the_same():
    line = replace(LINE, invoiced=D(5), credited=D(5))
    assert invoicing_of(replace(ORDER, lines=(line,))) == "full"
    assert invoicing_of(replace(ORDER, lines=(replace(LINE, invoiced=D(3)),))) == "partly"
    assert invoicing_of(ORDER) == "none"
    assert invoicing_of(replace(ORDER, invoices=(BILL,))) == "partly", "a down payment bills no line"
