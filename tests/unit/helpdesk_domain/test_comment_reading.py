"""Few tickets are read at once, many in few calls, and the last minute of many is waited for."""

import pytest

from retail_sync_helpdesk.domain.tickets.comment_reading import (
    ARRIVAL_SECONDS,
    AT_LEAST_EVERY,
    EXPORT_DELAY,
    FEW,
    Reading,
    plan,
)


def decide(ahead, read_ago, arriving=False):
    return plan(ahead=ahead, arriving=arriving, read_ago=read_ago)


@pytest.mark.parametrize("ahead", [0, 1, FEW])
def test_few_tickets_are_read_singly_and_at_once(ahead):
    assert decide(ahead, 100) == Reading(True, False)
    assert decide(ahead, 100, arriving=True) == Reading(True, False)


def test_many_tickets_are_left_to_the_export():
    assert decide(FEW + 1, 100) == Reading(False, True)
    assert decide(FEW + 1, None) == Reading(False, True)


def test_tickets_that_still_come_in_are_waited_for():
    assert decide(FEW + 1, 4000, arriving=True) == Reading(False, False, ARRIVAL_SECONDS)
    assert decide(FEW + 1, None, arriving=True) == Reading(False, False, ARRIVAL_SECONDS)


def test_an_export_that_was_just_read_is_read_again_when_the_last_minute_is_in_it():
    assert decide(FEW + 1, 20) == Reading(False, False, EXPORT_DELAY - 20)
    assert decide(FEW + 1, EXPORT_DELAY) == Reading(False, True)


def test_the_export_is_read_now_and_then_even_if_few_change():
    assert decide(0, None) == Reading(True, True)
    assert decide(3, AT_LEAST_EVERY) == Reading(True, True)
    assert decide(3, AT_LEAST_EVERY, arriving=True) == Reading(True, False)


@pytest.mark.parametrize("ahead", [0, FEW, FEW + 1, 20_000])
@pytest.mark.parametrize("read_ago", [None, 0, 30, 60, 3599, 3600, 10**6])
@pytest.mark.parametrize("arriving", [False, True])
def test_nothing_that_is_due_is_left_without_a_next_step(ahead, read_ago, arriving):
    found = decide(ahead, read_ago, arriving)
    assert found.single_all or found.export or found.wait is not None
    assert found.wait is None or 0 < found.wait <= EXPORT_DELAY
