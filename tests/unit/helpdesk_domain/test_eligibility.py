"""What may be done with an order now, with the rule that says no; what is shown is what is enforced."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.currency import ZERO
from retail_sync_helpdesk.domain.rules import Force
from retail_sync_helpdesk.domain.service.claims import LineClaim, RefundClaim
from retail_sync_helpdesk.domain.service.eligibility import ACTIONS, ActionRequest, Surroundings, eligibility, judge
from retail_sync_helpdesk.domain.service.money_facts import BilledLine, Credit, CreditLine, Invoice, MoneyFacts, Payment
from retail_sync_helpdesk.domain.service.order_facts import Actor, Address, LineFacts, OrderFacts, Shipment
from retail_sync_helpdesk.domain.service.policy import Demand, Policy

from .shop import EUR

D = Decimal
NOW, TODAY = datetime(2026, 11, 30, 12), date(2026, 11, 30)
AGENT = Actor("user/5", scopes=frozenset(ACTIONS), companies=frozenset({1}))
POLICY = Policy(4, machine_actions=frozenset({"return"}), goodwill_percent=D(10))
AROUND = Surroundings(AGENT, POLICY, NOW, TODAY)
DELIVERED = LineFacts(11, categories=(7, 5), ordered=D(4), delivered=D(4), deliveries=((date(2026, 11, 20), D(4)),))
MONEY = MoneyFacts(
    EUR,
    D(100),
    invoices=(Invoice(1, "INV/1", D(100)),),
    billed=(BilledLine(101, 1, 11, quantity=D(4), total=D(100), untaxed=D(100)),),
    payments=(Payment(1, D(100)),),
)
SENT = OrderFacts(7, "S00007", company_id=1, lines=(DELIVERED,), shipments=(Shipment("OUT/1", "done"),), money=MONEY)
FRESH = OrderFacts(
    8,
    "S00008",
    company_id=1,
    lines=(LineFacts(11, ordered=D(4)),),
    shipments=(Shipment("OUT/2"),),
    money=MoneyFacts(EUR, D(100)),
    address=Address("DE", "home"),
)


def with_line(order=SENT, **changes):
    return replace(order, lines=(replace(order.lines[0], **changes),))


def shown(order, action, reason="", **changes):
    return eligibility(order, replace(AROUND, **changes), reason)[action]


def codes(verdict):
    return [refused.code for refused in verdict.refusals]


# -- before shipping


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"state": "sent"}, []),
        ({"state": "cancel"}, ["order_cancelled"]),
        ({"locked": True}, ["order_locked"]),
        ({"shipments": (Shipment("PICK/1", "done"), Shipment("OUT/2"))}, ["goods_left"]),
        ({"shipments": (), "lines": (replace(DELIVERED, delivered=D(1)),)}, ["goods_left"]),
        ({"money": MONEY}, ["invoice_posted"]),
        ({"shipments": (Shipment("OUT/2", tracking="1Z9"),)}, ["label_made"]),
        ({"shipments": (Shipment("OUT/2", printed=True),)}, ["order_printed"]),
        ({"shipments": (Shipment("OUT/2", picked=True, printed=True),)}, ["order_picked"]),
        ({"shipments": (Shipment("OUT/2", "cancel", tracking="1Z9"),)}, []),
    ],
)
def test_a_whole_order_is_cancelled_while_nothing_has_moved_and_nothing_is_billed(changes, found):
    assert codes(shown(replace(FRESH, **changes), "cancel_order")) == found


def test_a_policy_may_let_printed_and_picked_goods_be_cancelled():
    lax = replace(POLICY, refuse_printed=False, refuse_picked=False)
    order = replace(FRESH, shipments=(Shipment("OUT/2", picked=True, printed=True),))
    assert shown(order, "cancel_order", policy=lax).allowed


def test_purchases_stay_and_reserved_money_is_released():
    notices = shown(replace(FRESH, purchases=("P1", "P2"), reserved=D(100)), "cancel_order").notices
    assert [(found.code, dict(found.facts)) for found in notices] == [
        ("purchase_orders_stay", {"purchases": "P1, P2"}),
        ("payment_released", {"amount": "100"}),
    ]


def test_the_rest_of_an_order_is_what_has_not_left():
    part = with_line(SENT, delivered=D(1), deliveries=((TODAY, D(1)),))
    verdict = shown(part, "cancel_rest")
    assert (verdict.allowed, verdict.most(11)) == (True, D(3))
    assert (verdict.amount, verdict.offer.money) == (75, 75), "it was billed before it was delivered"
    assert codes(shown(SENT, "cancel_rest")) == ["nothing_open"]
    assert codes(shown(replace(part, state="draft"), "cancel_rest")) == ["order_not_confirmed"]
    assert codes(shown(replace(part, locked=True), "cancel_rest")) == ["order_locked"]


def test_of_the_rest_only_what_was_billed_is_credited():
    billed = (BilledLine(101, 1, 11, quantity=D(2), total=D(50), untaxed=D(50)),)
    money = replace(MONEY, invoices=(Invoice(1, "INV/1", D(50)),), billed=billed, payments=(Payment(1, D(50)),))
    part = with_line(replace(SENT, money=money), delivered=D(1), deliveries=((TODAY, D(1)),))
    verdict = shown(part, "cancel_rest")
    assert (verdict.most(11), verdict.amount) == (3, 25)


def test_goods_that_came_back_are_no_rest_to_cancel():
    """Odoo's delivered quantity goes down with a return; what was handed over does not."""
    assert codes(shown(with_line(returned=D(2)), "cancel_rest")) == ["nothing_open"]


def test_an_address_changes_until_the_label_is_made():
    assert shown(FRESH, "change_address").allowed
    assert codes(shown(SENT, "change_address")) == ["goods_all_left"]
    labelled = replace(FRESH, shipments=(Shipment("OUT/2", tracking="1Z9"),))
    assert codes(shown(labelled, "change_address")) == ["label_made"]


def test_the_rest_of_an_order_goes_to_another_address_after_the_first_shipment():
    part = replace(
        with_line(FRESH, delivered=D(1)), shipments=(Shipment("OUT/1", "done", tracking="1Z"), Shipment("OUT/2"))
    )
    verdict = shown(part, "change_address")
    assert verdict.allowed and [found.code for found in verdict.notices] == ["sent_before"]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (Address("DE", "home"), []),
        (Address("FR", "home"), ["country_changes"]),
        (Address("CH", "export"), ["tax_changes", "country_changes"]),
    ],
)
def test_an_address_of_other_taxes_or_another_country_needs_an_approval(address, found):
    verdict = judge(ActionRequest("change_address", address=address), FRESH, AROUND)
    assert codes(verdict) == found and verdict.approvable is bool(found)


# -- returns, replacements, exchanges


@pytest.mark.parametrize(
    ("changes", "reason", "most", "found"),
    [
        ({}, "", 4, []),
        ({"returned": D(1), "expected_back": D(2)}, "", 1, []),
        ({"returned": D(4)}, "", 0, ["all_returned"]),
        ({"returned": D(1), "expected_back": D(3)}, "", 0, ["return_expected"]),
        ({"returned": D(9)}, "", 0, ["all_returned"]),
        ({"delivered": D(0), "deliveries": ()}, "", 0, ["not_delivered"]),
        ({"kind": "service"}, "", 0, ["not_goods"]),
        ({"deliveries": ((date(2026, 10, 31), D(4)),)}, "", 4, []),
        ({"deliveries": ((date(2026, 10, 30), D(4)),)}, "", 0, ["window_over"]),
        ({"deliveries": ((date(2026, 10, 30), D(4)),)}, "defective", 4, []),
        ({"deliveries": ((date(2024, 11, 29), D(4)),)}, "defective", 0, ["warranty_over"]),
        # Handed over twice: the second half is in time, and what came back is of the first.
        ({"deliveries": ((date(2026, 10, 1), D(2)), (date(2026, 11, 20), D(2)))}, "", 2, []),
        ({"deliveries": ((date(2026, 10, 1), D(2)), (date(2026, 11, 20), D(2))), "returned": D(2)}, "", 2, []),
        ({"deliveries": ()}, "", 0, ["delivery_date_unknown"]),
    ],
)
def test_what_may_come_back(changes, reason, most, found):
    verdict = shown(with_line(**changes), "return", reason)
    assert (verdict.most(11), codes(verdict)) == (most, found)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"no_return": frozenset({5})}, ["category_not_returnable"]),
        ({"category_return_days": {5: None}}, ["category_not_returnable"]),
        ({"return_days": None}, ["category_not_returnable"]),
        ({"category_return_days": {5: 9}}, ["window_over"]),
        ({"category_return_days": {5: 9, 7: 10}}, []),
    ],
)
def test_categories_come_back_by_their_policy_and_defects_do_all_the_same(changes, found):
    policy = replace(POLICY, **changes)
    assert codes(shown(SENT, "return", policy=policy)) == found
    assert shown(SENT, "return", "damaged", policy=policy).allowed


def test_the_end_of_the_window_is_said():
    (refused,) = shown(with_line(deliveries=((date(2026, 10, 1), D(4)),)), "return").refusals
    assert dict(refused.facts) == {"line": "11", "days": "30", "ended": "2026-10-31"}


def test_goods_of_a_cancelled_order_that_were_delivered_may_come_back():
    assert shown(replace(SENT, state="cancel"), "return").allowed
    assert codes(shown(replace(FRESH, state="draft"), "return")) == ["order_not_confirmed", "not_delivered"]


def credited(quantity):
    total = D(25) * quantity
    note = Credit(9, "posted", 1, total, lines=(CreditLine(101, D(quantity), total),))
    return replace(SENT, money=replace(MONEY, credits=(note,)))


@pytest.mark.parametrize(
    ("order", "most", "found"),
    [
        (SENT, 4, []),
        (with_line(replaced=D(3)), 1, []),
        (with_line(replaced=D(4)), 0, ["all_replaced"]),
        (credited(1), 3, []),
        (credited(4), 0, ["already_refunded"]),
        (with_line(available=D(1)), 1, []),
        (with_line(available=D(0)), 0, ["out_of_stock"]),
        (with_line(available=D(-2)), 0, ["out_of_stock"]),
        (replace(SENT, holds=("credit_hold",)), 4, ["customer_held"]),
    ],
)
def test_what_may_be_replaced(order, most, found):
    verdict = shown(order, "replace")
    assert (verdict.most(11), codes(verdict)) == (most, found)


def lowered(amount, before=SENT):
    note = Credit(9, "posted", 1, D(amount), lines=(CreditLine(101, D(0), D(amount)),))
    return replace(before, money=replace(MONEY, credits=(note,)))


def test_goods_whose_whole_price_went_back_are_not_sent_again():
    assert codes(shown(lowered(100), "replace")) == ["already_refunded"]
    assert shown(lowered(100), "exchange").most(11) == 0


def test_goods_of_a_lowered_price_are_sent_again_with_an_approval():
    verdict = shown(lowered(60), "replace")
    assert (codes(verdict), verdict.approvable, verdict.most(11)) == (["price_lowered"], True, 0)
    assert shown(lowered("0.02"), "replace").allowed


def test_what_was_replaced_is_not_paid_back_too():
    order = with_line(replaced=D(3))
    verdict = shown(order, "refund_lines", "damaged")
    assert (verdict.most(11), verdict.amount) == (1, 25)
    assert codes(claim(order, quantity=2)) == ["all_replaced"]
    assert codes(claim(order, amount=26)) == ["all_replaced"]
    assert claim(order, amount=25).allowed
    assert "all_replaced" in codes(shown(order, "refund_full", "damaged"))


def test_what_was_made_good_is_not_exchanged():
    assert shown(SENT, "exchange").most(11) == 4
    assert shown(with_line(replaced=D(1)), "exchange").most(11) == 3
    assert codes(shown(credited(4), "exchange")) == ["already_refunded"]
    assert codes(shown(with_line(returned=D(4)), "exchange")) == ["all_returned"]


# -- refunds


def claim(order, reason="damaged", around=AROUND, **values):
    lines = (LineClaim(11, **{name: D(value) for name, value in values.items()}),)
    return judge(ActionRequest("refund_lines", reason, claim=RefundClaim(lines=lines)), order, around)


def test_goods_come_back_before_their_money_goes_but_for_some_reasons():
    assert codes(shown(SENT, "refund_lines", "regret")) == ["goods_not_back"]
    assert shown(SENT, "refund_lines", "regret").approvable
    assert shown(with_line(returned=D(3)), "refund_lines", "regret").most(11) == 3
    assert shown(SENT, "refund_lines", "damaged").most(11) == 4
    assert codes(shown(SENT, "refund_full", "regret")) == ["goods_not_back"]
    full = shown(SENT, "refund_full", "damaged")
    assert (full.allowed, full.amount, full.offer.money) == (True, 100, 100)


def test_what_was_billed_and_not_delivered_is_paid_back_without_a_return():
    part = with_line(SENT, delivered=D(1), deliveries=((TODAY, D(1)),))
    assert shown(part, "refund_lines", "regret").most(11) == 3


def test_a_claim_says_what_it_gives_back_or_why_not():
    assert claim(SENT, quantity=2).offer.money == 50
    assert codes(claim(SENT, quantity=5)) == ["quantity_too_large"]
    assert codes(claim(SENT, "regret", quantity=1)) == ["goods_not_back"]
    assert codes(claim(SENT, "regret", amount=10)) == ["goods_not_back"]
    assert codes(claim(credited(4), quantity=1)) == ["line_all_credited"]


def test_a_refund_of_an_unpaid_invoice_says_that_no_money_moves():
    unpaid = replace(MONEY, invoices=(Invoice(1, "INV/1", D(100), D(100)),), payments=())
    verdict = claim(replace(SENT, money=unpaid), quantity=1)
    assert (verdict.offer.money, verdict.offer.debt) == (0, 25)
    assert "no_money_moves" in [found.code for found in verdict.notices]


def test_refunded_goods_that_would_be_billed_again_are_shown():
    open_line = with_line(SENT, ordered=D(5))
    assert "billed_again" in [found.code for found in claim(open_line, quantity=1).notices]
    assert "billed_again" not in [found.code for found in claim(SENT, quantity=1).notices]
    kept = replace(AROUND, policy=replace(POLICY, cut_ordered=False))
    assert "billed_again" in [found.code for found in claim(SENT, around=kept, quantity=1).notices]


@pytest.mark.parametrize(
    ("order", "policy", "code"),
    [
        ({"customer_refunds": 3}, {"customer_refunds": 3}, "refunds_of_customer"),
        ({"customer_refunded": D(200)}, {"customer_amount": D(200)}, "refund_amount_of_customer"),
    ],
)
def test_a_customer_with_many_refunds_needs_an_approval(order, policy, code):
    verdict = shown(replace(SENT, **order), "refund_full", "damaged", policy=replace(POLICY, **policy))
    assert codes(verdict) == [code] and verdict.approvable


@pytest.mark.parametrize(("refunded", "asked", "found"), [(0, 2, []), (0, 3, [1]), (50, 1, [1]), (60, 1, [1])])
def test_a_refund_counts_itself_for_what_a_customer_may_get(refunded, asked, found):
    around = replace(AROUND, policy=replace(POLICY, customer_amount=D(60)))
    order = replace(SENT, customer_refunded=D(refunded))
    assert codes(claim(order, around=around, quantity=asked)) == ["refund_amount_of_customer"] * len(found)
    assert codes(shown(order, "refund_full", "damaged", policy=around.policy)) == ["refund_amount_of_customer"]


def test_while_a_refund_is_in_doubt_no_other_goes():
    verdict = shown(replace(SENT, refund_in_doubt="RF/1"), "refund_full", "damaged")
    assert codes(verdict) == ["refund_in_doubt"] and not verdict.approvable


def test_the_most_of_shipping_and_goodwill_is_what_may_be_claimed():
    billed = (*MONEY.billed, BilledLine(102, 1, 12, "shipping", total=D(5), untaxed=D(5)))
    order = replace(
        SENT, money=replace(MONEY, invoices=(Invoice(1, "", D(105)),), billed=billed, payments=(Payment(1, D(105)),))
    )
    assert codes(shown(order, "refund_shipping")) == ["shipping_not_refunded"]
    always = replace(POLICY, shipping_refund=type(POLICY.shipping_refund).always)
    assert shown(order, "refund_shipping", policy=always).amount == 5
    assert shown(order, "refund_goodwill").amount == 10
    assert codes(shown(SENT, "refund_shipping")) == ["no_shipping_paid"]


# -- who


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"companies": frozenset({2})}, ["company_not_allowed"]),
        ({"scopes": frozenset()}, ["scope_missing"]),
        ({"read_only": True}, ["read_only"]),
    ],
)
def test_an_actor_without_the_right_may_do_nothing(changes, found):
    verdicts = eligibility(SENT, replace(AROUND, actor=replace(AGENT, **changes)))
    assert all(codes(verdict)[:1] == found and not verdict.approvable for verdict in verdicts.values())


def test_a_machine_does_what_the_policy_leaves_to_it():
    machine = replace(AROUND, actor=replace(AGENT, machine=True))
    assert judge(ActionRequest("return", lines={11: D(1)}), SENT, machine).allowed
    assert codes(judge(ActionRequest("cancel_order"), FRESH, machine)) == ["machine_not_allowed"]


@pytest.mark.parametrize(
    ("method", "at", "found"),
    [
        ("", None, ["verification_missing"]),
        ("guess", NOW, ["verification_missing"]),
        ("pin", None, ["verification_missing"]),
        ("pin", NOW - timedelta(minutes=31), ["verification_too_old"]),
        ("pin", NOW + timedelta(minutes=1), ["verification_too_old"]),
        ("pin", NOW - timedelta(minutes=30), []),
    ],
)
def test_some_actions_need_a_customer_who_was_verified(method, at, found):
    policy = replace(POLICY, demands={"return": Demand(frozenset({"pin", "code"}), timedelta(minutes=30))})
    around = replace(AROUND, policy=policy, actor=replace(AGENT, verified_by=method, verified_at=at))
    assert codes(eligibility(SENT, around)["return"]) == found
    assert codes(eligibility(FRESH, around)["cancel_order"]) == []


def test_without_a_policy_nothing_is_promised_and_an_order_can_be_cancelled():
    assert codes(shown(SENT, "return", policy=None))[0] == "no_policy"
    assert shown(FRESH, "cancel_order", policy=None).allowed


# -- what is shown is what is enforced

amounts = st.integers(0, 5).map(Decimal)
orders = st.builds(
    lambda ordered, delivered, returned, expected, replaced, credited_quantity, day, hold, state: replace(
        credited(min(credited_quantity, 4)),
        state=state,
        holds=hold,
        lines=(
            replace(
                DELIVERED,
                ordered=ordered,
                delivered=delivered,
                deliveries=((TODAY - timedelta(days=day), delivered),),
                returned=returned,
                expected_back=expected,
                replaced=replaced,
            ),
        ),
    ),
    amounts,
    amounts,
    amounts,
    amounts,
    amounts,
    st.integers(0, 4),
    st.sampled_from([0, 29, 31, 800]),
    st.sampled_from([(), ("credit_hold",)]),
    st.sampled_from(["draft", "sale", "cancel"]),
)
reasons = st.sampled_from(["", "regret", "damaged"])


@settings(max_examples=300)
@given(
    orders, reasons, st.sampled_from(["return", "replace", "exchange", "cancel_rest"]), st.integers(-1, 6).map(Decimal)
)
def test_a_quantity_is_accepted_if_and_only_if_it_was_shown(order, reason, action, quantity):
    verdict = shown(order, action, reason)
    found = judge(ActionRequest(action, reason, {11: quantity}), order, AROUND)
    of_order = [refused for refused in verdict.refusals if "line" not in dict(refused.facts)]
    assert found.allowed is (not of_order and 0 < quantity <= verdict.most(11))
    assert judge(ActionRequest(action, reason, {99: D(1)}), order, AROUND).refusals[-1].code == "line_unknown"


@settings(max_examples=300)
@given(orders, reasons, st.integers(1, 6).map(Decimal))
def test_a_refund_is_accepted_if_and_only_if_it_was_shown(order, reason, quantity):
    verdict = shown(order, "refund_lines", reason)
    found = claim(order, reason, quantity=quantity)
    assert found.allowed is (quantity <= verdict.most(11))
    if found.allowed:
        assert 0 < found.offer.credit <= verdict.amount <= 100


@given(orders, reasons)
def test_every_verdict_has_a_reason_for_what_is_not_possible(order, reason):
    for action, verdict in eligibility(order, AROUND, reason).items():
        assert verdict.action == action
        assert all(refused.force is not Force.notice for refused in verdict.refusals)
        assert all(refused.force is Force.notice for refused in verdict.notices)
        for line in verdict.lines:
            assert line.most >= ZERO
            if verdict.allowed and action != "cancel_rest" and line.most == 0:
                assert line.refusals


def test_an_action_that_does_not_exist_is_refused():
    assert codes(judge(ActionRequest("delete"), SENT, AROUND)) == ["action_unknown"]


def test_lines_are_chosen():
    assert codes(judge(ActionRequest("return"), SENT, AROUND)) == ["nothing_chosen"]
    part = with_line(SENT, delivered=D(1), deliveries=((TODAY, D(1)),))
    assert judge(ActionRequest("cancel_rest"), part, AROUND).allowed


@pytest.mark.parametrize(("chosen", "credit"), [({}, D(75)), ({11: D(1)}, D(25)), ({11: D(3)}, D(75))])
def test_of_a_rest_only_what_is_given_up_is_credited(chosen, credit):
    line = replace(FRESH.lines[0], delivered=D(1), deliveries=((TODAY, D(1)),))
    order = replace(FRESH, lines=(line,), money=MONEY)
    found = judge(ActionRequest("cancel_rest", lines=chosen), order, AROUND)
    assert found.offer is not None
    assert found.offer.credit == credit
