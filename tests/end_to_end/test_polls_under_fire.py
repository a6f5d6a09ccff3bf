"""Polls while people edit the same records in Odoo all the time, and backlogs longer than pages.

RETAIL_SYNC_FIRE_SECONDS: how long the edits go on at least; the test prints how long each change took to arrive.
"""

from __future__ import annotations

import os
import time
from statistics import mean

from .accounting import discrepancies
from .editing import editing
from .equality import proof

EDITS_A_SECOND = 5
CONTACTS = 200
ARRIVES_WITHIN = 30
POLL_LIMIT = 2000


def test_polls_pass_while_deliveries_are_steady(both, customers):
    """Seen: a poll read and applied in one transaction, which lost against every delivery that ended meanwhile."""
    org = both.simulator
    contacts = org.seed("Contact", [customers.contact() for _ in range(CONTACTS)])
    both.load()
    both.quiet()
    partners = [both.partner(contact)["id"] for contact in contacts]
    org.config(latency_ms=300)
    seconds = float(os.environ.get("RETAIL_SYNC_FIRE_SECONDS") or 0)
    waits: list[float] = []
    with editing(both.stack, partners, EDITS_A_SECOND) as edits:
        began = time.monotonic()
        while len(waits) < 4 or time.monotonic() - began < seconds:
            contact, title = contacts[len(waits) % CONTACTS], f"Turn {len(waits)}"
            org.edit("Contact", contact, {"Title": title})
            edited = time.monotonic()
            both.call("start_poll")
            both.stack.wait_for(lambda contact=contact, title=title: both.partner(contact)["function"] == title)
            waits.append(time.monotonic() - edited)
        lasted = time.monotonic() - began
        made = [edit for edit in edits() if edit.moment >= began]
    org.config(latency_ms=0)
    took, processor = mean(edit.seconds for edit in made), mean(edit.processor for edit in made)
    print(
        f"{len(made)} edits in {lasted:.0f} s ({len(made) / lasted:.1f} a second), {1000 * took:.0f} ms each,"
        f" {1000 * processor:.0f} ms of Odoo's processor, {sum(edit.lost_races for edit in made):.0f} races lost;"
        f" {len(waits)} polls, a change took {mean(waits):.1f} s, {max(waits):.1f} s at most"
    )
    assert max(waits) <= ARRIVES_WITHIN
    if seconds:
        assert len(made) >= 0.95 * EDITS_A_SECOND * lasted
    both.quiet()
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
