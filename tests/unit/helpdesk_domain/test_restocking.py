"""The restocking fee of a policy is kept of goods that came back without a defect; keeping none is an exception."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.service.claims import LineClaim, RefundClaim
from retail_sync_helpdesk.domain.service.eligibility import ActionRequest, judge
from retail_sync_helpdesk.domain.service.set_aside import judge_without_policy

from .test_eligibility import AROUND, POLICY, SENT, TODAY, with_line

D = Decimal
FEE = replace(AROUND, policy=replace(POLICY, restocking_percent=D(10)))
BACK = with_line(returned=D(2))


def lines(quantity, **values):
    return RefundClaim(lines=(LineClaim(11, quantity=D(quantity)),), **values)


def judged(claim, order=BACK, reason="regret", action="refund_lines", decide=judge):
    return decide(ActionRequest(action, reason, claim=claim), order, FEE)


def test_the_fee_is_kept_without_being_asked_for():
    found = judged(lines(2)).offer
    assert (found.kept, found.credit, found.money) == (5, 45, 45)


@pytest.mark.parametrize("reason", ["damaged", "wrong_item"])
def test_a_defect_costs_no_fee(reason):
    assert judged(lines(2), reason=reason).offer.kept == 0


def test_the_reason_of_the_return_counts_too():
    assert judged(lines(2), with_line(returned=D(2), back_reasons=frozenset({"damaged"}))).offer.kept == 0
    assert judged(lines(2), with_line(returned=D(2), back_reasons=frozenset({"regret"}))).offer.kept == 5


def test_goods_that_never_left_cost_no_fee():
    part = with_line(SENT, delivered=D(1), deliveries=((TODAY, D(1)),))
    assert judged(lines(3), part).offer.kept == 0


def test_only_what_came_back_costs_the_fee():
    mixed = with_line(SENT, delivered=D(2), returned=D(1), deliveries=((TODAY, D(2)),))
    found = judged(lines(3), mixed).offer
    assert (found.kept, found.credit) == (D("2.50"), D("72.50"))


def test_keeping_no_fee_is_an_exception_that_a_person_answers_for():
    verdict = judged(lines(2, waive_fee=True))
    assert [refused.code for refused in verdict.refusals] == ["fee_waived"]
    assert verdict.approvable
    lifted = judged(lines(2, waive_fee=True), decide=judge_without_policy)
    assert lifted.allowed and (lifted.offer.kept, lifted.offer.credit) == (0, 50)


def test_where_there_is_no_fee_nothing_is_waived():
    assert judged(lines(2, waive_fee=True), reason="damaged").allowed


def test_a_full_refund_keeps_the_fee_of_what_came_back():
    all_back = with_line(returned=D(4))
    full = judged(RefundClaim(full=True), all_back, action="refund_full")
    assert (full.offer.kept, full.offer.money, full.amount) == (10, 90, 90)
    waived = judged(RefundClaim(full=True, waive_fee=True), all_back, action="refund_full")
    assert [refused.code for refused in waived.refusals] == ["fee_waived"]
    assert waived.offer.money == 100


def test_an_amount_is_paid_back_as_it_is_named():
    claim = RefundClaim(lines=(LineClaim(11, amount=D(20)),))
    assert judged(claim).offer.kept == 0


@given(st.integers(0, 4), st.integers(1, 4), st.integers(0, 10_000))
def test_fee_and_credit_are_what_was_billed(back, quantity, percent):
    policy = replace(POLICY, restocking_percent=D(percent) / 100)
    request = ActionRequest("refund_lines", "regret", claim=lines(quantity))
    verdict = judge(request, with_line(returned=D(back)), replace(AROUND, policy=policy))
    if quantity > back:
        assert not verdict.allowed
    else:
        found = verdict.offer
        assert found.credit + found.kept == 25 * quantity or percent == 10_000
        assert found.kept == D(25 * quantity * percent) / 10_000 // D("0.01") * D("0.01") or (
            abs(found.kept - D(25 * quantity * percent) / 10_000) <= D("0.005")
        )
