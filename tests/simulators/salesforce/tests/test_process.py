"""The simulator as a process: ready file, TLS, wire faults, clean end."""

import http.client
import json
import ssl
import stat
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.simulators.salesforce.client import start_simulator


@pytest.fixture(scope="module")
def sim(tmp_path_factory):
    with start_simulator(tmp_path_factory.mktemp("sim"), page_size_cap=3) as running:
        yield running


class Api:
    """One kept-alive connection with a token."""

    def __init__(self, sim):
        self.connection = http.client.HTTPSConnection(
            "localhost", sim.facts["port"], context=ssl.create_default_context(cafile=sim.ca), timeout=20
        )
        form = {"grant_type": "client_credentials", "client_id": sim.client_id, "client_secret": sim.client_secret}
        self.token = self.call("POST", "/services/oauth2/token", urlencode(form))[1]["access_token"]

    token = ""

    def call(self, method, path, body=None, **headers):
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        data = answer.read()
        return answer.status, json.loads(data) if data else None


@pytest.fixture
def api(sim):
    sim.reset(keep_schema=True)
    return Api(sim)


BASE = "/services/data/v62.0"


def test_the_secret_is_for_the_owner_only(sim):
    path = Path(sim.ca).parent / "simulator.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sim.client_secret not in (path.parent / "simulator.log").read_text()


def test_one_connection_serves_many_calls_and_config_from_the_command_line_counts(sim, api):
    sim.seed("Account", [{"Name": str(i)} for i in range(5)])
    status, page = api.call("GET", f"{BASE}/query/?q=SELECT+Name+FROM+Account")
    assert (status, page["done"], len(page["records"])) == (200, False, 3)
    socket = api.connection.sock
    status, rest = api.call("GET", page["nextRecordsUrl"])
    assert (status, rest["done"], len(rest["records"])) == (200, True, 2)
    assert api.connection.sock is socket


def test_a_drop_after_commit_has_written(sim, api):
    sim.fault("drop_after_commit", {"path": "/sobjects/Account"})
    with pytest.raises((http.client.HTTPException, OSError)):
        api.call("POST", f"{BASE}/sobjects/Account", json.dumps({"Name": "ghost"}))
    assert [row["Name"] for row in sim.records("Account")] == ["ghost"]


def test_a_plain_drop_has_not_written(sim, api):
    sim.fault("drop", {"path": "/sobjects/Account"})
    with pytest.raises((http.client.HTTPException, OSError)):
        api.call("POST", f"{BASE}/sobjects/Account", json.dumps({"Name": "ghost"}))
    assert sim.records("Account") == []


def test_faults_skip_and_run_out(sim, api):
    sim.fault("record_error", {"object": "Account", "op": "insert"}, times=2, skip=1, error_code="UNABLE_TO_LOCK_ROW")
    statuses = [api.call("POST", f"{BASE}/sobjects/Account", json.dumps({"Name": "x"}))[0] for _ in range(4)]
    assert statuses == [201, 400, 400, 201]


def test_calls_are_reported_without_secrets(sim, api):
    api.call("POST", f"/services/oauth2/revoke?token={api.token}")
    calls = sim.calls()
    assert calls[-1]["path"] == "/services/oauth2/revoke" and api.token not in json.dumps(calls)


def test_it_ends_cleanly(tmp_path):
    running = start_simulator(tmp_path)
    process = running.process
    running.stop()
    assert process.returncode == 0
