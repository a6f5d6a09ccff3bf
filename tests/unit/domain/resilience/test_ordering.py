import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.resilience.lanes import BULK_FROM, lane_of, newest_first_lane
from retail_sync.domain.resilience.limits import LANES

URGENT = {"credit_state", "account_block"}
lanes = st.sampled_from(LANES)


@pytest.mark.parametrize(
    ("left", "right", "lane"),
    [
        ("critical", "bulk", "critical"),
        ("bulk", "critical", "critical"),
        ("standard", "bulk", "standard"),
        ("standard", "standard", "standard"),
        (None, "bulk", "bulk"),
        ("bulk", "", "bulk"),
    ],
)
def test_the_more_urgent_lane(left, right, lane):
    assert newest_first_lane(left, right) == lane


@pytest.mark.parametrize(("left", "right"), [(None, None), ("fast", "bulk")])
def test_no_lane_at_all(left, right):
    with pytest.raises(ValueError):
        newest_first_lane(left, right)


@pytest.mark.parametrize(
    ("changed", "default", "size", "lane"),
    [
        ({"name"}, "standard", 1, "standard"),
        ({"name"}, "bulk", 1, "bulk"),
        ({"name", "credit_state"}, "standard", 1, "critical"),
        ({"credit_state"}, "bulk", BULK_FROM - 1, "critical"),
        ({"credit_state"}, "bulk", BULK_FROM, "standard"),
        ({"credit_state"}, "critical", BULK_FROM, "standard"),
        ({"name"}, "standard", BULK_FROM - 1, "standard"),
        ({"name"}, "standard", BULK_FROM, "bulk"),
        (set(), "standard", 1, "standard"),
        (None, "standard", 1, "critical"),
        (None, "standard", BULK_FROM, "bulk"),
    ],
)
def test_lane_of(changed, default, size, lane):
    assert lane_of(changed, URGENT, default, size) == lane


def test_a_new_record_of_an_entity_without_urgent_fields_takes_its_own_lane():
    assert lane_of(None, set(), "standard", 1) == "standard"


def test_the_size_of_a_mass_change_can_be_set():
    assert lane_of({"name"}, URGENT, "standard", 10, bulk_from=10) == "bulk"


@given(st.sets(st.sampled_from(["name", "city", *URGENT])), lanes, st.integers(1, 2000), st.integers(1, 2000))
def test_a_larger_transaction_is_never_more_urgent(changed, default, size, other):
    small, large = sorted((size, other))
    if default == "bulk" and not changed & URGENT:
        assert lane_of(changed, URGENT, default, large) == "bulk"
    rank = LANES.index
    assert rank(lane_of(changed, URGENT, default, small)) <= rank(lane_of(changed, URGENT, default, large))


@given(lanes, lanes, lanes)
def test_joining_lanes_in_any_order_gives_the_same(one, two, three):
    assert newest_first_lane(one, two) == newest_first_lane(two, one)
    assert newest_first_lane(newest_first_lane(one, two), three) == newest_first_lane(
        one, newest_first_lane(two, three)
    )
