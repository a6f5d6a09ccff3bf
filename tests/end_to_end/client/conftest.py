"""One simulator for this folder; each test starts on an empty org. No Odoo is involved."""

import pytest

from tests.simulators.salesforce.client import start_simulator

from .support import Org


@pytest.fixture(scope="session")
def client_simulator(tmp_path_factory):
    with start_simulator(tmp_path_factory.mktemp("salesforce")) as running:
        yield running


@pytest.fixture
def sim(client_simulator):
    client_simulator.reset()
    return client_simulator


@pytest.fixture
def org(sim):
    made = Org(sim)
    yield made
    made.session.close()


@pytest.fixture
def session(org):
    return org.session
