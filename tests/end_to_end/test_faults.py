"""Salesforce on a bad day: whatever it answers, the load finishes without help and the books balance."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulators.salesforce.client import start_simulator
from tests.stack import Stack

from .accounting import discrepancies
from .connection import Connection
from .customers import Customers

ACCOUNTS, CONTACTS = 10, 130
QUERY = {"path": r"/query(/|$)", "method": "GET"}
BULK = {"path": r"/jobs/query"}
RESULTS = {"path": r"/jobs/query/[^/]+/results"}
ANY = {"path": r"/services/data/v"}


def status(code, error_code, message="scripted", **more):
    return {"kind": "status", "status": code, "error_code": error_code, "message": message, **more}


# name: (match, action, skip, times, whether it is the bulk interface that meets it)
SCRIPTS = {
    # The edge in front of the service, with an empty body: seen of real orgs that were being moved.
    "edge_says_420_to_the_bulk_job": (BULK, {"kind": "html", "status": 420, "body": ""}, 1, 2, True),
    "edge_says_406_to_a_page": (QUERY, {"kind": "html", "status": 406, "body": ""}, 1, 1, False),
    "token_revoked_between_pages": (QUERY, {"kind": "revoke_tokens"}, 2, 1, False),
    "token_revoked_twice": (QUERY, {"kind": "revoke_tokens"}, 1, 2, False),
    "locator_expired": (QUERY, {"kind": "expire_locators"}, 2, 1, False),
    "503_json": (QUERY, status(503, "SERVER_UNAVAILABLE"), 2, 3, False),
    "503_html": (QUERY, {"kind": "html", "status": 503}, 2, 2, False),
    "500_unknown": (QUERY, status(500, "UNKNOWN_EXCEPTION"), 2, 1, False),
    "403_throttled": (
        QUERY,
        status(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", retry_after=2),
        2,
        2,
        False,
    ),
    "concurrent_limit": (QUERY, {"kind": "concurrent"}, 2, 1, False),
    "slow_answers": (QUERY, {"kind": "slow", "seconds": 3}, 1, 3, False),
    "connection_dropped": (QUERY, {"kind": "drop"}, 2, 2, False),
    "answer_cut_short": (QUERY, {"kind": "truncate"}, 2, 1, False),
    "login_down": ({"path": r"/oauth2/token"}, {"kind": "login_html", "status": 503}, 0, 2, False),
    "bulk_token_revoked": (RESULTS, {"kind": "revoke_tokens"}, 1, 1, True),
    "bulk_job_lost": (RESULTS, status(404, "NOT_FOUND", "The requested resource does not exist"), 1, 1, True),
    "bulk_503": (RESULTS, status(503, "SERVER_UNAVAILABLE"), 1, 3, True),
    "bulk_dropped": (RESULTS, {"kind": "drop"}, 1, 2, True),
    "bulk_cut_short": (RESULTS, {"kind": "truncate"}, 0, 1, True),
    "bulk_creation_fails": (BULK, status(503, "SERVER_UNAVAILABLE"), 0, 2, True),
    "bulk_slow_job": (BULK, {"kind": "slow", "seconds": 2}, 0, 3, True),
}


@pytest.fixture(scope="module")
def tended():
    """A server with its scheduled actions running: what recovers must recover without a test's help."""
    with Stack("faults", cron_threads=1, simulator=True) as running:
        yield running


class BadDay:
    """An org of its own whose first load meets one script; started, and left to itself."""

    def __init__(self, stack: Stack, folder: Path, number: int, name: str) -> None:
        match, action, skip, times, bulk = SCRIPTS[name]
        self.times = times
        self.customers = Customers(8000 + number)
        self.simulator = start_simulator(folder, page_size_cap=15, bulk_page_rows=30)
        accounts = self.simulator.seed("Account", [self.customers.account() for _ in range(ACCOUNTS)])
        records = [self.customers.contact(AccountId=accounts[n % ACCOUNTS]) for n in range(CONTACTS)]
        self.simulator.seed("Contact", records)
        self.connection = Connection(stack, self.simulator, name=name)
        self.connection.tune(page_size=20, bulk_threshold=0 if bulk else 100_000)
        if name == "login_down":
            self.simulator.revoke_tokens()
        self.fault = self.simulator.fault(match=match, skip=skip, times=times, **action)
        self.connection.call("start_first_load")

    def hits(self) -> int:
        """How often the scripted fault struck."""
        return next(entry["hits"] for entry in self.simulator.faults() if entry["id"] == self.fault)


@pytest.fixture(scope="module")
def bad_days(tended, tmp_path_factory):
    """All scripts at once, an org each: their waits pass side by side, and they get in each other's way as in life."""
    days: dict[str, BadDay] = {}
    try:
        for number, name in enumerate(sorted(SCRIPTS)):
            days[name] = BadDay(tended, tmp_path_factory.mktemp(name), number, name)
        yield days
    finally:
        for day in days.values():
            day.simulator.stop()


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_load_finishes_automatically(bad_days, name):
    day = bad_days[name]
    made = day.connection
    made.stack.wait_for(lambda: made.call("get_progress")["done"], timeout=400, interval=1)
    assert made.call("get_progress")["ok"], made.runs()
    assert day.hits() == day.times, "the fault did not strike as often as it was scripted: nothing was tried"
    assert discrepancies(made) == []
    # An alarm about stopped calls ends with the minute's look that finds them passing again.
    made.stack.wait_for(lambda: not made.exceptions(), timeout=150, interval=1)
    [count] = made.query("SELECT count(*) AS partners FROM res_partner WHERE name = ANY(%s)", day.customers.names)
    assert count["partners"] == ACCOUNTS + CONTACTS
    assert {stream["state"] for stream in made.reading_streams()} == {"live"}
    made.call("action_pause")


def test_poll_survives_faults_too(tended):
    customers = Customers(8100)
    simulator = tended.simulator
    simulator.reset()
    contacts = simulator.seed("Contact", [customers.contact(Title="Old") for _ in range(30)])
    made = Connection(tended, simulator, name="polls")
    made.load()
    simulator.advance(5)
    for contact in contacts:
        simulator.edit("Contact", contact, {"Title": "New"})
    simulator.fault("drop", {"path": "/composite"}, times=2)
    simulator.fault(match={"path": "/composite"}, **status(503, "SERVER_UNAVAILABLE"))
    try:
        made.poll()
        tended.wait_for(lambda: all(made.partner(key)["function"] == "New" for key in contacts), timeout=180)
    finally:
        simulator.clear_faults()
        made.call("action_pause")


def test_wrong_secret_is_said_and_nothing_is_hammered(tended):
    """A revoked app is no fault to retry: the breaker opens, calls stop, the reason is there to read."""
    simulator = tended.simulator
    simulator.reset()
    made = Connection(tended, simulator, name="locked out", connect=False, new_client_secret="not-the-secret")
    answer = made.test()
    assert answer["ok"] is False
    assert any(check["next_step"] for check in answer["checks"] if not check["ok"])
    assert "not-the-secret" not in str(answer)


def test_schema_fault_stops_the_stream_and_only_that(tended):
    """A field that was hidden or removed: the stream says so and waits; the other goes on."""
    customers = Customers(8101)
    simulator = tended.simulator
    simulator.reset()
    simulator.seed("Account", [customers.account()])
    [contact] = simulator.seed("Contact", [customers.contact()])
    made = Connection(tended, simulator, name="schema")
    made.load()
    simulator.advance(5)
    simulator.config(fls={"Account": {"hidden": ["Name"]}})
    simulator.edit("Contact", contact, {"Title": "Moves on"})
    made.poll()
    assert made.partner(contact)["function"] == "Moves on"
    account = made.stream("Account")
    assert account["state"] == "stopped" and account["stop_reason"]
    simulator.config(fls={})
    made.call("action_pause")
