"""Two workers meet the same new customers at the same moment: one partner each, whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from setup.lib.rpc import RpcError
from tests.simulators.retailer.vat import make_vat
from tests.stack import Stack

from .accounting import discrepancies, partner_ids
from .connection import Connection
from .customers import Customers

_rng = Random(5)
VATS = [make_vat("IT", _rng) for _ in range(10)]
PARALLEL = "root:4,root.retail_sync:4,root.retail_sync.critical:4,root.retail_sync.standard:4,root.retail_sync.bulk:4"


@pytest.fixture(scope="module")
def wide():
    """Four workers, four jobs of any lane at a time."""
    with Stack("wide", workers=4, channels=PARALLEL, simulator=True) as running:
        yield running


def overlapping(connections):
    """Whether pages of both connections were worked on at the same time."""
    spans = [[(run["started_at"], run["ended_at"]) for run in made.runs() if run["n_read"]] for made in connections]
    return any(a[0] < b[1] and b[0] < a[1] for a in spans[0] for b in spans[1])


def test_two_connections_load_the_same_new_customers(wide):
    customers = Customers(9001)
    simulator = wide.simulator
    simulator.reset()
    accounts = simulator.seed("Account", [customers.account(Odoo_VAT_Number__c=vat) for vat in VATS])
    simulator.seed("Contact", [customers.contact(AccountId=accounts[n % len(accounts)]) for n in range(240)])
    connections = [Connection(wide, simulator, name=f"Twin {n}") for n in (1, 2)]
    before = partner_ids(connections[0])
    for made in connections:
        made.tune(page_size=20, bulk_threshold=0)
    simulator.config(latency_ms=150)
    with ThreadPoolExecutor(2) as pool:  # where requests are slow, one load could be over before the other begins
        list(pool.map(lambda made: made.call("start_first_load"), connections))
    for made in connections:
        made.wait_loaded()
    simulator.config(latency_ms=0)
    assert overlapping(connections), "the two loads ran one after the other: nothing was tried"
    for made in connections:
        # A serialisation conflict is run again by the queue; no record may be left to a person because of it.
        assert made.exceptions() == []
        assert discrepancies(made) == []
    assert len(partner_ids(connections[0]) - before) == len(VATS) + 240
    first, second = ({b["external_id"]: b["res_id"] for b in made.links(part="main")} for made in connections)
    assert first == second and len(first) == len(VATS) + 240


def test_a_poll_and_a_load_of_the_same_records(wide):
    customers = Customers(9002)
    simulator = wide.simulator
    simulator.reset()
    simulator.seed("Contact", [customers.contact() for _ in range(120)])
    made = Connection(wide, simulator, name="Both ways")
    before = partner_ids(made)
    made.tune(page_size=10)
    made.call("start_first_load")
    for _ in range(3):
        made.call("start_poll")
    made.wait_loaded()
    made.poll()
    assert discrepancies(made, before) == [] and made.exceptions() == []
    assert len(partner_ids(made) - before) == 120


def test_a_click_twice_is_one_load(wide):
    """Two browsers start the load at the same moment: one of them gets an error, or both get the same load."""
    customers = Customers(9003)
    simulator = wide.simulator
    simulator.reset()
    simulator.seed("Contact", [customers.contact() for _ in range(50)])
    made = Connection(wide, simulator, name="Impatient")
    before = partner_ids(made)
    with ThreadPoolExecutor(4) as pool:
        answers = [click.exception() for click in [pool.submit(made.call, "start_first_load") for _ in range(4)]]
    assert answers.count(None) >= 1 and all(answer is None or isinstance(answer, RpcError) for answer in answers)
    made.wait_loaded()
    assert len(partner_ids(made) - before) == 50
    assert discrepancies(made, before) == [] and made.exceptions() == []
    assert len([run for run in made.runs() if run["kind"] == "initial"]) == len(made.reading_streams())
