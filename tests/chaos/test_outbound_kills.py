"""kill -9 of workers, the runner and PostgreSQL's backends while people edit on both sides.

Nothing is lost and nothing is there twice, by the platform's own journal.

``RETAIL_SYNC_CHAOS_SEED`` chooses the moments, ``CHAOS_OUT_KILLS`` how many there are at least (60), and
``RETAIL_SYNC_CHAOS_SECONDS`` how long it goes on at least.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import time

import psycopg2
import pytest

from setup.lib.rpc import RpcError
from tests.end_to_end.customers import Customers
from tests.end_to_end.equality import differences, proof
from tests.end_to_end.two_way import BothWays, Shelf
from tests.stack import Stack

from .field_edits import open_office
from .reaper import KINDS, Reaper
from .test_killed_workers import CHANNELS, SEED
from .traffic import MINUTES, Traffic
from .witness import evidence, watch

SECONDS = float(os.environ.get("RETAIL_SYNC_CHAOS_SECONDS") or 0)
KILLS = int(os.environ.get("CHAOS_OUT_KILLS", "60"))
# PostgreSQL and the runner take seconds to be back; a worker is at once.
SHARES = {"worker": 0.8, "runner": 0.13, "backend": 0.07}
AWAY = (OSError, http.client.HTTPException, RpcError, psycopg2.OperationalError)


@pytest.fixture(scope="module")
def stack():
    with Stack("chaos_out", workers=4, channels=CHANNELS, simulator=True) as running:
        # A crash of PostgreSQL loses what was committed and not yet written: no fault of ours, so it does not happen.
        running.sql(f'ALTER DATABASE "{running.db}" SET synchronous_commit = on')
        open_office(running, running.simulator)  # starts it again
        yield running


@pytest.fixture
def connection(stack):
    stack.simulator.reset()
    made = BothWays(stack, stack.simulator, name="Under fire", export="always", sf_private_customers="household")
    Shelf(made, Customers(7100), 40)
    made.quiet()
    watch(made)
    stack.simulator.config(latency_ms=60)
    made.listen("Contact", retry_seconds=2)
    yield made
    stack.simulator.config(latency_ms=0)
    made.retire()


def order_of_death(reaper):
    """The kinds to kill, each by its share, in random order."""
    kinds = [kind for kind in KINDS for _ in range(max(1, round(KILLS * SHARES[kind])))]
    kinds = (kinds + ["worker"] * KILLS)[: max(KILLS, 3)]
    reaper.random.shuffle(kinds)
    return kinds


def deaths(reaper, until):
    """The kinds to kill, and more of them by their shares for as long as the trial goes on."""
    yield from order_of_death(reaper)
    while time.monotonic() < until:
        yield reaper.random.choices(KINDS, [SHARES[kind] for kind in KINDS])[0]


def tend(reaper, connection):
    """Run what an installation does automatically: scheduled actions, polls, the platform's clock."""
    with contextlib.suppress(*AWAY):
        reaper.tend()
        connection.simulator.advance(5)
        connection.call("start_poll")


def left_over(connection):
    """What work is still there, in words."""
    try:
        jobs = connection.query(
            "SELECT model_name, method_name, state, eta, retry, left(result, 200) AS result,"
            " left(exc_info, 300) AS fault,"
            " args::text AS args FROM queue_job WHERE state IN ('pending', 'enqueued', 'started', 'wait_dependencies')"
        )
        messages = connection.messages("pending", "sending", "retrying", "parked")
    except AWAY as error:
        return [str(error)]
    shown = ("kind", "op", "state", "title", "res_id", "attempts", "next_try_at", "waits_for", "fault_code", "changes")
    return [*map(str, jobs), *(str({name: message[name] for name in shown}) for message in messages)]


def without_refused_moves(connection, found):
    """Leave out moves that accounting refuses, where the customer says so: they wait for a person, on purpose."""
    rows = connection.query(
        "SELECT link.external_id FROM retail_sync_link link"
        " WHERE link.connection_id = %s AND link.res_model = 'res.partner'"
        " AND (link.warnings::text LIKE '%%does not move a customer with invoices%%' OR EXISTS (SELECT FROM"
        " retail_sync_deferred_reference late WHERE late.link_id = link.id AND late.name = 'parent' AND late.refused))"
        " AND EXISTS (SELECT FROM account_move_line line WHERE line.partner_id = link.res_id)",
        connection.id,
    )
    refused = {row["external_id"] for row in rows}
    return [line for line in found if not (": parent is " in line and line.split()[1] in refused)]


def rest(reaper, connection, traffic, seconds=180):
    """Wait until all work ends without help, and demand that it does: both sides equal, nothing left over."""
    deadline = time.monotonic() + seconds
    # Deletions are listed up to the last full minute.
    connection.simulator.advance(MINUTES)
    while True:
        try:
            # PostgreSQL may still be at its recovery from the last death.
            reaper.wake()
            connection.expect_failed_jobs()
            connection.quiet(rounds=4, timeout=20)
            found = [*proof(connection), *differences(connection, ours=True), *traffic.lost()]
            found = without_refused_moves(connection, found)
        except (*AWAY, AssertionError, TimeoutError) as error:
            found = [f"no rest: {error}", *left_over(connection)]
        if not found or time.monotonic() > deadline:
            return found
        tend(reaper, connection)


def test_both_sides_under_fire(stack, connection):
    reaper = Reaper(stack, SEED)
    started = time.monotonic()
    with Traffic(connection, reaper.random) as traffic:
        tended = time.monotonic()
        for kind in deaths(reaper, started + SECONDS):
            while True:
                time.sleep(reaper.random.uniform(0.05, 0.6))
                if traffic.error:
                    break
                with contextlib.suppress(*AWAY):
                    reaper.wake()
                    if reaper.strike_at(kind):
                        break
                if time.monotonic() - tended > 4:
                    tend(reaper, connection)
                    tended = time.monotonic()
    fired = time.monotonic() - started
    stack.simulator.config(latency_ms=0)
    found = rest(reaper, connection, traffic)
    print(
        f"\n{sum(reaper.kills.values())} kills in {fired:.0f} s: {dict(reaper.kills)} (backends by {reaper.postgres}),"
        f" {traffic.summary(connection)}, CHAOS_SEED={SEED}; at rest after {time.monotonic() - started:.0f} s"
    )
    if found:
        print(evidence(connection, found))
    assert not found, f"CHAOS_SEED={SEED}:\n" + "\n".join(found)
    assert sum(reaper.kills.values()) >= KILLS and min(reaper.kills[kind] for kind in KINDS) >= 1
