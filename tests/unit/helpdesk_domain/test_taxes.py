"""What Odoo makes of the lines of a credit note, by either rule of rounding."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.currency import Currency
from retail_sync_helpdesk.domain.service.taxes import PER_DOCUMENT, PER_LINE, PricedLine, Tax, price_for, total_of

D = Decimal
EUR = Currency("EUR")
ON_TOP, INSIDE = (Tax(D(21)),), (Tax(D(21), included=True),)
cents = st.integers(1, 100_000).map(lambda number: D(number) / 100)
taxes = st.lists(st.builds(Tax, st.sampled_from([D(5), D(21), D("8.875")]), st.booleans()), max_size=2).map(tuple)


def total(lines, rounding, currency=EUR):
    found = total_of(lines, currency, rounding)
    return found.untaxed, found.tax, found.total


def test_nine_lines_of_seven_cents_differ_by_rule():
    lines = [PricedLine(D("0.07"), taxes=ON_TOP)] * 9
    assert total(lines, PER_LINE) == (D("0.63"), D("0.09"), D("0.72"))
    assert total(lines, PER_DOCUMENT) == (D("0.63"), D("0.13"), D("0.76"))


def test_a_price_with_taxes_and_a_discount_of_ten_percent():
    lines = [PricedLine(D("19.99"), D(3), D(10), INSIDE)]
    for rounding in (PER_LINE, PER_DOCUMENT):
        assert total(lines, rounding) == (D("44.60"), D("9.37"), D("53.97"))


def test_lines_of_other_taxes_are_rounded_on_their_own():
    lines = [PricedLine(D("0.07"), taxes=ON_TOP), PricedLine(D("0.07"), taxes=(Tax(D(5)),))]
    assert total(lines, PER_DOCUMENT) == total(lines, PER_LINE) == (D("0.14"), D("0.01"), D("0.15"))


def test_a_currency_without_cents():
    assert total([PricedLine(D(105), taxes=ON_TOP)], PER_LINE, Currency("JPY", D(1))) == (105, 22, 127)


@given(st.lists(st.tuples(cents, taxes), min_size=1, max_size=5))
def test_the_price_that_includes_all_taxes_is_what_is_paid(found):
    lines = [PricedLine(price, taxes=tuple(Tax(t.percent, True) for t in with_taxes)) for price, with_taxes in found]
    assert total(lines, PER_LINE)[2] == sum(price for price, _taxes in found)


@given(cents, taxes)
def test_a_line_by_price_reaches_the_total_or_says_what_is_missing(amount, found):
    price, missing = price_for(amount, found, EUR)
    for rounding in (PER_LINE, PER_DOCUMENT):
        assert total([PricedLine(price, taxes=found)], rounding)[2] + missing == amount
    assert 0 <= missing <= D("0.02")


def test_a_total_that_no_price_reaches():
    assert price_for(D("0.03"), ON_TOP, EUR) == (D("0.02"), D("0.01"))
    assert price_for(D("121.00"), ON_TOP, EUR) == (D("100.00"), 0)
    assert price_for(D("121.00"), INSIDE, EUR) == (D("121.00"), 0)


@pytest.mark.parametrize(
    ("amount", "unit", "rounded", "floored"),
    [("0.125", "0.01", "0.13", "0.12"), ("-0.125", "0.01", "-0.13", "-0.12"), ("0.024", "0.05", "0.00", "0.00"),
     ("0.025", "0.05", "0.05", "0.00"), ("149.5", "1", "150", "149")],
)  # fmt: skip
def test_amounts_are_rounded_as_odoo_rounds_them(amount, unit, rounded, floored):
    currency = Currency("XTS", D(unit))
    assert (currency.text(D(amount)), f"{currency.floor(D(amount)):f}") == (rounded, floored)
    assert currency.is_exact(D(rounded)) and not currency.is_exact(D(amount))


def test_nothing_is_never_written_with_a_sign():
    assert EUR.text(D("-0.001")) == "0.00"


@pytest.mark.parametrize("unit", ["0", "-1", "NaN"])
def test_a_currency_has_a_unit(unit):
    with pytest.raises(ValueError, match="positive"):
        Currency("XTS", D(unit))
    with pytest.raises(ValueError, match="finite"):
        EUR.round(D("Infinity"))
