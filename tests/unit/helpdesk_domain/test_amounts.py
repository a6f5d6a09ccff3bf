"""How much a refund gives back: what was billed, shared out to the cent, and never more than is left."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.currency import ZERO, Currency
from retail_sync_helpdesk.domain.service.amounts import offer
from retail_sync_helpdesk.domain.service.balance import balance_of
from retail_sync_helpdesk.domain.service.claims import LineClaim, RefundClaim
from retail_sync_helpdesk.domain.service.money_facts import (
    BilledLine,
    Credit,
    CreditLine,
    Invoice,
    MoneyFacts,
    Payment,
    Refund,
    Request,
)
from retail_sync_helpdesk.domain.service.policy import Policy, ShippingRefund

from .shop import EUR, POLICY, TOTAL, after, facts

D = Decimal
FULL = RefundClaim(full=True)
# Four pieces of 25.00, billed and paid.
PLAIN = MoneyFacts(
    EUR,
    D(100),
    invoices=(Invoice(1, "INV/1", D(100)),),
    billed=(BilledLine(101, 1, 11, quantity=D(4), total=D(100), untaxed=D("84.03")),),
    payments=(Payment(1, D(100)),),
)
# Nine lines of 0.07 with 21 %: each shows 0.08, the document says 0.76.
NINE = MoneyFacts(
    EUR,
    D("0.76"),
    invoices=(Invoice(1, "INV/1", D("0.76")),),
    billed=tuple(BilledLine(n, 1, n, total=D("0.08"), untaxed=D("0.07")) for n in range(1, 10)),
    payments=(Payment(1, D("0.76")),),
)


def pieces(number, line=11):
    return RefundClaim(lines=(LineClaim(line, quantity=D(number)),))


def price(amount, line=11):
    return RefundClaim(lines=(LineClaim(line, amount=D(amount)),))


def codes(found):
    return [refused.code for refused in found.refusals]


def money(before, claim, policy=POLICY):
    return offer(before, claim, policy).money


def test_a_full_refund_gives_back_all_that_was_paid():
    found = offer(facts(), FULL, POLICY)
    assert (found.credit, found.money, found.debt) == (TOTAL, TOTAL, 0)
    assert found.quantities == {11: D(5), 12: D(9), 13: D(1)}
    assert found.of_kind("rounding") == D("0.04")


def test_nine_small_lines_credited_by_themselves_give_back_the_whole_document():
    given_back, state = [], NINE
    for line in range(1, 10):
        state, found = after(state, pieces(1, line))
        given_back.append(found.money)
    assert given_back == [D("0.08")] * 8 + [D("0.12")]
    assert codes(offer(state, FULL, POLICY)) == ["nothing_left_to_credit"]


def test_a_full_refund_after_partial_ones_gives_the_remaining_total():
    state, first = after(NINE, pieces(1, 3))
    assert money(state, FULL) == D("0.76") - first.money
    state, found = after(*after(facts(), pieces(4))[:1], FULL)
    assert balance_of(state).to_credit == 0
    assert balance_of(state).to_pay_back == 0


def test_a_document_below_the_sum_of_its_lines_never_gives_back_more_than_its_total():
    lines = tuple(BilledLine(n, 1, n, total=D("0.01"), untaxed=D("0.01")) for n in range(1, 10))
    state = replace(NINE, invoices=(Invoice(1, "", D("0.05")),), billed=lines, payments=(Payment(1, D("0.05")),))
    total = ZERO
    for line in range(1, 10):
        found = offer(state, pieces(1, line), POLICY)
        if not found.refusals:
            state, found = after(state, pieces(1, line))
            total += found.money
    assert total == D("0.05")


@given(st.permutations([11, 11, 11, 12, 12]), st.lists(st.integers(1, 4), min_size=5, max_size=5))
def test_pieces_in_any_order_and_number_add_up_to_what_was_billed(order, numbers):
    state, total = facts(), ZERO
    for line, number in zip(order, numbers, strict=True):
        if not offer(state, pieces(number, line), POLICY).refusals:
            state, found = after(state, pieces(number, line))
            total += found.money
    state, found = after(state, FULL)
    assert total + found.money == TOTAL


@given(st.integers(1, 40), st.integers(1, 9999))
def test_pieces_of_a_line_add_up_whatever_its_price(quantity, cents):
    total = D(cents) / 100
    line = BilledLine(101, 1, 11, quantity=D(quantity), total=total, untaxed=total)
    state = replace(PLAIN, invoices=(Invoice(1, "", total),), billed=(line,), payments=(Payment(1, total),))
    given_back = ZERO
    for _piece in range(quantity):
        found = offer(state, pieces(1), POLICY)
        # A piece that is worth less than half a cent is credited with the next.
        if not found.refusals:
            state, found = after(state, pieces(1))
            given_back += found.money
    if not offer(state, FULL, POLICY).refusals:
        given_back += after(state, FULL)[1].money
    assert given_back == total


def test_a_discount_of_the_order_is_taken_back_with_the_goods_that_earned_it():
    found = offer(facts(), pieces(1), POLICY)
    assert [(part.line_id, part.total) for part in found.parts] == [(11, D("20.00")), (13, D("-1.65"))]


def test_a_line_that_was_billed_in_two_parts_is_credited_from_the_first_on():
    found = offer(facts(), pieces(4), POLICY)
    assert [(part.invoice_id, part.quantity) for part in found.parts if part.line_id == 11] == [(1, D(3)), (2, D(1))]


def test_the_untaxed_part_is_that_of_the_invoice():
    (part,) = offer(PLAIN, pieces(1), POLICY).parts
    assert (part.total, part.untaxed) == (D("25.00"), D("21.01"))


def test_by_price_the_line_stays_invoiced():
    state, found = after(PLAIN, price("10.00"))
    assert found.quantities == {}
    assert money(state, pieces(4)) == D(90)
    assert codes(offer(state, price("90.01"), POLICY)) == ["amount_too_large"]


def test_a_piece_of_a_line_that_is_nearly_given_back_by_price_gives_the_rest():
    state, _found = after(PLAIN, price("90.00"))
    assert money(state, pieces(1)) == 10


# -- what counts as given back


@pytest.mark.parametrize("state", ["draft", "pending", "authorized", "done"])
@pytest.mark.parametrize("post_processed", [False, True])
def test_a_refund_counts_in_every_state_but_failed(state, post_processed):
    before = replace(PLAIN, refunds=(Refund(5, D(60), state, post_processed),))
    assert balance_of(before).to_pay_back == 40
    assert codes(offer(before, price(50), POLICY)) == ["nothing_left_to_pay_back"]
    assert money(before, price(40)) == 40


@pytest.mark.parametrize("state", ["error", "cancel"])
def test_a_failed_refund_counts_for_nothing(state):
    assert balance_of(replace(PLAIN, refunds=(Refund(5, D(60), state),))).to_pay_back == 100


def test_two_refunds_of_80_on_a_payment_of_100_are_one_too_many():
    """Odoo itself sends both: it counts only refunds that are post-processed."""
    before = replace(PLAIN, refunds=(Refund(5, D(-80), "done", False),))
    assert codes(offer(before, price(80), POLICY)) == ["nothing_left_to_pay_back"]


def test_a_second_full_credit_note_is_refused():
    state, _found = after(PLAIN, FULL)
    assert codes(offer(state, FULL, POLICY)) == ["nothing_left_to_credit"]


def test_a_draft_credit_note_counts():
    draft = Credit(9, "draft", 1, D(75), lines=(CreditLine(101, D(3), D(75)),))
    before = replace(PLAIN, credits=(draft,))
    assert codes(offer(before, pieces(2), POLICY)) == ["quantity_too_large"]
    assert money(before, pieces(1)) == 25
    assert money(replace(PLAIN, credits=(replace(draft, state="cancel"),)), pieces(4)) == 100


@pytest.mark.parametrize(("state", "left"), [("approved", 25), ("waiting", 100), ("refused", 100), ("withdrawn", 100)])
def test_a_request_counts_from_its_approval(state, left):
    planned = Credit(0, "draft", 1, D(75), lines=(CreditLine(101, D(3), D(75)),))
    before = replace(PLAIN, requests=(Request("r", state, (planned,)),))
    assert balance_of(before).to_pay_back == left
    assert money(before, FULL) == left


def test_a_request_and_its_credit_note_and_its_payment_are_one():
    note = Credit(9, "posted", 1, D(75), lines=(CreditLine(101, D(3), D(75)),), request="r")
    request = Request("r", "approved", (replace(note, id=0, state="draft"),))
    before = replace(PLAIN, credits=(note,), requests=(request,), refunds=(Refund(5, D(75), "pending", credit_id=9),))
    assert balance_of(before).returned == 75
    assert money(before, FULL) == 25


def test_a_refund_that_pays_more_than_its_note_counts_with_what_it_pays():
    note = Credit(9, "posted", 1, D(25), lines=(CreditLine(101, D(1), D(25)),))
    before = replace(PLAIN, credits=(note,), refunds=(Refund(5, D(60), "done", credit_id=9),))
    assert balance_of(before).to_pay_back == 40


def test_a_note_whose_payment_failed_is_still_owed():
    note = Credit(9, "posted", 1, D(75), lines=(CreditLine(101, D(3), D(75)),))
    before = replace(PLAIN, credits=(note,), refunds=(Refund(5, D(75), "error", credit_id=9),))
    assert balance_of(before).to_pay_back == 25


def test_money_that_is_only_reserved_is_not_paid():
    before = replace(PLAIN, payments=(Payment(1, D(100), "authorized"),))
    assert codes(offer(before, FULL, POLICY)) == ["nothing_left_to_pay_back"]


def test_a_transaction_and_the_payment_made_of_it_are_one():
    online, made_of_it = Payment(1, D(100)), Payment(7, D(100), transaction=False, transaction_id=1)
    assert balance_of(replace(PLAIN, payments=(online, made_of_it))).paid == 100
    assert balance_of(replace(PLAIN, payments=(online, replace(made_of_it, transaction_id=0)))).paid == 200


# -- debts


def test_on_an_unpaid_invoice_no_money_moves():
    found = offer(facts(ZERO), pieces(1), POLICY)
    assert (found.money, found.debt) == (0, D("18.35"))


def test_on_a_partly_paid_invoice_the_debt_goes_first():
    before = replace(PLAIN, invoices=(Invoice(1, "", D(100), D(30)),), payments=(Payment(1, D(70)),))
    found = offer(before, FULL, POLICY)
    assert (found.credit, found.debt, found.money) == (100, 30, 70)
    found = offer(before, pieces(1), POLICY)
    assert (found.debt, found.money) == (25, 0)


def test_a_debt_that_a_draft_note_will_clear_is_not_cleared_twice():
    draft = Credit(9, "draft", 1, D(25), lines=(CreditLine(101, D(1), D(25)),))
    before = replace(PLAIN, invoices=(Invoice(1, "", D(100), D(30)),), payments=(Payment(1, D(70)),), credits=(draft,))
    found = offer(before, pieces(1), POLICY)
    assert (found.debt, found.money) == (5, 20)


def test_what_was_written_off_is_not_paid_back():
    """An early-payment discount of 2: the invoice is clear, 98 came in."""
    found = offer(replace(PLAIN, payments=(Payment(1, D(98)),)), FULL, POLICY)
    assert (found.credit, found.money) == (98, 98)


def test_a_note_that_cleared_a_debt_left_the_money_where_it_was():
    note = Credit(9, "posted", 1, D(50), offset=D(30), lines=(CreditLine(101, D(2), D(50)),))
    before = replace(PLAIN, payments=(Payment(1, D(70)),), credits=(note,))
    assert balance_of(before).returned == 20
    assert money(before, FULL) == 50


def test_a_down_payment_and_the_final_invoice_are_credited_together():
    before = MoneyFacts(
        EUR,
        D(100),
        invoices=(Invoice(1, "", D(50)), Invoice(2, "", D(50))),
        billed=(
            BilledLine(101, 1, 21, "down_payment", total=D(50), untaxed=D(50)),
            BilledLine(201, 2, 11, quantity=D(4), total=D(100), untaxed=D(100)),
            BilledLine(202, 2, 21, "down_payment", total=D(-50), untaxed=D(-50)),
        ),
        payments=(Payment(1, D(50)), Payment(2, D(50))),
    )
    assert money(before, FULL) == 100
    assert money(before, pieces(4)) == 100
    assert money(after(before, pieces(1))[0], FULL) == 75


# -- restocking, shipping, goodwill


def test_the_restocking_fee_is_kept_and_does_not_come_back_later():
    claim = RefundClaim(lines=(LineClaim(11, quantity=D(1)),), restocking=True)
    state, found = after(PLAIN, claim)
    assert (found.money, found.kept) == (D("22.50"), D("2.50"))
    assert money(state, FULL) == 75
    state, _found = after(state, FULL)
    assert codes(offer(state, FULL, POLICY)) == ["nothing_left_to_credit"]


def shipping(amount):
    return RefundClaim(shipping=D(amount))


@pytest.mark.parametrize(
    ("changes", "asked", "codes_found"),
    [
        ({}, "4.90", []),
        ({"shipping_percent": D(50)}, "2.46", ["shipping_above_cap"]),
        ({"shipping_percent": D(50)}, "2.45", []),
        ({"shipping_most": D(3)}, "3.01", ["shipping_above_cap"]),
        ({"shipping_refund": ShippingRefund.never}, "1.00", ["shipping_not_refunded"]),
        ({"shipping_refund": ShippingRefund.full_only}, "1.00", ["shipping_not_refunded"]),
        ({}, "4.91", ["amount_too_large"]),
        ({}, "0.001", ["amount_not_exact"]),
        ({}, "-1", ["amount_not_positive"]),
    ],
)
def test_shipping_goes_back_up_to_its_cap(changes, asked, codes_found):
    assert codes(offer(facts(), shipping(asked), replace(POLICY, **changes))) == codes_found


def test_shipping_that_goes_back_with_the_last_goods_only():
    policy = replace(POLICY, shipping_refund=ShippingRefund.full_only)
    state, _found = after(facts(), RefundClaim(lines=(LineClaim(12, quantity=D(9)),)))
    rest = RefundClaim(lines=(LineClaim(11, quantity=D(5)),), shipping=D("4.90"))
    assert offer(state, rest, policy).of_kind("shipping") == D("4.90")
    part = replace(rest, lines=(LineClaim(11, quantity=D(4)),))
    assert codes(offer(state, part, policy)) == ["shipping_not_refunded"]


def test_the_cap_of_shipping_counts_what_went_back_before():
    state, _found = after(facts(), shipping("2.00"))
    assert codes(offer(state, shipping("1.00"), replace(POLICY, shipping_percent=D(50)))) == ["shipping_above_cap"]
    state, _found = after(state, shipping("2.90"))
    assert codes(offer(state, shipping("0.01"), POLICY)) == ["shipping_all_credited"]
    assert codes(offer(PLAIN, shipping("1.00"), POLICY)) == ["no_shipping_paid"]


def test_a_full_refund_keeps_shipping_back_where_the_policy_says_so():
    policy = replace(POLICY, shipping_refund=ShippingRefund.never)
    assert money(facts(), FULL, policy) == TOTAL - D("4.90")
    assert money(facts(), FULL, replace(POLICY, shipping_percent=D(50))) == TOTAL - D("2.45")


def goodwill(amount):
    return RefundClaim(goodwill=D(amount))


def test_goodwill_has_a_cap_that_counts_what_was_given_before():
    state, found = after(PLAIN, goodwill(15))
    assert (found.money, found.of_kind("goodwill")) == (15, 15)
    assert codes(offer(state, goodwill("5.01"), POLICY)) == ["goodwill_above_cap"]
    assert money(state, goodwill(5)) == 5
    assert money(state, FULL) == 85, "what was given as goodwill is not given a second time"


@pytest.mark.parametrize(
    ("percent", "most", "asked", "codes_found"),
    [
        (0, None, 1, ["goodwill_not_allowed"]),
        (0, 10, 10, []),
        (0, 10, 11, ["goodwill_above_cap"]),
        (50, 10, 11, ["goodwill_above_cap"]),
        (5, 10, 6, ["goodwill_above_cap"]),
    ],
)
def test_the_cap_of_goodwill_is_a_share_and_an_amount(percent, most, asked, codes_found):
    policy = replace(POLICY, goodwill_percent=D(percent), goodwill_most=most if most is None else D(most))
    assert codes(offer(PLAIN, goodwill(asked), policy)) == codes_found


def test_goodwill_on_an_open_invoice_lowers_the_debt():
    found = offer(facts(ZERO), goodwill(10), POLICY)
    assert (found.debt, found.money) == (10, 0)


def test_goodwill_on_an_open_invoice_is_not_credited_a_second_time():
    before = replace(PLAIN, invoices=(Invoice(1, "", D(100), D(100)),), payments=())
    found = offer(after(before, goodwill(10))[0], FULL, POLICY)
    assert (found.credit, found.debt, found.money) == (90, 90, 0)


def test_goodwill_never_exceeds_what_is_left():
    state, _found = after(PLAIN, pieces(4))
    assert codes(offer(state, goodwill(1), POLICY)) == ["amount_too_large"]


# -- what is refused


@pytest.mark.parametrize(
    ("claim", "code"),
    [
        (pieces(1, 99), "line_not_invoiced"),
        (pieces(0), "quantity_not_positive"),
        (pieces(-1), "quantity_not_positive"),
        (pieces(5), "quantity_too_large"),
        (price("0"), "amount_not_positive"),
        (price("NaN"), "amount_not_positive"),
        (price("1.001"), "amount_not_exact"),
        (RefundClaim(), "nothing_left_to_credit"),
    ],
)
def test_a_claim_that_cannot_be_met_is_refused_with_its_rule(claim, code):
    found = offer(PLAIN, claim, POLICY)
    assert codes(found) == [code]
    assert (found.parts, found.money, found.debt) == ((), 0, 0)


def test_the_policy_may_allow_less_than_what_is_invoiced():
    assert codes(offer(PLAIN, pieces(3), POLICY, {11: D(2)})) == ["quantity_too_large"]
    assert offer(PLAIN, pieces(2), POLICY, {11: D(2)}).money == 50
    assert codes(offer(PLAIN, pieces(1), POLICY, {11: D(-1)})) == ["quantity_too_large"]


def test_a_line_without_a_rest_is_refused_by_quantity_and_by_price():
    state, _found = after(PLAIN, pieces(4))
    assert codes(offer(state, pieces(1), POLICY)) == ["line_all_credited"]
    assert codes(offer(state, price(1), POLICY)) == ["line_all_credited"]


def test_an_order_without_invoices_has_nothing_to_give_back():
    assert codes(offer(MoneyFacts(EUR, D(100), payments=(Payment(1, D(100)),)), FULL, POLICY)) == ["nothing_invoiced"]


def test_a_line_is_claimed_by_quantity_or_by_price():
    with pytest.raises(ValueError, match="by quantity or by price"):
        LineClaim(11)
    with pytest.raises(ValueError, match="by quantity or by price"):
        LineClaim(11, D(1), D(1))


@pytest.mark.parametrize(("unit", "amount"), [("1", "33"), ("0.05", "33.35"), ("0.001", "33.333")])
def test_currencies_of_other_units_are_shared_out_in_their_units(unit, amount):
    line = BilledLine(101, 1, 11, quantity=D(3), total=D(100), untaxed=D(100))
    before = replace(PLAIN, currency=Currency("XTS", D(unit)), billed=(line,))
    assert money(before, pieces(1)) == D(amount)
    state, first = after(before, pieces(2))
    assert first.money + money(state, pieces(1)) == 100


def test_the_order_in_which_lines_are_claimed_is_irrelevant():
    lines = (LineClaim(11, quantity=D(2)), LineClaim(12, amount=D("0.10")))
    there = offer(facts(), RefundClaim(lines=lines), POLICY)
    assert there == offer(facts(), RefundClaim(lines=lines[::-1]), POLICY)
    assert there.credit == there.money > 0


def test_a_policy_without_a_fee_keeps_nothing():
    claim = RefundClaim(lines=(LineClaim(11, quantity=D(1)),), restocking=True)
    assert offer(PLAIN, claim, Policy(1)).kept == 0
