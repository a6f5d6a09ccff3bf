"""One server for the tests of this folder that do not need a database of their own."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from tests.stack import Stack

from .accounting import discrepancies
from .connection import Connection
from .customers import Customers
from .equality import proof
from .two_way import BothWays, Shelf

ROOT = Path(__file__).resolve().parents[2]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def stack():
    """A server with two workers and a simulator; nothing happens that a test did not ask for (no cron)."""
    with Stack("e2e", simulator=True) as running:
        yield running


@pytest.fixture
def org(stack):
    """The simulator, empty and as it started."""
    stack.simulator.reset()
    return stack.simulator


@pytest.fixture
def connection(stack, org):
    """A new connection on the empty org; at the end it is paused, so that it takes no part in later tests."""
    made = Connection(stack, org, name=f"Trial {next(_numbers)}")
    yield made
    try:
        made.wait_idle()
    finally:
        made.call("action_pause")


@pytest.fixture
def customers():
    """Makers of records that no other test's records can be mistaken for."""
    return Customers(next(_numbers))


@pytest.fixture
def family(connection, customers):
    """An account with two contacts, loaded."""
    org = connection.simulator
    [account] = org.seed("Account", [customers.account()])
    contacts = org.seed("Contact", [customers.contact(AccountId=account), customers.contact(AccountId=account)])
    connection.load()
    assert discrepancies(connection) == []
    org.advance(5)
    return account, *contacts


@pytest.fixture(scope="module")
def both(stack):
    """A connection for a whole module, both ways, on an org that is empty at first."""
    stack.simulator.reset()
    made = BothWays(stack, stack.simulator, name=f"Both ways {next(_numbers)}")
    yield made
    made.retire()


@pytest.fixture(scope="module")
def shelf(both):
    """Two dozen loaded families, for tests of the same module to take."""
    return Shelf(both, Customers(next(_numbers)), 24)


@pytest.fixture
def family_of_two(shelf):
    """A fresh family; at the end of its test both sides are at rest and equal."""
    yield shelf.take()
    shelf.connection.quiet()
    assert proof(shelf.connection) == []


def export_folders() -> list[Path]:
    """Folders of real org exports: under RETAIL_SYNC_DATA, or shared/data/salesforce beside the checkout."""
    named = os.environ.get("RETAIL_SYNC_DATA")
    root = Path(named) if named else ROOT.parent / "shared" / "data" / "salesforce"
    if not root.is_dir():
        return []
    return sorted({path.parent for path in root.rglob("*.json")})
