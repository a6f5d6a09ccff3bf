"""Conditions of orders that are exceptions in themselves."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from retail_sync.domain.commerce.conditions import CONDITIONS, watches_of
from retail_sync.domain.commerce.expectations import Rule, Surroundings, overdue, to_ship
from retail_sync.domain.commerce.facts import (
    HoldFacts,
    InvoiceFacts,
    LineFacts,
    OrderFacts,
    TransactionFacts,
    TransferFacts,
)

START = datetime(2026, 11, 2, 8)
LATER = START + timedelta(days=30)


def order(shipped=0, **more):
    line = LineFacts(1, ordered=Decimal(5), shipped=Decimal(shipped), demand=Decimal(5 - shipped))
    return OrderFacts(**{"id": 7, "state": "sale", "ordered_at": START, "lines": (line,), **more})


def found(condition, facts, now=LATER, within=timedelta(), **around):
    rule = Rule(1, condition, kind="condition", condition=condition, within=within)
    return overdue(watches_of(rule, facts, (), Surroundings(**around)), now)


DONE = TransferFacts(1, "OUT/1", state="done", done_at=START)
REST = TransferFacts(2, "OUT/2", backorder_of=1, created_at=START, demand={1: Decimal(2)})


def test_a_backorder_is_an_exception_after_some_days():
    facts = order(3, transfers=(DONE, REST))
    assert [watch.document for watch in found("backorder", facts)] == [("stock.picking", 2)]
    assert found("backorder", facts, START + timedelta(days=2), timedelta(days=3)) == []
    assert found("backorder", order(5, transfers=(DONE, replace(REST, state="done")))) == []
    assert found("backorder", order(3, transfers=(DONE, replace(REST, state="cancel")))) == []


def test_an_incident_of_the_carrier_is_an_exception_until_the_parcel_arrives():
    lost = replace(DONE, delivery="incident")
    assert found("delivery_exception", order(5, transfers=(lost,)))
    assert not found("delivery_exception", order(5, transfers=(replace(lost, delivery="delivered"),)))


def test_shipped_as_a_whole_with_an_open_transfer_contradicts_itself():
    facts = order(5, transfers=(DONE, REST))
    assert [watch.detail for watch in found("contradiction", facts)] == ["OUT/2"]
    assert not found("contradiction", order(3, transfers=(DONE, REST))), "the rest is to be shipped"
    assert not found("contradiction", order(5, transfers=(DONE, replace(REST, demand={}))))


def test_goods_on_their_way_for_returned_ones_contradict_nothing():
    """Five of five left, two come back, two are to be sent for them, added to a transfer of the order."""
    shipped = order(5, transfers=(DONE, REST))
    assert found("contradiction", shipped)
    back = TransferFacts(3, "IN/1", role="return", created_at=START, demand={1: Decimal(2)})
    assert not found("contradiction", replace(shipped, transfers=(DONE, REST, back)))
    assert found("contradiction", replace(shipped, transfers=(DONE, REST, replace(back, state="cancel"))))
    received = replace(shipped.lines[0], returned=Decimal(2))
    assert not found("contradiction", replace(shipped, lines=(received,)))
    other = replace(REST, demand={2: Decimal(2)})
    assert found("contradiction", replace(shipped, transfers=(DONE, other, back))), "of another line"


def test_replaced_goods_leave_the_rest_of_the_order_to_be_shipped():
    facts = order(5, transfers=(DONE, REST))
    line = replace(facts.lines[0], replaced=Decimal(2), demand=Decimal(2))
    assert not found("contradiction", replace(facts, lines=(line,)))
    assert to_ship(replace(facts, lines=(line,)))


def test_a_done_transfer_with_an_open_move_contradicts_itself():
    assert found("contradiction", order(3, transfers=(DONE,)), half_done=(1,))


def test_another_stage_on_the_platform_contradicts_after_some_hours():
    stages = {"Platform": START}
    two_hours = timedelta(hours=2)
    assert found("contradiction", order(), START + two_hours, two_hours, stages_there=stages)
    assert not found("contradiction", order(), START + timedelta(hours=1), two_hours, stages_there=stages)


FAILED = TransactionFacts(1, "S7-1", "error", changed_at=START)


@pytest.mark.parametrize("state", ["done", "authorized", "pending"])
def test_a_failed_payment_is_an_exception_until_another_one_succeeds(state):
    assert found("payment_failed", order(transactions=(FAILED,)))
    second = TransactionFacts(2, "S7-2", state, changed_at=START + timedelta(minutes=5))
    assert not found("payment_failed", order(transactions=(FAILED, second)))
    earlier = replace(second, changed_at=START - timedelta(minutes=5))
    assert found("payment_failed", order(transactions=(FAILED, earlier)))


def test_a_failed_payment_of_an_order_that_is_paid_or_given_up_is_none():
    paid = InvoiceFacts(3, state="posted", payment_state="paid")
    assert not found("payment_failed", order(transactions=(FAILED,), invoices=(paid,)))
    assert not found("payment_failed", order(transactions=(FAILED,), state="cancel"))
    assert not found("payment_failed", order(transactions=(FAILED,), state="draft"))


def test_a_refund_that_nobody_paid_is_stuck_and_one_that_failed_is_so_at_once():
    credit = InvoiceFacts(4, kind="out_refund", state="posted", invoiced_on=START.date(), residual=Decimal(9))
    assert found("refund_stuck", order(invoices=(credit,)), within=timedelta(days=5))
    assert not found("refund_stuck", order(invoices=(replace(credit, residual=Decimal(0)),)))
    refund = TransactionFacts(5, "R", "error", changed_at=START, refund=True)
    assert found("refund_stuck", order(transactions=(refund,)))
    assert not found("payment_failed", order(transactions=(refund,)))


def test_a_hold_on_a_confirmed_order_is_an_exception_until_nothing_is_left_to_ship():
    hold = HoldFacts("credit_hold", "Credit hold", since=START)
    assert [watch.detail for watch in found("hold", order(holds=(hold,)))] == ["Credit hold"]
    assert not found("hold", order(5, holds=(hold,)))
    assert not found("hold", order(holds=(hold,), state="sent"))
    assert not found("hold", order())


def test_what_was_given_up_is_held_by_nothing():
    """The rest of an order was cancelled: three of five were shipped, and no transfer is open."""
    given_up = LineFacts(1, ordered=Decimal(5), shipped=Decimal(3))
    assert not found("hold", order(holds=(HoldFacts("credit_hold"),), lines=(given_up,)))
    assert not found("address", order(lines=(given_up,)), address_gaps=("zip",))


def test_an_address_counts_while_something_is_to_be_shipped():
    assert [watch.detail for watch in found("address", order(), address_gaps=("zip", "city"))] == ["zip, city"]
    assert not found("address", order(5), address_gaps=("zip",))
    assert not found("address", order())


def test_an_invoice_is_overdue_from_the_day_after():
    invoice = InvoiceFacts(3, "INV/3", state="posted", due_on=date(2026, 11, 10), residual=Decimal(1))
    facts = order(invoices=(invoice,))
    assert not found("invoice_overdue", facts, datetime(2026, 11, 10, 23))
    assert found("invoice_overdue", facts, datetime(2026, 11, 11))
    assert not found("invoice_overdue", order(invoices=(replace(invoice, residual=Decimal(0)),)))


@pytest.mark.parametrize("condition", sorted(CONDITIONS))
def test_an_order_without_documents_has_no_exception(condition):
    assert not found(condition, order())


@pytest.mark.parametrize("condition", sorted(CONDITIONS))
def test_missing_times_do_not_stop_an_evaluation(condition):
    facts = OrderFacts(
        1,
        state="sale",
        lines=(LineFacts(1, ordered=Decimal(5)),),
        transfers=(TransferFacts(1, state="done", delivery="incident"), replace(REST, created_at=None)),
        invoices=(InvoiceFacts(1, kind="out_refund", state="posted", residual=Decimal(1)),),
        transactions=(TransactionFacts(1, state="error"), TransactionFacts(2, state="error", refund=True)),
        holds=(HoldFacts("credit_hold"),),
    )
    once = found(condition, facts, half_done=(1,), address_gaps=("zip",))
    assert once == found(condition, facts, half_done=(1,), address_gaps=("zip",))
