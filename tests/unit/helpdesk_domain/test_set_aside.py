"""An approval sets the rules of a policy aside, and no fact or right; points and documents have rules of their own."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from retail_sync_helpdesk.domain.service.claims import LineClaim, RefundClaim
from retail_sync_helpdesk.domain.service.eligibility import ActionRequest, judge
from retail_sync_helpdesk.domain.service.money_facts import Credit, CreditLine
from retail_sync_helpdesk.domain.service.order_facts import Actor, Shipment
from retail_sync_helpdesk.domain.service.policy import Demand, Policy
from retail_sync_helpdesk.domain.service.set_aside import judge_without_policy
from retail_sync_helpdesk.domain.service.side_actions import SIDE_ACTIONS, may_adjust_loyalty, may_resend_invoice

from .test_eligibility import AGENT, AROUND, FRESH, MONEY, POLICY, SENT, codes, lowered, with_line

D = Decimal
LINES = {11: D(1)}
OF_LINE = RefundClaim(lines=(LineClaim(11, quantity=D(2)),))


def both(request, order, around=AROUND):
    return codes(judge(request, order, around)), judge_without_policy(request, order, around)


@pytest.mark.parametrize(
    ("request_", "order", "policy", "rule"),
    [
        (
            ActionRequest("return", lines=LINES),
            with_line(deliveries=((date(2026, 1, 1), D(4)),)),
            POLICY,
            "window_over",
        ),
        (ActionRequest("return", lines=LINES), with_line(deliveries=()), POLICY, "delivery_date_unknown"),
        (ActionRequest("return", lines=LINES), SENT, Policy(4, no_return=frozenset({7})), "category_not_returnable"),
        (ActionRequest("return", lines=LINES), SENT, None, "no_policy"),
        (ActionRequest("replace", lines=LINES), replace(SENT, holds=("credit_hold",)), POLICY, "customer_held"),
        (ActionRequest("replace", lines=LINES), SENT, Policy(4, warranty_days=0), "warranty_over"),
        (ActionRequest("replace", lines=LINES), lowered(60), POLICY, "price_lowered"),
        (ActionRequest("refund_lines", "changed_mind", claim=OF_LINE), SENT, POLICY, "goods_not_back"),
        (ActionRequest("refund_full", "changed_mind", claim=RefundClaim(full=True)), SENT, POLICY, "goods_not_back"),
        (ActionRequest("refund_goodwill", claim=RefundClaim(goodwill=D(20))), SENT, POLICY, "goodwill_above_cap"),
        (
            ActionRequest("refund_goodwill", claim=RefundClaim(goodwill=D(5))),
            replace(SENT, customer_refunds=3),
            replace(POLICY, customer_refunds=3),
            "refunds_of_customer",
        ),
        (
            ActionRequest("cancel_order"),
            replace(FRESH, shipments=(Shipment("OUT/2", printed=True),)),
            POLICY,
            "order_printed",
        ),
    ],
)
def test_a_rule_of_a_policy_is_set_aside(request_, order, policy, rule):
    found, lifted = both(request_, order, replace(AROUND, policy=policy))
    assert rule in found
    assert lifted.allowed, lifted.refusals


def test_what_is_refunded_without_the_policy_is_offered():
    _found, lifted = both(ActionRequest("refund_lines", "changed_mind", claim=OF_LINE), SENT)
    assert lifted.offer is not None
    assert (lifted.offer.credit, lifted.offer.money) == (D(50), D(50))


def test_a_fact_that_the_policy_hides_still_says_no():
    """Goods are not back, and three of four are credited already: no approval makes two of them refundable."""
    credited = Credit(9, invoice_id=1, total=D(75), lines=(CreditLine(101, D(3), D(75)),))
    order = replace(SENT, money=replace(MONEY, credits=(credited,)))
    request = ActionRequest("refund_lines", "changed_mind", claim=OF_LINE)
    found, lifted = both(request, order)
    assert found == ["goods_not_back"]
    assert codes(lifted) == ["quantity_too_large"]


@pytest.mark.parametrize(
    ("around", "rule"),
    [
        (replace(AROUND, actor=replace(AGENT, scopes=frozenset())), "scope_missing"),
        (replace(AROUND, actor=replace(AGENT, companies=frozenset())), "company_not_allowed"),
        (replace(AROUND, actor=replace(AGENT, machine=True)), "machine_not_allowed"),
        (
            replace(AROUND, policy=replace(POLICY, demands={"refund_full": Demand(frozenset({"pin"}), timedelta(1))})),
            "verification_missing",
        ),
    ],
)
def test_a_missing_right_is_not_set_aside(around, rule):
    _found, lifted = both(ActionRequest("refund_full", "damaged", claim=RefundClaim(full=True)), SENT, around)
    assert codes(lifted) == [rule]


@pytest.mark.parametrize(
    ("points", "found"),
    [
        (D(5), []),
        (D(-5), []),
        (D("-5.01"), ["points_too_few"]),
        (D(0), ["amount_not_positive"]),
        (None, []),
    ],
)
def test_points_are_given_and_taken_as_far_as_there_are_some(points, found):
    around = replace(AROUND, actor=replace(AGENT, scopes=frozenset(SIDE_ACTIONS)))
    assert codes(may_adjust_loyalty(SENT, around, points, D(5))) == found


def test_an_invoice_is_sent_again_where_there_is_one():
    around = replace(AROUND, actor=replace(AGENT, scopes=frozenset(SIDE_ACTIONS)))
    assert codes(may_resend_invoice(SENT, around)) == []
    assert codes(may_resend_invoice(FRESH, around)) == ["nothing_invoiced"]
    assert codes(may_resend_invoice(SENT, replace(around, actor=Actor("user/5", companies=frozenset({1}))))) == [
        "scope_missing"
    ]
