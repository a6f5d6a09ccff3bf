"""One simulator for the whole run; each test starts on an empty org."""

import time

import pytest

from tests.simulators.salesforce.client import start_simulator

from .support import login, new_session


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    with start_simulator(tmp_path_factory.mktemp("salesforce")) as running:
        yield running


@pytest.fixture
def sim(simulator):
    """The simulator, reset to how it was at its start."""
    # A slow call whose client went away ends later, and would be counted against the next test.
    deadline = time.monotonic() + 30
    while simulator.stats()["in_flight"] and time.monotonic() < deadline:
        time.sleep(0.05)
    simulator.reset()
    # The suite is about the API, over all objects and fields; what permission sets hide has tests of its own.
    simulator.config(permission_sets=None)
    return simulator


@pytest.fixture
def sf(sim):
    """simple-salesforce as the integration user."""
    return login(sim)


@pytest.fixture
def http(sim):
    """Plain HTTP, for what neither client can express; trusts the simulator's CA."""
    with new_session(sim) as session:
        yield session
