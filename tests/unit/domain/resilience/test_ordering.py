import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.resilience.lanes import BULK_FROM, lane_of, mass_page
from retail_sync.domain.resilience.limits import LANES

URGENT = {"credit_state", "account_block"}
lanes = st.sampled_from(LANES)


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


@given(st.integers(BULK_FROM, 200_000), st.integers(1, 5000))
def test_the_end_of_a_mass_change_never_looks_like_the_work_of_a_person(size, limit):
    while size:
        page = mass_page(size, limit)
        assert 0 < page < limit + BULK_FROM
        size -= page
        assert size == 0 or size >= BULK_FROM
