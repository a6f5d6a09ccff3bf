"""An exception opens once per occurrence of its cause, and never stays open when the cause has gone."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.commerce.order_exceptions import (
    IGNORED,
    OPEN,
    SOLVED,
    Known,
    Step,
    key_of,
    next_step,
    priority_of,
)


@dataclass
class Store:
    """What the database holds of one order and one rule."""

    states: list[str]

    def evaluate(self, is_caused):
        known = Known(len(self.states), self.states[-1]) if self.states else None
        step, ordinal = next_step(known, is_caused)
        if step is Step.open:
            assert ordinal == len(self.states) + 1, "ordinals count without gaps"
            self.states.append(OPEN)
        elif step is Step.solve:
            self.states[ordinal - 1] = SOLVED

    def ignore(self):
        if self.states and self.states[-1] == OPEN:
            self.states[-1] = IGNORED


events = st.lists(st.sampled_from(["cause", "gone", "ignore"]), max_size=40)


@given(events, st.lists(st.integers(1, 3), min_size=40, max_size=40))
def test_there_are_as_many_exceptions_as_occurrences_however_often_it_is_looked_at(happened, looks):
    store, is_caused, occurrences = Store([]), False, 0
    for event, times in zip(happened, looks, strict=False):
        if event == "ignore":
            store.ignore()
        else:
            occurrences += event == "cause" and not is_caused
            is_caused = event == "cause"
        for _look in range(times):
            store.evaluate(is_caused)
        assert len(store.states) == occurrences
        assert all(state == SOLVED for state in store.states[:-1])
        if not is_caused:
            assert not store.states or store.states[-1] == SOLVED


@given(st.lists(st.booleans(), max_size=30), st.lists(st.booleans(), max_size=30))
def test_a_look_that_came_too_late_changes_nothing_of_the_end(first, second):
    """Two evaluations that pass each other end in the state of the last look, whatever was seen before."""
    store = Store([])
    for is_caused in (*first, *second):
        store.evaluate(is_caused)
    last = (*first, *second)[-1:]
    assert (bool(store.states) and store.states[-1] == OPEN) == (last == (True,))


def test_ignoring_suppresses_until_the_cause_has_gone():
    store = Store([])
    store.evaluate(True)
    store.ignore()
    store.evaluate(True)
    assert store.states == [IGNORED]
    store.evaluate(False)
    store.evaluate(True)
    assert store.states == [SOLVED, OPEN]


def test_keys_differ_by_order_rule_and_occurrence():
    assert key_of(7, "late", 1) == "7:late:1"
    assert len({key_of(7, "late", 1), key_of(7, "late", 2), key_of(7, "hold", 1), key_of(8, "late", 1)}) == 4


@pytest.mark.parametrize(
    ("value", "base", "expected"),
    [
        (10, "low", "low"),
        (100, "low", "medium"),
        (1000, "low", "high"),
        (10, "high", "high"),
        (10, "medium", "medium"),
    ],
)
def test_the_value_of_a_customer_raises_a_priority_and_never_lowers_it(value, base, expected):
    assert priority_of(Decimal(value), (Decimal(100), Decimal(1000)), base) == expected


def test_without_thresholds_the_rule_decides():
    assert priority_of(Decimal(10**9), (Decimal(0), Decimal(0)), "low") == "low"
