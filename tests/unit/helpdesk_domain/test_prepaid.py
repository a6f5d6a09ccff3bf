"""What was paid and will not be billed goes back: never more than came in, never what is still owed."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.service.balance import balance_of
from retail_sync_helpdesk.domain.service.claims import RefundClaim
from retail_sync_helpdesk.domain.service.eligibility import ActionRequest, judge
from retail_sync_helpdesk.domain.service.money_facts import BilledLine, Invoice, MoneyFacts, Payment, Refund
from retail_sync_helpdesk.domain.service.order_facts import LineFacts, OrderFacts, Shipment
from retail_sync_helpdesk.domain.service.prepaid import surplus_of, with_prepaid

from .shop import EUR
from .test_eligibility import AGENT, AROUND, FRESH

D = Decimal
cents = st.integers(0, 50_000).map(lambda number: D(number) / 100)


def paid(amount="100", order=FRESH, **changes):
    money = replace(order.money, payments=(Payment(1, D(amount)),), unused=D(amount))
    return replace(order, money=replace(money, **changes))


def judged(action, order, **changes):
    return judge(ActionRequest(action, **changes), order, AROUND)


def notices(verdict):
    return [found.code for found in verdict.notices]


def test_cancelling_a_paid_order_pays_all_of_it_back():
    verdict = judged("cancel_order", paid())
    assert (verdict.offer.prepaid, verdict.offer.parts, verdict.amount) == (100, (), 100)
    assert notices(verdict) == ["prepaid_back"]


def test_cancelling_an_order_that_nobody_paid_moves_no_money():
    verdict = judged("cancel_order", FRESH)
    assert verdict.allowed and verdict.offer is None


@pytest.mark.parametrize("state", ["draft", "pending", "authorized", "error", "cancel"])
def test_money_that_has_not_come_in_does_not_go_back(state):
    assert judged("cancel_order", paid(payments=(Payment(1, D(100), state),))).offer is None


@pytest.mark.parametrize(("refund", "left"), [("done", 40), ("pending", 40), ("draft", 40), ("error", 100)])
def test_what_went_back_before_counts(refund, left):
    assert judged("cancel_order", paid(refunds=(Refund(5, D(60), refund),))).offer.prepaid == left


def test_what_the_books_have_used_for_something_else_stays():
    assert judged("cancel_order", paid(unused=D(30))).offer.prepaid == 30


def test_while_a_refund_is_in_doubt_a_paid_order_is_not_cancelled():
    verdict = judged("cancel_order", replace(paid(), refund_in_doubt="RF/1"))
    assert [refused.code for refused in verdict.refusals] == ["refund_in_doubt"]
    assert judged("cancel_order", replace(FRESH, refund_in_doubt="RF/1")).allowed


def test_of_the_rest_only_what_will_not_be_billed_goes_back():
    part = paid(order=replace(FRESH, lines=(LineFacts(11, ordered=D(4), delivered=D(1)),)))
    verdict = judged("cancel_rest", replace(part, to_bill=D(25)))
    assert (verdict.offer.prepaid, notices(verdict)) == (75, ["prepaid_back"])


def test_a_billed_and_a_prepaid_part_go_back_each_in_its_way():
    billed = MoneyFacts(
        EUR,
        D(100),
        invoices=(Invoice(1, "INV/1", D(50)),),
        billed=(BilledLine(101, 1, 11, quantity=D(2), total=D(50), untaxed=D(50)),),
        payments=(Payment(1, D(100)),),
        unused=D(50),
    )
    verdict = judged("cancel_rest", replace(FRESH, money=billed))
    assert (verdict.offer.money, verdict.offer.prepaid, verdict.offer.paid_back) == (50, 50, 100)


def down_payment(order_lines, paid_down="50"):
    money = MoneyFacts(
        EUR,
        D(100),
        invoices=(Invoice(1, "INV/1", D(paid_down)),),
        billed=(BilledLine(101, 1, 99, "down_payment", total=D(paid_down), untaxed=D(paid_down)),),
        payments=(Payment(1, D(paid_down), transaction=False),),
        unused=D(0),
    )
    return replace(FRESH, money=money, lines=order_lines)


def test_a_down_payment_goes_back_with_its_invoice_when_nothing_is_delivered():
    verdict = judged("cancel_rest", down_payment((LineFacts(11, ordered=D(4)),)))
    assert (verdict.offer.money, verdict.offer.prepaid) == (50, 0)
    assert [part.line_id for part in verdict.offer.parts] == [99]


def test_a_down_payment_beyond_the_rest_is_named():
    order = down_payment((LineFacts(11, ordered=D(4), delivered=D(1)),))
    verdict = judged("cancel_rest", replace(order, to_bill=D(25)))
    assert verdict.offer is None
    assert notices(verdict) == ["down_payment_stays"]


def test_shipping_costs_go_back_when_nothing_is_delivered():
    money = MoneyFacts(
        EUR,
        D(105),
        invoices=(Invoice(1, "INV/1", D(105)),),
        billed=(
            BilledLine(101, 1, 11, quantity=D(4), total=D(100), untaxed=D(100)),
            BilledLine(102, 1, 12, "shipping", total=D(5), untaxed=D(5)),
        ),
        payments=(Payment(1, D(105)),),
    )
    assert judged("cancel_rest", replace(FRESH, money=money)).offer.money == 105
    part = replace(FRESH, money=money, lines=(LineFacts(11, ordered=D(4), delivered=D(1)),))
    assert judged("cancel_rest", part).offer.money == 75


def test_an_order_that_odoo_cancelled_pays_back_what_was_never_billed():
    verdict = judged("refund_full", paid(order=replace(FRESH, state="cancel", shipments=())), claim=FULL)
    assert verdict.allowed and verdict.offer.prepaid == 100
    assert not judged("refund_full", paid(), claim=FULL).allowed


FULL = RefundClaim(full=True)


@given(cents, cents, cents, cents, cents, cents)
def test_never_beyond_what_was_paid_and_never_what_is_owed(came_in, unused, billed, debt, went_back, to_bill):
    debt = min(debt, billed)
    money = MoneyFacts(
        EUR,
        invoices=(Invoice(1, "INV/1", billed, debt),) if billed else (),
        billed=(BilledLine(101, 1, 11, total=billed, untaxed=billed),) if billed else (),
        payments=(Payment(1, came_in),),
        refunds=(Refund(5, went_back),) if went_back else (),
        unused=unused,
    )
    found = with_prepaid(money, to_bill)
    prepaid = found.prepaid if found else D(0)
    assert 0 <= prepaid <= min(unused, max(came_in - went_back, D(0)))
    if prepaid:
        # What is left pays for all that is billed, and will be.
        assert came_in - went_back - prepaid >= billed + to_bill
        after = replace(money, refunds=(*money.refunds, Refund(6, prepaid, "pending")))
        assert balance_of(after).to_pay_back == came_in - went_back - prepaid
        again = with_prepaid(replace(after, unused=unused - prepaid), to_bill)
        assert again is None or prepaid == unused or again.prepaid <= surplus_of(after, to_bill)


def test_an_agent_without_the_right_pays_nothing_back():
    verdict = judge(ActionRequest("cancel_order"), paid(), replace(AROUND, actor=replace(AGENT, scopes=frozenset())))
    assert not verdict.allowed


def test_a_printed_order_is_paid_back_after_an_approval_alone():
    order = replace(paid(), shipments=(Shipment("OUT/2", printed=True),))
    verdict = judged("cancel_order", order)
    assert [refused.code for refused in verdict.refusals] == ["order_printed"] and verdict.offer is None
    assert isinstance(order, OrderFacts)
