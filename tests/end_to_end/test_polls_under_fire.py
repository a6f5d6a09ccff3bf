"""Polls while people edit the same records in Odoo all the time, and backlogs longer than pages.

RETAIL_SYNC_FIRE_SECONDS: how long the edits go on at least. The test prints their rate and how long each change took to
arrive, which pytest shows with PYTEST_ADDOPTS=-rP; neither is asserted, since a busy machine is no fault of the polls.
"""

from __future__ import annotations

import os
import time
from statistics import mean

import pytest

from tests.stack import Stack

from .accounting import discrepancies
from .editing import Editing
from .equality import proof
from .two_way import BothWays

EDITS_A_SECOND = 5
CONTACTS = 200
POLLS = 4
# A change that has not arrived by then never will: no measure of speed.
NEVER_SECONDS = 300
POLL_LIMIT = 2000


@pytest.fixture(scope="module")
def stack():
    """A server of its own. Each edit is routed to all streams of a database: seen, with the 60 connections that other
    tests had left in theirs, that a busy machine routed fewer edits than were made.
    """
    with Stack("fire", simulator=True) as running:
        yield running


@pytest.fixture
def both(stack, org):
    """A connection both ways for one test; it is paused at the end, so that a failure does not reach the next test."""
    made = BothWays(stack, org, name="Under fire")
    yield made
    made.retire()


def arrival(connection: BothWays, contact: str, title: str) -> float:
    """Edit a contact's title over there and poll; the seconds until Odoo has it."""
    connection.simulator.edit("Contact", contact, {"Title": title})
    edited = time.monotonic()
    connection.call("start_poll")
    connection.stack.wait_for(lambda: connection.partner(contact)["function"] == title, NEVER_SECONDS)
    return time.monotonic() - edited


def delivered_phones(connection: BothWays) -> int:
    """How many contacts' phones we wrote over there so far."""
    return sum("Phone" in entry["fields"] for entry in connection.simulator.journal(user="integration", op="update"))


def test_polls_pass_while_deliveries_are_steady(both, customers):
    """Seen: a poll read and applied in one transaction, which lost against every delivery that ended meanwhile."""
    org = both.simulator
    contacts = org.seed("Contact", [customers.contact() for _ in range(CONTACTS)])
    both.load()
    both.quiet()
    partners = [both.partner(contact)["id"] for contact in contacts]
    seconds = float(os.environ.get("RETAIL_SYNC_FIRE_SECONDS") or 0)
    edits, waits, delivered = Editing(both.stack, partners, EDITS_A_SECOND), [], 0
    org.config(latency_ms=300)
    try:
        with edits:
            end = time.monotonic() + seconds
            while len(waits) < POLLS or time.monotonic() < end:
                waits.append(arrival(both, contacts[len(waits) % CONTACTS], f"Turn {len(waits)}"))
            delivered = delivered_phones(both)
    finally:
        org.config(latency_ms=0)
        print(f"{edits}; {delivered} deliveries of them by then")
        print(
            f"{len(waits)} polls; seconds until a change arrived: {mean(waits or [0]):.1f},"
            f" {max(waits, default=0):.1f} at most: {', '.join(f'{wait:.1f}' for wait in waits)}"
        )
        print(both.stack.sql("SELECT method_name, state, count(*) FROM queue_job GROUP BY 1, 2 ORDER BY 1, 2"))
        print(both.stack.log_tail())
        both.quiet()
    assert delivered, "nothing was delivered meanwhile: nothing was tried"
    assert both.exceptions() == []
    assert proof(both) == []
    polls = both.query("SELECT DISTINCT state FROM retail_sync_run WHERE kind = 'poll' AND connection_id = %s", both.id)
    assert [poll["state"] for poll in polls] == ["done"]


def backlogs(connection):
    return [run for run in connection.runs() if run["kind"] == "backlog"]


def test_a_backlog_is_read_in_bulk(connection, customers):
    """A mass update over night: one bulk query instead of page after page in the standard lane."""
    org = connection.simulator
    contacts = org.seed("Contact", [customers.contact(Title="Old") for _ in range(POLL_LIMIT + 60)])
    connection.load()
    org.advance(3600)
    connection.poll()
    connection.tune("Contact", bulk_threshold=5)
    org.edit_many("Contact", [(contact, {"Title": "New"}) for contact in contacts])
    org.advance(180)
    connection.poll()
    assert {connection.partner(contact)["function"] for contact in (contacts[0], contacts[-1])} == {"New"}
    [backlog] = backlogs(connection)
    assert (backlog["state"], backlog["mode"]) == ("done", "bulk") and backlog["n_read"] >= 60
    org.edit("Contact", contacts[0], {"Title": "Newest"})
    calls = org.stats()["calls_counted"]
    connection.poll()
    assert connection.partner(contacts[0])["function"] == "Newest"
    assert org.stats()["calls_counted"] - calls == 1, "the mass update is not read again"
    assert len(backlogs(connection)) == 1
    assert discrepancies(connection) == []
