"""Clocks that are wrong by minutes, and the night that has an hour twice: edits of both sides arrive, each once.

``RETAIL_SYNC_LONG=1`` also runs a clock that is ahead; without it one that is behind and the night stand for it.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone

import pytest

from .equality import last_entry, proof
from .two_way import BothWays

MINUTE = 60
CLOCKS = ["behind", "clock change", *(["ahead"] if os.environ.get("RETAIL_SYNC_LONG") else [])]


def clock_change() -> str:
    """Twenty minutes before clocks go back in Europe, in the autumn before now: 01:00 UTC on October's last Sunday."""
    now = datetime.now(timezone.utc)
    for year in (now.year, now.year - 1):
        change = datetime(year, 10, 31, 1, tzinfo=timezone.utc)
        change -= timedelta(days=(change.weekday() + 1) % 7)
        if change < now:
            break
    return (change - timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture(scope="module", params=CLOCKS)
def both(stack, request):
    """A connection to an org whose clock was like that from the beginning."""
    org = stack.simulator
    org.reset()
    if request.param == "clock change":
        org.freeze(clock_change())
    else:
        org.advance(7 * MINUTE * (-1 if request.param == "behind" else 1))
    made = BothWays(stack, org, name=f"Clock {request.param}")
    yield made
    org.freeze(None)
    made.retire()


def test_edits_arrive_once_whatever_the_clocks_say(both, shelf):
    family = shelf.take()
    both.quiet()
    org, since = both.simulator, last_entry(both)
    for number in range(3):  # over the change of the clock: before, in and after the second hour
        org.edit("Contact", family.contact, {"Title": f"Step {number}"})
        both.write(family.person, phone=f"+39 02 6000 000{number}")
        both.write(family.firm, website=f"https://step{number}.example")
        org.advance(30 * MINUTE)
        both.poll()
        both.arrives(family.account, Website=f"https://step{number}.example")
        both.quiet()
        assert both.partner(family.contact)["function"] == f"Step {number}"
        assert both.record(family.contact)["Phone"].endswith(str(number))
        assert proof(both) == []
    assert len(org.journal(since=since, user="integration", id=family.contact)) == 3
    assert len(org.journal(since=since, user="integration", id=family.account)) == 3
