import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.schema import ENTITIES
from retail_sync.domain.credit.credit_state import STATES, credit_state

REASONS = {"BLOCKED", "OVER_LIMIT", "OVERDUE", "NEAR_LIMIT", "WITHIN_LIMIT", "NO_LIMIT"}
money = st.decimals(-10_000, 10_000, places=3).map(float)
settings = st.fixed_dictionaries(
    {},
    optional={
        "near_percent": st.floats(0, 150),
        "overdue_hold": st.booleans(),
        "grace": money,
        "blocked": st.booleans(),
        "rounding": st.sampled_from([0.01, 0.05, 1, 0.001]),
    },
)


def rank(decision):
    return STATES.index(decision.state)


@pytest.mark.parametrize(
    ("limit", "due", "overdue", "more", "state", "reason"),
    [
        (None, 1e9, 1e9, {}, "ok", "NO_LIMIT"),
        (1000, 0, 0, {}, "ok", "WITHIN_LIMIT"),
        (1000, 899.99, 0, {}, "ok", "WITHIN_LIMIT"),
        (1000, 900, 0, {}, "near_limit", "NEAR_LIMIT"),
        (1000, 1000, 0, {}, "near_limit", "NEAR_LIMIT"),
        (1000, 1000.004, 0, {}, "near_limit", "NEAR_LIMIT"),
        (1000, 1000.005, 0, {}, "hold", "OVER_LIMIT"),
        (1000, 1000.01, 0, {}, "hold", "OVER_LIMIT"),
        (0.3, 0.1 + 0.2, 0, {}, "near_limit", "NEAR_LIMIT"),  # not over by a fraction of a cent
        (0, 0, 0, {}, "ok", "WITHIN_LIMIT"),
        (0, 0.01, 0, {}, "hold", "OVER_LIMIT"),
        (0, -50, 0, {}, "ok", "WITHIN_LIMIT"),
        (-5, 0, 0, {}, "ok", "WITHIN_LIMIT"),
        (-5, 0.01, 0, {}, "hold", "OVER_LIMIT"),
        (1000, 500, 500, {}, "ok", "WITHIN_LIMIT"),
        (1000, 500, 0.01, {"overdue_hold": True}, "hold", "OVERDUE"),
        (None, 500, 0.01, {"overdue_hold": True}, "hold", "OVERDUE"),
        (None, 500, 0.004, {"overdue_hold": True}, "ok", "NO_LIMIT"),
        (None, 500, 25, {"overdue_hold": True, "grace": 25}, "ok", "NO_LIMIT"),
        (None, 500, 25.01, {"overdue_hold": True, "grace": 25}, "hold", "OVERDUE"),
        (None, 500, 1, {"overdue_hold": True, "grace": -25}, "hold", "OVERDUE"),
        (None, 0, 0, {"overdue_hold": True, "grace": -25}, "ok", "NO_LIMIT"),
        (1000, 1001, 5, {"overdue_hold": True}, "hold", "OVER_LIMIT"),
        (None, 0, 0, {"blocked": True}, "hold", "BLOCKED"),
        (1000, 1001, 5, {"blocked": True, "overdue_hold": True}, "hold", "BLOCKED"),
        (1000, 1, 0, {"near_percent": 0}, "near_limit", "NEAR_LIMIT"),
        (1000, 0, 0, {"near_percent": 0}, "ok", "WITHIN_LIMIT"),
        (1000, 999.99, 0, {"near_percent": 100}, "ok", "WITHIN_LIMIT"),
        (1000, 1000, 0, {"near_percent": 100}, "near_limit", "NEAR_LIMIT"),
        (1000, 1000, 0, {"near_percent": 100.1}, "ok", "WITHIN_LIMIT"),
        (100, 100.02, 0, {"rounding": 0.05}, "near_limit", "NEAR_LIMIT"),
        (100, 100.03, 0, {"rounding": 0.05}, "hold", "OVER_LIMIT"),
        (100, 100.4, 0, {"rounding": 1}, "near_limit", "NEAR_LIMIT"),
    ],
)
def test_the_edges(limit, due, overdue, more, state, reason):
    decision = credit_state(limit=limit, amount_due=due, overdue_amount=overdue, **more)
    assert decision == (state, reason)


@pytest.mark.parametrize("name", ["limit", "amount_due", "overdue_amount", "near_percent", "grace", "rounding"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_numbers_that_are_none(name, value):
    if name in ("near_percent", "rounding") and value == 1e300:
        return
    with pytest.raises(ValueError, match=r"not a finite|digits"):
        credit_state(**{"limit": 1, "amount_due": 1, name: value})


@pytest.mark.parametrize("rounding", [0, -0.01])
def test_a_rounding_that_is_none(rounding):
    with pytest.raises(ValueError, match="positive"):
        credit_state(1, 1, rounding=rounding)


@given(st.none() | money, money, money, settings)
def test_the_state_is_one_of_the_canonical_ones_and_has_a_known_reason(limit, due, overdue, options):
    decision = credit_state(limit, due, overdue, **options)
    assert decision.state in ENTITIES["customer"].fields["credit_state"].choices
    assert decision.reason in REASONS


@given(st.none() | money, money, money, money, money, settings)
def test_more_debt_never_improves_the_state(limit, due, more_due, overdue, more_overdue, options):
    less = credit_state(limit, min(due, more_due), min(overdue, more_overdue), **options)
    more = credit_state(limit, max(due, more_due), max(overdue, more_overdue), **options)
    assert rank(less) <= rank(more)


@given(money, money, money, money, settings)
def test_a_higher_limit_never_worsens_the_state(limit, more_limit, due, overdue, options):
    chain = [
        credit_state(None, due, overdue, **options),
        credit_state(max(limit, more_limit), due, overdue, **options),
        credit_state(min(limit, more_limit), due, overdue, **options),
    ]
    assert all(rank(better) <= rank(worse) for better, worse in itertools.pairwise(chain))


@given(st.none() | money, money, money, settings)
def test_a_block_holds_whatever_is_owed(limit, due, overdue, options):
    assert credit_state(limit, due, overdue, **{**options, "blocked": True}) == ("hold", "BLOCKED")
