from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.kinds import comparable, equal, round_number
from retail_sync.domain.reconcile.three_way import AGREED, PUSH, OwnershipRule

from ..customer_values import merge


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (0, None, False),
        (0.0, None, False),
        (None, None, True),
        (None, "", True),
        (0, 0.0, True),
        (0.0, -0.0, True),
        (-0.001, 0, True),
        (1, 1.0, True),
        (1, 1.004, True),
        (1, 1.006, False),
        (0.1 + 0.2, 0.3, True),
        (1.005, 1.01, True),  # halves go up, although the float is a little less
        (-1.005, -1.01, True),
        ("12.5", 12.50, True),
        (" 12.50 ", 12.5, True),
        ("twelve", 12, False),
        ("twelve", "twelve", True),
        (10**40, 10**40 + 1, False),
        (float("inf"), float("inf"), True),
        (float("inf"), 1, False),
    ],
)
def test_numbers(left, right, same):
    assert equal(left, right, "number") is same
    assert equal(right, left, "number") is same


def test_not_a_number_equals_itself_so_that_it_can_be_agreed():
    assert equal(float("nan"), float("nan"), "number")
    assert not equal(float("nan"), 0, "number")


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_a_number_equals_what_two_decimals_leave_of_it(value):
    assert equal(value, round_number(value), "number")
    if abs(value) < 1e12:
        assert comparable(value, "number") == Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.parametrize(("value", "text"), [(-0.001, "0.0"), (1.005, "1.01"), (7, "7"), (None, "None"), ("x", "x")])
def test_a_number_is_sent_as_it_is_compared(value, text):
    assert str(round_number(value)) == text


def test_zero_is_a_value_and_none_is_not():
    odoo = OwnershipRule("credit_limit", "odoo", "owner_wins")
    assert merge({}, {"credit_limit": None}, {"credit_limit": 0.0}, [odoo]).outcomes == {"credit_limit": PUSH}
    assert merge({}, {"credit_limit": 10.0}, {"credit_limit": 10.001}, [odoo]).outcomes == {"credit_limit": AGREED}


def test_a_shared_number_that_only_the_remote_has_is_taken_at_the_first_meeting():
    shared = OwnershipRule("credit_limit", "shared", "ask")
    assert merge(None, {"credit_limit": 0.0}, {"credit_limit": None}, [shared]).apply == {"credit_limit": 0.0}


def test_business_fields_without_a_ownership_rule_row_are_never_taken_from_the_remote():
    result = merge({"credit_state": "hold"}, {"credit_state": "ok"}, {"credit_state": "hold"}, [])
    assert result.apply == {} and result.push == {"credit_state": "hold"}


def test_two_mailboxes_are_two_addresses():
    """A typing error in an address ("jürgen@") could not be corrected: both counted as one value."""
    assert not equal("jürgen@firma.example", "jurgen@firma.example", "email")
    assert not equal("a@straße.example", "a@strasse.example", "email")
    assert equal("Ada@Firma.EXAMPLE ", "ada@firma.example", "email")


def test_what_stands_in_angle_brackets_in_a_note_is_text():
    """It counted as a tag: an address that was corrected in a note never arrived."""
    assert not equal("Bob <bob@a.example>", "Bob <bob@b.example>", "html")
    assert not equal("limit <100>", "limit <200>", "html")
    assert not equal("a < b and c > d", "a < x and c > d", "html")
    assert equal("<P CLASS='x'>a<br/>b</P><!-- c -->", "a b", "html")
    assert equal("<p>Bob &lt;bob@a.example&gt;</p>", "Bob <bob@a.example>", "html")
