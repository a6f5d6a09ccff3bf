"""After A, B within t: what is expected of an order, and when it is met."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.commerce.conditions import watches_of
from retail_sync.domain.commerce.entries import KINDS, Document, Entry
from retail_sync.domain.commerce.expectations import ORDER, Reached, Rule, Surroundings, overdue, reached_of
from retail_sync.domain.commerce.facts import InvoiceFacts, LineFacts, OrderFacts, TransferFacts

START = datetime(2026, 11, 2, 8)
NOTHING = Surroundings()
PARCEL, SECOND = ("stock.picking", 1), ("stock.picking", 2)


def hours(number):
    return START + timedelta(hours=number)


def order(shipped=0, **more):
    line = LineFacts(1, ordered=Decimal(5), shipped=Decimal(shipped), demand=Decimal(5 - shipped))
    return OrderFacts(7, "S7", state="sale", ordered_at=START, lines=(line,), **more)


ALLOCATED = Rule(1, "not_shipped", after="allocated", then="shipped", within=timedelta(days=2))
DELIVERED = Rule(2, "not_delivered", after="shipped", then="delivered", within=timedelta(days=5))
PROMISE = Rule(3, "late", then="shipped", until_promise=True)


def watches(rule, facts, *reached, around=NOTHING):
    return watches_of(rule, facts, reached, around)


def test_nothing_is_expected_before_a_was_reached():
    assert watches(ALLOCATED, order()) == []


def test_b_is_due_some_time_after_a():
    (watch,) = watches(ALLOCATED, order(), Reached("allocated", hours(3)))
    assert (watch.document, watch.since, watch.due_at, watch.met_at) == (ORDER, hours(3), hours(51), None)
    assert not watch.overdue(hours(50)) and watch.overdue(hours(51))


def test_b_after_a_meets_it_even_when_it_comes_too_late():
    (watch,) = watches(ALLOCATED, order(5), Reached("allocated", hours(3)), Reached("shipped", hours(99), PARCEL))
    assert watch.met_at == hours(99)
    assert not watch.overdue(hours(200))


def test_a_b_before_the_last_a_does_not_meet_it():
    """Three were allocated and shipped; the other two were allocated later, and still lie there."""
    reached = [
        Reached("allocated", hours(1)),
        Reached("shipped", hours(2), PARCEL),
        Reached("allocated", hours(9), ("stock.move", 4)),
    ]
    (watch,) = watches(ALLOCATED, order(3), *reached)
    assert (watch.since, watch.met_at) == (hours(9), None)


def test_a_release_from_an_earlier_hold_does_not_meet_the_present_one():
    rule = Rule(5, "released", after="held", then="released", within=timedelta(days=1))
    reached = [Reached("held", hours(1)), Reached("released", hours(2)), Reached("held", hours(9), ("res.partner", 3))]
    (watch,) = watches(rule, order(), *reached)
    assert (watch.since, watch.met_at) == (hours(9), None)


def test_a_parcel_is_expected_to_arrive_each_on_its_own():
    reached = [Reached("shipped", hours(0), PARCEL), Reached("shipped", hours(24), SECOND)]
    first, second = watches(DELIVERED, order(5), *reached, Reached("delivered", hours(30), SECOND))
    assert (first.document, first.met_at, first.due_at) == (PARCEL, None, hours(120))
    assert (second.document, second.met_at) == (SECOND, hours(30))


def test_what_the_document_itself_says_meets_an_expectation_too():
    parcel = TransferFacts(1, state="done", done_at=hours(0), delivery="delivered", delivered_at=hours(20))
    (watch,) = watches(DELIVERED, order(5, transfers=(parcel,)), Reached("shipped", hours(0), PARCEL))
    assert watch.met_at == hours(20)


def test_a_refund_is_expected_to_be_paid_also_when_the_order_was_cancelled():
    rule = Rule(4, "refund", after="refund_issued", then="refund_paid", within=timedelta(days=3))
    credit = InvoiceFacts(9, kind="out_refund", state="posted", residual=Decimal(5))
    facts = replace(order(invoices=(credit,)), state="cancel")
    issued = Reached("refund_issued", hours(0), ("account.move", 9))
    assert overdue(watches(rule, facts, issued), hours(72))
    paid = replace(facts, invoices=(replace(credit, residual=Decimal(0)),))
    assert not overdue(watches(rule, paid, issued), hours(99))
    taken_back = replace(facts, invoices=(replace(credit, state="draft"),))
    assert not overdue(watches(rule, taken_back, issued), hours(99))


def test_a_cancelled_order_is_not_expected_to_be_shipped():
    cancelled = replace(order(), state="cancel", promised_at=hours(1))
    assert watches(ALLOCATED, cancelled, Reached("allocated", hours(1))) == []
    assert watches(PROMISE, cancelled) == []


def test_the_promised_date_is_a_limit_of_its_own():
    facts = order(promised_at=hours(48))
    (watch,) = watches(PROMISE, facts)
    assert (watch.due_at, watch.met_at) == (hours(48), None)
    assert watches(replace(PROMISE, within=timedelta(hours=4)), facts)[0].due_at == hours(52)
    assert watches(PROMISE, order()) == [], "nothing was promised"


def test_a_part_of_an_order_does_not_keep_the_promise():
    parcel = TransferFacts(1, state="done", done_at=hours(9))
    shipped = Reached("shipped", hours(9), PARCEL)
    part = order(3, promised_at=hours(48), transfers=(parcel,))
    assert watches(PROMISE, part, shipped)[0].met_at is None
    whole = order(5, promised_at=hours(48), transfers=(parcel,))
    assert watches(PROMISE, whole, shipped)[0].met_at == hours(9)


def test_a_new_promise_moves_the_limit():
    assert overdue(watches(PROMISE, order(promised_at=hours(10))), hours(11))
    assert not overdue(watches(PROMISE, order(promised_at=hours(90))), hours(11))


def test_a_quotation_promises_nothing():
    assert watches(PROMISE, replace(order(promised_at=hours(1)), state="sent")) == []


def entry(number, kind, hour, document=("sale.order", 7), ordinal=1, **more):
    return Entry(number, kind, Document(*document), ordinal, hours(hour), **more)


def test_a_milestone_that_was_taken_back_does_not_stand():
    journal = [
        entry(1, "allocated", 1),
        entry(2, "allocated", 2, reversal=True),
        entry(3, "shipped", 3, PARCEL),
    ]
    assert [reached.kind for reached in reached_of(journal)] == ["shipped"]
    again = [*journal, entry(4, "allocated", 4, ordinal=2)]
    assert [(reached.kind, reached.at) for reached in reached_of(again)] == [
        ("shipped", hours(3)),
        ("allocated", hours(4)),
    ]


def test_a_promise_ends_with_what_was_given_up():
    """Three of five were shipped, and the transfer of the rest was cancelled."""
    line = LineFacts(1, ordered=Decimal(5), shipped=Decimal(3))
    parcel = TransferFacts(1, state="done", done_at=hours(9))
    given_up = replace(order(promised_at=hours(48)), lines=(line,), transfers=(parcel,))
    assert watches(PROMISE, given_up)[0].met_at == hours(9)


documents = st.sampled_from([("sale.order", 7), PARCEL, SECOND, ("account.move", 9)])
journals = st.lists(
    st.builds(
        lambda kind, document, hour, reversal: (kind, document, hour, reversal),
        st.sampled_from(sorted(KINDS)),
        documents,
        st.integers(0, 200),
        st.booleans(),
    ),
    max_size=12,
).map(
    lambda rows: [
        entry(number, kind, hour, document, reversal=reversal)
        for number, (kind, document, hour, reversal) in enumerate(rows, 1)
    ]
)


@given(journals, st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_read_makes_no_difference(journal, random):
    shuffled = list(journal)
    random.shuffle(shuffled)
    assert reached_of(shuffled) == reached_of(journal)


@given(journals, st.sampled_from(sorted(KINDS)), st.sampled_from(sorted(KINDS)), st.integers(0, 400), st.integers(0, 5))
def test_what_was_met_is_never_overdue_and_what_was_not_becomes_so_once(journal, first, then, within, shipped):
    rule = Rule(1, "rule", after=first, then=then, within=timedelta(hours=within))
    reached = reached_of(journal)
    for watch in watches(rule, order(shipped), *reached):
        assert watch.due_at == watch.since + timedelta(hours=within)
        moments = [watch.overdue(hours(hour)) for hour in range(0, 800, 50)]
        assert moments == sorted(moments), "overdue stays overdue as long as nothing happens"
        assert watch.met_at is None or not any(moments)


@pytest.mark.parametrize("days", [None, "calendar"])
def test_working_days_count_only_where_the_rule_says_so(days):
    from retail_sync.domain.commerce.working_time import WorkingDays

    around = Surroundings(days=WorkingDays(lambda day: day.weekday() < 5))
    friday = datetime(2026, 11, 6, 8)
    rule = replace(ALLOCATED, working_days=bool(days))
    (watch,) = watches(rule, order(), Reached("allocated", friday), around=around)
    assert watch.due_at == (datetime(2026, 11, 10, 8) if days else datetime(2026, 11, 8, 8))
