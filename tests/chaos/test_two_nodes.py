"""Two Odoo servers on one database: users on both, jobs on both, and one of them dies."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import threading
import time

import pytest

from tests.end_to_end.customers import Customers
from tests.end_to_end.equality import differences, proof
from tests.end_to_end.two_way import BothWays, Shelf
from tests.stack import Stack

from .field_edits import open_office
from .reaper import Reaper
from .test_killed_workers import CHANNELS, SEED
from .test_outbound_kills import rest, tend
from .traffic import Traffic

SECONDS = 6  # of work before one node dies, and again after it
SHARE = 5  # connections that each node must have been handed before one dies


class Balancer:
    """Hands connections to one node after the other, as the proxy in front of two servers does."""

    def __init__(self) -> None:
        self.ports: list[int] = []
        self.handed: dict[int, int] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        turn = 0
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            for _ in range(len(self.ports)):
                port = self.ports[turn % len(self.ports)]
                turn += 1
                with contextlib.suppress(OSError):
                    server = socket.create_connection(("127.0.0.1", port), timeout=2)
                    self.handed[port] = self.handed.get(port, 0) + 1
                    threading.Thread(target=_pump, args=(client, server), daemon=True).start()
                    break
            else:
                client.close()


def _pump(client: socket.socket, server: socket.socket) -> None:
    """Pass bytes both ways until one side has ended."""
    with client, server, selectors.DefaultSelector() as ready, contextlib.suppress(OSError):
        server.settimeout(None)
        for source, target in ((client, server), (server, client)):
            ready.register(source, selectors.EVENT_READ, target)
        while True:
            for key, _events in ready.select():
                if not (data := key.fileobj.recv(65536)):
                    return
                key.data.sendall(data)


@pytest.fixture(scope="module")
def nodes():
    """Both servers, and the simulator of the first. Each has a runner; one of the two is elected."""
    balancer = Balancer()
    former = os.environ.get("ODOO_QUEUE_JOB_PORT")
    os.environ["ODOO_QUEUE_JOB_PORT"] = str(balancer.port)
    try:
        with Stack("node_one", channels=CHANNELS, simulator=True) as first_node:
            open_office(first_node, first_node.simulator)
            with Stack("node_two", channels=CHANNELS, database=first_node.db) as second_node:
                balancer.ports += [int(node.url.rpartition(":")[2]) for node in (first_node, second_node)]
                yield first_node, second_node, balancer
    finally:
        balancer.close()
        os.environ.pop("ODOO_QUEUE_JOB_PORT")
        if former:
            os.environ["ODOO_QUEUE_JOB_PORT"] = former


def runner_node(nodes):
    """The node whose runner holds the lock: the one that a session with an advisory lock belongs to."""
    rows = nodes[0].sql(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE locktype = 'advisory' AND datname = %s AND application_name LIKE 'odoo-%%'",
        (nodes[0].db,),
    )
    pids = {name.removeprefix("odoo-") for (name,) in rows}
    return next((node for node in nodes if pids & set(map(str, node.worker_pids("WorkerJobRunner")))), None)


def test_two_nodes_share_the_work_and_outlive_each_other(nodes):
    first_node, second_node, balancer = nodes
    simulator = first_node.simulator
    made = BothWays(first_node, simulator, name="Two nodes", export="always", sf_private_customers="household")
    Shelf(made, Customers(7200), 30)
    made.quiet()
    simulator.config(latency_ms=40)
    reaper = Reaper(first_node, SEED)
    with Traffic(made, reaper.random, [first_node, second_node]) as traffic:
        work(reaper, made, lambda: len(balancer.handed) == 2 and min(balancer.handed.values()) >= SHARE)
        shared = dict(balancer.handed)
        leader = first_node.wait_for(lambda: runner_node((first_node, second_node)), timeout=60)
        for pid in leader.worker_pids("WorkerJobRunner"):
            os.kill(pid, signal.SIGKILL)
        for node in (first_node, second_node):
            node.kill_worker()
        work(reaper, made)
    simulator.config(latency_ms=0)
    found = rest(reaper, made, traffic)
    assert not found, f"CHAOS_SEED={SEED}:\n" + "\n".join(found)
    assert len(shared) == 2 and min(shared.values()) >= SHARE, f"one node had all the work: {shared}"
    # The whole second node goes; users and jobs of the first go on, whoever's runner was elected.
    balancer.ports.pop()
    second_node.stop()
    key, partner = traffic.accounts[0]
    made.write(partner, website="https://after.example")
    first_node.wait_for(lambda: runner_node((first_node,)), timeout=60)
    made.arrives(key, Website="https://after.example")
    made.quiet()
    assert [*proof(made), *differences(made, ours=True)] == []


def work(reaper, connection, enough=lambda: True, limit=120):
    """Some seconds in which people and scheduled actions go on; more of them where a busy machine has done too little.

    limit: seconds after which it is left to the test to say that it was not enough.
    """
    began = time.monotonic()
    while (passed := time.monotonic() - began) < SECONDS or (passed < limit and not enough()):
        tend(reaper, connection)
        time.sleep(1)
