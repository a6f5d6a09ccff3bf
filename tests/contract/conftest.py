"""One simulator for the whole run; each test starts on an empty org."""

import sys
import time
import types
from pathlib import Path

import pytest

if "retail_sync_helpdesk" not in sys.modules:
    # The addon's own __init__ needs Odoo, the clients of desks must not.
    _addon = types.ModuleType("retail_sync_helpdesk")
    _addon.__path__ = [str(Path(__file__).resolve().parents[2] / "retail_sync_helpdesk")]
    sys.modules["retail_sync_helpdesk"] = _addon

from tests.simulators.salesforce.client import start_simulator  # noqa: E402
from tests.simulators.zendesk.client import start_simulator as start_zendesk  # noqa: E402

from .commerce import price  # noqa: E402
from .support import login, new_session  # noqa: E402
from .zendesk_support import Api, Endpoint, zenpy  # noqa: E402


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


@pytest.fixture
def standard(sim):
    return sim.stats()["standard_pricebook"]


@pytest.fixture
def product(sf):
    return sf.Product2.create({"Name": "Shoe", "ProductCode": "S-1", "IsActive": True})["id"]


@pytest.fixture
def entry(sf, standard, product):
    """A standard price of the product."""
    return sf.PricebookEntry.create(price(standard, product))["id"]


@pytest.fixture
def order(sf, standard):
    account = sf.Account.create({"Name": "A"})["id"]
    draft = {"AccountId": account, "EffectiveDate": "2026-05-20", "Status": "Draft", "Pricebook2Id": standard}
    return sf.Order.create(draft)["id"]


# -- Zendesk
@pytest.fixture(scope="session")
def zendesk_simulator(tmp_path_factory):
    with start_zendesk(tmp_path_factory.mktemp("zendesk")) as running:
        yield running


@pytest.fixture
def zd(zendesk_simulator, monkeypatch):
    """The Zendesk simulator as a new account, found by zenpy under its own address."""
    zendesk_simulator.reset()
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", zendesk_simulator.base_url.removeprefix("https://"))
    return zendesk_simulator


@pytest.fixture
def api(zd):
    """Plain HTTP as the integration user."""
    return Api(zd)


@pytest.fixture
def zen(zd, api):
    """zenpy as the integration user."""
    return zenpy(zd, api.token)


@pytest.fixture
def endpoint():
    """Where webhooks of the Zendesk simulator call."""
    receiving = Endpoint()
    yield receiving
    receiving.close()
