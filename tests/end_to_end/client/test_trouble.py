"""Outages, limits and cut connections."""

import threading
import time

import pytest

from .support import Org, contacts, fault  # isort: skip - makes the client importable

from retail_sync_salesforce.client import bulk_ingest, bulk_query, collections, describe, polling, query


@pytest.mark.parametrize(
    ("action", "kind", "code"),
    [
        ({"kind": "status", "status": 503, "error_code": "SERVER_UNAVAILABLE"}, "transient", "SERVER_UNAVAILABLE"),
        ({"kind": "html"}, "transient", None),
        ({"kind": "drop"}, "transient", "CONNECTION_BROKEN"),
        ({"kind": "drop_after_commit"}, "transient", "CONNECTION_BROKEN"),
        ({"kind": "truncate"}, "transient", None),
        ({"kind": "limit"}, "throttled", "REQUEST_LIMIT_EXCEEDED"),
        ({"kind": "concurrent"}, "throttled", "REQUEST_LIMIT_EXCEEDED"),
    ],
)  # fmt: skip
def test_faults_are_classified_and_the_next_call_is_well(sim, org, action, kind, code):
    sim.seed("Contact", contacts(3))
    org.session.token()
    sim.fault(match={"path": "/query"}, **action)
    found = fault(query.count, org.session, "Contact")
    assert found[0] == kind
    assert code in (None, found[1])
    assert query.count(org.session, "Contact") == 3


RECORD = {"Odoo_External_Id__c": "x:1", "LastName": "Rossi"}
LANES = {
    "poll": (
        "/composite",
        lambda session: polling.poll(session, {"a": "SELECT Id FROM Contact", "b": "SELECT Id FROM Account"}),
    ),
    "page": ("/query", lambda session: query.count(session, "Contact")),
    "write": (
        "/composite",
        lambda session: list(collections.save(session, "Contact", "Odoo_External_Id__c", [RECORD])),
    ),
    "describe": ("/describe", lambda session: describe.describe(session, "Contact")),
    "load": ("/jobs/query", lambda session: bulk_query.create_job(session, "SELECT Id FROM Contact")),
    "bulk write": ("/jobs/ingest", lambda session: bulk_ingest.create_job(session, "Contact", "update")),
    "sign-in": ("/oauth2/token", lambda session: query.count(session, "Contact")),
}


@pytest.mark.parametrize("status", [406, 420])
@pytest.mark.parametrize("lane", sorted(LANES))
def test_the_edge_says_no_without_a_word(sim, lane, status):
    """406 and 420 with an empty body pass, whatever call meets them."""
    path, call = LANES[lane]
    org = Org(sim)
    if lane != "sign-in":
        org.session.token()
    kind = "login_html" if lane == "sign-in" else "html"
    sim.fault(kind, {"path": path}, status=status, body="")
    assert fault(call, org.session) == ("transient", f"HTTP_{status}")
    assert call(org.session) is not None


def test_a_write_that_was_committed_before_the_connection_broke_is_reported_as_open(sim, session):
    session.token()
    sim.fault("drop_after_commit", {"method": "POST", "path": "/sobjects/Contact"})
    found = fault(session.request, "POST", "sobjects/Contact/", json={"LastName": "Rossi"}, idempotent=False)
    assert found == ("unknown", "CONNECTION_BROKEN")
    assert query.count(session, "Contact") == 1


def test_a_slow_answer_is_left(sim):
    org = Org(sim, timeout=(5, 0.5))
    org.session.token()
    sim.fault("slow", {"path": "/query"}, seconds=3)
    assert fault(query.count, org.session, "Contact") == ("transient", "READ_TIMEOUT")


def test_a_call_is_held_until_its_fault_is_removed(sim, org):
    """Tests act while a call is on its way, for as long as they need: no fixed time is theirs."""
    org.session.token()
    sim.fault("slow", {"path": "/query"}, seconds=600)
    counted = []
    call = threading.Thread(target=lambda: counted.append(query.count(org.session, "Contact")))
    call.start()
    deadline = time.monotonic() + 60
    while not sim.faults()[0]["hits"] and time.monotonic() < deadline:
        time.sleep(0.02)
    sim.seed("Contact", contacts(2))
    assert counted == []
    sim.clear_faults()
    call.join(60)
    assert counted == [2], "it was answered before it was let go, or not at all"


def test_an_org_that_moves(sim, org):
    """The renewed token names another address; later calls go there."""
    query.count(org.session, "Contact")
    moved = sim.base_url.replace("localhost", "127.0.0.1")
    sim.config(instance_url=moved)
    sim.revoke_tokens()
    assert query.count(org.session, "Contact") == 0
    assert org.calls[-1].host == moved.removeprefix("https://")


def test_each_call_can_be_found_in_the_orgs_own_log(sim, session):
    session.correlation_id = "run-7"
    query.count(session, "Contact")
    assert "run-7" in str(sim.control("GET", "/calls"))
