"""Polls while people edit the same records in Odoo all the time, and backlogs longer than pages.

RETAIL_SYNC_FIRE_SECONDS: how long the edits go on at least; the test prints how long each change took to arrive.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .accounting import discrepancies
from .equality import proof
from .two_way import BothWays

EDITS_A_SECOND, EDITORS = 5, 4
CONTACTS = 200
POLL_LIMIT = 2000


@contextmanager
def fire(connection: BothWays, partners: list[int]) -> Iterator[list[float]]:
    """Edit one partner after the other in Odoo, five a second, until the block ends; the moments of the edits."""
    over, edits, errors = threading.Event(), [], []

    def edit(editor: int) -> None:
        number, due = editor, time.monotonic()
        while not over.is_set():
            try:
                connection.write(partners[number % len(partners)], phone=f"+39 02 {10_000_000 + number}")
            except Exception as error:
                errors.append(error)
                return
            edits.append(time.monotonic())
            number += EDITORS
            due += EDITORS / EDITS_A_SECOND
            over.wait(max(0.0, due - time.monotonic()))

    threads = [threading.Thread(target=edit, args=(editor,)) for editor in range(EDITORS)]
    for thread in threads:
        thread.start()
    try:
        yield edits
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert errors == []


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
    with fire(both, partners) as edits:
        began = time.monotonic()
        while len(waits) < 4 or time.monotonic() - began < seconds:
            contact, title = contacts[len(waits) % CONTACTS], f"Turn {len(waits)}"
            org.edit("Contact", contact, {"Title": title})
            edited = time.monotonic()
            both.call("start_poll")
            both.stack.wait_for(lambda contact=contact, title=title: both.partner(contact)["function"] == title)
            waits.append(time.monotonic() - edited)
        lasted = time.monotonic() - began
    org.config(latency_ms=0)
    print(
        f"{len(edits)} edits in {lasted:.0f} s, {len(waits)} polls; a change took {sum(waits) / len(waits):.1f} s,"
        f" {max(waits):.1f} s at most"
    )
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
