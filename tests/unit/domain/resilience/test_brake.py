"""When equal refusals become one problem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.resilience import brake


@pytest.mark.parametrize(
    ("refused", "tried", "engaged"),
    [(24, 24, False), (25, 25, True), (25, 125, True), (25, 126, False), (200, 200, True), (0, 0, False)],
)
def test_number_and_share(refused, tried, engaged):
    assert brake.engages(refused, tried) is engaged


@given(st.integers(0, 10_000), st.integers(0, 100_000), st.integers(-5, 500))
def test_fewer_than_the_limit_never_and_all_of_many_always(refused, tried, limit):
    if refused < max(limit, 1):
        assert not brake.engages(refused, tried, limit)
    elif tried <= refused:
        assert brake.engages(refused, tried, limit)
