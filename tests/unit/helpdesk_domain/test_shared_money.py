"""Payments of several orders, and goodwill over several taxes: parts that add up to the cent."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.currency import Currency
from retail_sync_helpdesk.domain.service.shared_money import payment_by_order, share_by_weight
from retail_sync_helpdesk.domain.service.taxes import PER_DOCUMENT, PER_LINE, PricedLine, Tax, price_for, total_of

from .shop import EUR

D = Decimal
cents = st.integers(0, 1_000_000).map(lambda number: D(number) / 100)
totals = st.dictionaries(st.integers(1, 30), cents, min_size=1, max_size=8)
taxes = st.lists(st.builds(Tax, st.sampled_from([D(0), D(5), D(21), D("8.875")]), st.booleans()), max_size=2).map(tuple)


def test_a_payment_of_two_orders_is_shared_by_what_they_cost():
    assert payment_by_order(D(90), {7: D(60), 8: D(30)}, EUR) == {7: D(60), 8: D(30)}
    assert payment_by_order(D(10), {7: D(60), 8: D(30)}, EUR) == {7: D("6.67"), 8: D("3.33")}
    assert payment_by_order(D("-0.01"), {8: D(1), 7: D(1)}, EUR) == {7: D("0.01"), 8: D(0)}


def test_orders_that_cost_nothing_share_nothing_twice():
    assert payment_by_order(D(5), {7: D(0), 8: D(0)}, EUR) == {7: D(5), 8: D(0)}


@given(cents, totals, st.sampled_from([D("0.01"), D("0.05"), D(1)]))
def test_the_parts_of_a_payment_are_never_more_and_never_less_than_it(amount, owed, unit):
    currency = Currency("TST", unit)
    amount = currency.round(amount)
    found = payment_by_order(amount, owed, currency)
    assert found.keys() == owed.keys()
    assert sum(found.values()) == amount
    assert all(part >= 0 and currency.is_exact(part) for part in found.values())
    whole = sum(owed.values())
    if whole:
        assert all(abs(part - amount * owed[order] / whole) < unit for order, part in found.items())


@given(totals, cents)
def test_whichever_order_asks_first_the_same_part_is_its_own(owed, amount):
    turned = dict(reversed(list(owed.items())))
    assert payment_by_order(amount, owed, EUR) == payment_by_order(amount, turned, EUR)


@given(
    st.integers(1, 100_000).map(lambda number: D(number) / 100),
    st.dictionaries(taxes, st.integers(-2000, 100_000).map(lambda number: D(number) / 100), min_size=1, max_size=4),
)
def test_goodwill_takes_the_taxes_of_the_invoice_back_in_proportion(amount, invoiced):
    """A line for each tax, and what no price reaches as rounding: together exactly the amount, by either rule."""
    shares = share_by_weight(amount, invoiced, EUR)
    assert sum(shares.values()) == amount
    lines, rounding = [], D(0)
    for with_taxes, share in shares.items():
        if share:
            price, missing = price_for(share, with_taxes, EUR)
            lines.append(PricedLine(price, taxes=with_taxes))
            rounding += missing
    for rule in (PER_LINE, PER_DOCUMENT):
        assert total_of(lines, EUR, rule).total + rounding == amount
    assert rounding <= D("0.02") * len(lines)
