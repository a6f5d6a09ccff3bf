"""The difference of an exchange downward is paid back as a lower price of the goods, once, and by the rules."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.service.claims import LineClaim, RefundClaim
from retail_sync_helpdesk.domain.service.eligibility import ActionRequest, judge
from retail_sync_helpdesk.domain.service.exchange_refund import judge_difference
from retail_sync_helpdesk.domain.service.exchanging import difference_by_line, exchange_of
from retail_sync_helpdesk.domain.service.money_facts import BilledLine, Invoice

from .test_eligibility import AGENT, AROUND, MONEY, SENT, with_line

D = Decimal
EXCHANGED = {11: D(1)}


def difference(reason, amount="8", order=SENT, around=AROUND):
    return judge_difference(order, around, reason, {11: D(amount)}, EXCHANGED)


def later(amount, reason="regret", **changes):
    order = with_line(replaced=D(1), owed_back=D(8), **changes)
    claim = RefundClaim(lines=(LineClaim(11, amount=D(amount)),))
    return judge(ActionRequest("refund_lines", reason, claim=claim), order, AROUND)


def codes(verdict):
    return [refused.code for refused in verdict.refusals]


def test_it_is_paid_at_once_for_the_reasons_of_the_policy():
    verdict = difference("damaged")
    assert verdict.allowed and (verdict.offer.money, verdict.offer.quantities) == (8, {})


def test_else_it_waits_for_the_goods():
    assert codes(difference("regret")) == ["goods_not_back"]
    assert codes(later(8)) == ["goods_not_back"]
    verdict = later(8, returned=D(1))
    assert verdict.allowed and verdict.offer.money == 8


def test_no_more_than_the_difference_is_paid_back_of_goods_that_were_exchanged():
    # Three of the four pieces were not exchanged, and are with the customer.
    assert codes(later(9, returned=D(1))) != []
    assert later(8, "damaged").allowed


def test_who_may_not_refund_lines_pays_no_difference():
    actor = replace(AGENT, scopes=frozenset({"exchange"}))
    assert codes(difference("damaged", around=replace(AROUND, actor=actor))) == ["scope_missing"]


def test_a_discount_of_the_order_is_not_taken_off_a_second_time():
    money = replace(
        MONEY,
        invoices=(Invoice(1, "", D(90)),),
        billed=(*MONEY.billed, BilledLine(102, 1, 13, "reward", total=D(-10), untaxed=D(-10))),
    )
    assert difference("damaged", order=replace(SENT, money=money)).offer.credit == 8


@given(
    st.dictionaries(st.integers(1, 9), st.integers(-500, 5000).map(lambda number: D(number) / 100), max_size=5),
    st.integers(0, 20_000).map(lambda number: D(number) / 100),
)
def test_the_parts_of_the_difference_add_up_to_it(back, wanted):
    exchange = exchange_of(wanted, sum(back.values(), D(0)))
    found = difference_by_line(exchange, back)
    assert sum(found.values()) == exchange.left
    assert all(0 < part <= back[line] for line, part in found.items())
