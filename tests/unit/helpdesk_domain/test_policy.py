"""Which policy applies is decided by priority, company, brand, dates and version, and can be explained."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.service.policy import Policy, Scope, choose

SCOPE = Scope(1, date(2026, 11, 30), "north")
days = st.none() | st.dates(date(2026, 11, 28), date(2026, 12, 2))
policies = st.builds(
    Policy,
    st.integers(1, 3),
    st.integers(1, 3),
    priority=st.integers(1, 2),
    company_id=st.integers(0, 2),
    brand=st.sampled_from(["", "north", "south"]),
    starts=days,
    ends=days,
)
lists = st.lists(policies, max_size=6, unique_by=lambda policy: (policy.id, policy.version))


def chosen(*found, scope=SCOPE):
    policy = choose(found, scope).policy
    return policy and policy.reference


def test_the_lowest_number_is_asked_first():
    assert chosen(Policy(1, priority=20), Policy(2, priority=10)) == "2/1"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"company_id": 1}, {"brand": "north", "starts": date(2026, 11, 1)}),
        ({"brand": "north"}, {"starts": date(2026, 11, 1)}),
        ({"starts": date(2026, 11, 2)}, {"starts": date(2026, 11, 1)}),
        ({"starts": date(2026, 11, 2)}, {}),
    ],
)
def test_at_equal_priority_the_one_that_is_meant_more_closely_applies(better, worse):
    assert chosen(Policy(1, **better), Policy(2, **worse)) == "1/1"


def test_of_several_versions_the_last_that_fits_applies():
    versions = [Policy(1, 1), Policy(1, 2), Policy(1, 3, ends=date(2026, 11, 1))]
    assert chosen(*versions) == "1/2"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"company_id": 2}, "company"),
        ({"brand": "south"}, "brand"),
        ({"starts": date(2026, 12, 1)}, "not_yet"),
        ({"ends": date(2026, 11, 29)}, "ended"),
        ({"priority": 99}, "lower"),
    ],
)
def test_policies_that_do_not_apply_say_why(changes, code):
    found = choose([Policy(1), replace(Policy(2, priority=5), **changes)], SCOPE)
    assert (found.policy.reference, found.skipped) == ("1/1", (("2/1", code),))


def test_the_first_and_the_last_day_count():
    day = SCOPE.ordered_on
    assert chosen(Policy(1, starts=day, ends=day)) == "1/1"


@given(lists, st.randoms())
def test_the_order_of_the_policies_is_irrelevant_and_each_is_accounted_for(found, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    there = choose(found, SCOPE)
    assert there == choose(shuffled, SCOPE)
    assert len(there.skipped) + (there.policy is not None) == len(found)


@given(lists)
def test_what_applies_fits_and_nothing_that_fits_goes_before_it(found):
    policy = choose(found, SCOPE).policy
    fitting = [policy for policy in found if choose([policy], SCOPE).policy]
    assert (policy is None) is (not fitting)
    if policy:
        assert policy in fitting
        assert policy.priority == min(other.priority for other in fitting)


def test_the_nearest_category_says_how_long_goods_may_come_back():
    policy = Policy(1, return_days=30, category_return_days={5: 14, 6: None}, category_warranty_days={5: 365})
    assert [policy.days_to_return(found) for found in ((7, 5), (6, 5), (7,), ())] == [14, None, 30, 30]
    assert [policy.days_of_warranty(found) for found in ((7, 5), (7,))] == [365, 730]


@pytest.mark.parametrize("name", ["restocking_percent", "shipping_percent", "goodwill_percent"])
@pytest.mark.parametrize("percent", [-1, 101])
def test_percentages_that_give_back_more_than_all_are_refused(name, percent):
    with pytest.raises(ValueError, match="between 0 and 100"):
        Policy(1, **{name: Decimal(percent)})


def test_money_goes_back_in_some_way():
    with pytest.raises(ValueError, match="way in which money"):
        Policy(1, methods=())
