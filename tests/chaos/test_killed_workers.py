"""kill -9 of workers at random moments of loads and polls: nothing lost, nothing twice, the watermark right.

``RETAIL_SYNC_CHAOS_SEED`` chooses the moments, ``CHAOS_KILLS`` how many jobs have to die.
"""

from __future__ import annotations

import contextlib
import os
import time

import pytest

from setup.lib.system import owners_of_ports
from tests.end_to_end.accounting import discrepancies, live_records, partner_ids
from tests.end_to_end.connection import Connection
from tests.end_to_end.customers import Customers
from tests.simulators.retailer import generate, write_export
from tests.stack import Stack

from .killer import Killer

SEED = int(os.environ.get("RETAIL_SYNC_CHAOS_SEED") or os.environ.get("CHAOS_SEED") or "20260219")
KILLS = int(os.environ.get("CHAOS_KILLS", "30"))
LOADS = 12  # so many at most; a load that dies less often than that is too short for this test
LANES = ("critical", "standard", "bulk")
CHANNELS = ",".join(["root:3", "root.retail_sync:3", *(f"root.retail_sync.{lane}:3" for lane in LANES)])


@pytest.fixture(scope="module")
def stack():
    with Stack("chaos", workers=4, channels=CHANNELS, simulator=True) as running:
        yield running


@pytest.fixture(scope="module")
def killer(stack):
    print(f"\nCHAOS_SEED={SEED}")
    made = Killer(stack, SEED)
    yield made
    print(f"\n{made.fatal} jobs were killed (CHAOS_SEED={SEED}): {dict(made.methods)}")


def until_done(killer, connection, done, kills, seconds=240, pause=0.8):
    """Kill every ``pause`` seconds at most, ``kills`` times at most, until ``done``; let the rest finish in peace."""
    deadline = time.monotonic() + seconds
    tended, struck = time.monotonic(), 0
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done after {seconds} s, CHAOS_SEED={SEED}: {connection.stack.log_tail(60)}")
        time.sleep(killer.random.uniform(0.02, pause))
        if struck < kills:
            struck += killer.strike()
        killer.wake()
        if time.monotonic() - tended > 4:
            killer.tend()
            tended = time.monotonic()
    while connection.query("SELECT 1 FROM queue_job WHERE state IN ('pending', 'enqueued', 'started') LIMIT 1"):
        if time.monotonic() > deadline:
            raise TimeoutError(f"jobs left over, CHAOS_SEED={SEED}: {connection.stack.log_tail(60)}")
        killer.tend()
        time.sleep(0.5)


def loaded(connection):
    """Whether every run of the load has ended, asked in the database: the web workers may be dying."""
    runs = [run for run in connection.runs() if run["kind"] == "initial"]
    return bool(runs) and all(run["state"] in ("done", "failed") for run in runs)


def edit_some(killer, simulator, contacts, title):
    """People go on working over there while the load runs."""
    for contact in killer.random.sample(contacts, 15):
        simulator.edit("Contact", contact, {"Title": f"{title} {killer.random.randrange(10**6)}"})


def not_in_sync(connection):
    """Contacts whose title differs from the platform's, by id."""
    there = {key: record.get("Title") for key, record in live_records(connection)["Contact"].items()}
    here = connection.query(
        "SELECT b.external_id AS key, p.function AS title FROM retail_sync_link b"
        " JOIN res_partner p ON p.id = b.res_id"
        " WHERE b.connection_id = %s AND b.part = 'main' AND b.remote_object = 'Contact' AND b.is_primary",
        connection.id,
    )
    pairs = {row["key"]: (there[row["key"]], row["title"]) for row in here if row["key"] in there}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def one_load(stack, killer, number, folder):
    """A load under fire of a retailer that changes meanwhile; by pages or by the bulk interface in turn."""
    simulator = stack.simulator
    simulator.reset()
    export = generate(120, 380, seed=1000 + number, clean=True)
    write_export(export, folder)
    simulator.import_dir(folder)
    simulator.config(latency_ms=30)
    connection = Connection(stack, simulator, name=f"Chaos {number}")
    connection.tune(page_size=20, bulk_threshold=0 if number % 2 else 100_000)
    before = partner_ids(connection)
    contacts = list(live_records(connection)["Contact"])
    connection.call("start_first_load")
    edit_some(killer, simulator, contacts, "During")
    until_done(killer, connection, lambda: loaded(connection), kills=8)
    # Now polls under fire: what changed during the load, and more.
    simulator.advance(30)
    simulator.delete("Contact", contacts[0])
    for _ in range(2):
        edit_some(killer, simulator, contacts[1:], "After")
        simulator.advance(120)
        connection.call("start_poll")
        until_done(killer, connection, lambda: polled(connection), kills=1, pause=0.1)
    simulator.config(latency_ms=0)
    # The last poll is undisturbed: all that is still missing then was lost for good.
    connection.poll()
    verify(connection, before, contacts[0])
    stack.wait_for(lambda: killer.tend() or all_sent(connection), 60, 0.5)
    # The next load's org has records of the same ids, which must not reach this connection.
    connection.call("action_pause")


def polled(connection):
    """Whether no poll of the connection waits or runs."""
    text = "SELECT 1 FROM queue_job WHERE method_name = '_job_poll' AND state NOT IN ('done', 'failed') LIMIT 1"
    return not connection.query(text)


def all_sent(connection):
    """Whether every acknowledgement has reached the platform."""
    return not connection.messages("pending", "sending", "parked")


def named(messages):
    """What a failed assertion should show of messages."""
    return [
        (message["external_id"], message["state"], message["fault_code"], message["fault_message"])
        for message in messages
    ]


def verify(connection, before, deleted):
    simulator = connection.simulator
    assert discrepancies(connection, before) == []
    namesakes = connection.messages("review")
    assert named(connection.exceptions()) == named(namesakes) and len(namesakes) <= 10
    assert len(partner_ids(connection) - before) == 500 - len(namesakes)
    assert not_in_sync(connection) == {}
    assert connection.partner(deleted)["active"] is False
    # A delivery whose worker died says so, and what it had in hand is sent again; all else goes on where it was.
    unfinished = [run for run in connection.runs() if run["state"] != "done"]
    assert [run for run in unfinished if run["kind"] != "push" or "worker died" not in (run["message"] or "")] == []
    now = simulator.now()
    changed = max(record["SystemModstamp"] for record in simulator.records("Contact"))
    for stream in connection.reading_streams():
        assert stream["state"] == "live" and stream["deleted_until"][:19] <= now[:19]
    # Nothing newer is left unread, and the mark is not set into the future, where it would hide later changes.
    mark = connection.stream("Contact")["cursor"]
    assert changed[:19] <= (mark.get("modstamp") or mark["since"])[:19] <= now[:19]
    # Counted once: pages that ran twice must not have been counted twice.
    initial = [run for run in connection.runs() if run["kind"] == "initial"]
    assert sum(run["n_created"] for run in initial) == 500 - len(namesakes)


def test_loads_under_fire(stack, killer, tmp_path):
    number = 0
    while killer.fatal < KILLS:
        number += 1
        assert number <= LOADS, f"only {killer.fatal} jobs died in {LOADS} loads (CHAOS_SEED={SEED})"
        one_load(stack, killer, number, tmp_path / str(number))
        print(f"load {number}: {killer.fatal} jobs killed so far")
    assert killer.fatal >= KILLS


def test_server_killed_and_started_again(stack, tmp_path):
    """The whole server goes down in the middle of a load: its next start resumes the load automatically."""
    customers = Customers(7001)
    simulator = stack.simulator
    simulator.reset()
    simulator.seed("Contact", [customers.contact() for _ in range(300)])
    simulator.config(latency_ms=50)
    connection = Connection(stack, simulator, name="Restarted")
    connection.tune(page_size=20)
    before = partner_ids(connection)
    connection.call("start_first_load")
    stack.wait_for(lambda: len(connection.links()) > 40, timeout=60, interval=0.05)
    assert len(connection.links()) < 300, "the load was over before the server went down"
    stack.restart()
    simulator.config(latency_ms=0)
    undead = Killer(stack, SEED)
    until_done(undead, connection, lambda: loaded(connection), kills=0)
    assert discrepancies(connection, before) == [] and connection.exceptions() == []
    assert len(partner_ids(connection) - before) == 300
    connection.call("action_pause")


@contextlib.contextmanager
def deadly(stack, word):
    """Writing a partner of that name hangs in the database: time enough for whatever kills workers that hang."""
    stack.sql(
        "CREATE FUNCTION deadly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF NEW.name LIKE '%%{word}%%' THEN PERFORM pg_sleep(10); END IF; RETURN NEW; END $$"
    )
    stack.sql("CREATE TRIGGER deadly BEFORE INSERT ON res_partner FOR EACH ROW EXECUTE FUNCTION deadly()")
    try:
        yield
    finally:
        stack.sql("DROP FUNCTION deadly() CASCADE")


def test_a_record_that_kills_its_worker(stack):
    """The page it is in is not run for ever: the record is found and becomes an exception, the others go through."""
    customers = Customers(7002)
    simulator = stack.simulator
    simulator.reset()
    records = [customers.contact() for _ in range(4)]
    records[3]["LastName"] = f"Killer {customers.tag}"
    contacts = simulator.seed("Contact", records)
    connection = Connection(stack, simulator, name="Deadly")
    connection.tune(page_size=2)
    killer = Killer(stack, SEED)
    with deadly(stack, "Killer"):
        connection.call("start_first_load")
        deadline, tended = time.monotonic() + 240, time.monotonic()
        while not loaded(connection):
            assert time.monotonic() < deadline, f"still running; {connection.stack.log_tail(60)}"
            for pid in hanging_workers(stack):
                stack.kill_worker(pid=pid)
                killer.fatal += 1
                tended = time.monotonic()
            killer.wake()
            if time.monotonic() - tended > 2:
                killer.tend()
                tended = time.monotonic()
            time.sleep(0.1)
    assert killer.fatal >= 2
    messages = connection.exceptions()
    assert [message["external_id"] for message in messages] == [contacts[3]], named(messages)
    [message] = messages
    assert message["state"] == "open" and message["next_step"]
    assert len(connection.links(part="main")) == 3
    assert discrepancies(connection) == []
    connection.expect_failed_jobs()
    # Once the cause is gone a person's retry takes it in.
    connection.message_call(message, "action_retry")
    assert connection.exceptions() == [] and connection.partner(contacts[3])["active"] is True


def hanging_workers(stack):
    """Workers whose own database session sleeps in the trigger; the session of a dead one may do so too."""
    rows = stack.sql(
        "SELECT client_port FROM pg_stat_activity WHERE datname = %s AND wait_event = 'PgSleep'", (stack.db,)
    )
    return sorted(owners_of_ports([port for (port,) in rows], stack.worker_pids()))
