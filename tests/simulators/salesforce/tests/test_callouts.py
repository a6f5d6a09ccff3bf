"""Signed JSON callouts, as a receiver of the test's own sees them."""

import hashlib
import hmac
import json
import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.contract.receiver import Receiver
from tests.simulators.salesforce.client import ControlError, start_simulator

SECRET = "a shared secret"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with start_simulator(tmp_path_factory.mktemp("sim")) as made:
        yield made


@pytest.fixture
def sim(running):
    running.reset()
    return running


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def signed_at(post, secret=SECRET):
    """The moment of a signature, which must fit the body."""
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", post.headers["X-Retail-Sync-Signature"])
    assert found, post.headers
    digest = hmac.new(secret.encode(), found[1].encode() + b"." + post.body, hashlib.sha256).hexdigest()
    assert digest == found[2]
    return int(found[1])


def test_the_body_and_its_signature(sim, receiver):
    number = sim.subscribe("Contact", receiver.url, kind="json", secret=SECRET, headers={"X-Extra": "1"})
    made = sim.create("Contact", {"LastName": "Rossi è"})
    sim.edit("Contact", made, {"Phone": "1", "LastName": "Bianchi"})
    sim.wait_sent(number)
    created, updated = (json.loads(post.body) for post in receiver.posts)
    assert set(created) == {
        "eventId", "orgId", "object", "recordId", "changeType", "systemModstamp", "changedFields"
    }  # fmt: skip
    assert (created["orgId"], created["object"], created["recordId"]) == (sim.org_id, "Contact", made)
    assert (created["changeType"], created["changedFields"]) == ("CREATE", [])
    assert (updated["changeType"], updated["changedFields"]) == ("UPDATE", ["LastName", "Name", "Phone"])
    assert created["eventId"] != updated["eventId"]
    stamp = sim.records("Contact")[0]["SystemModstamp"]
    assert updated["systemModstamp"] == stamp.replace("+0000", "Z")
    post = receiver.posts[0]
    assert abs(signed_at(post) - time.time()) < 60
    assert post.headers["Content-Type"].startswith("application/json") and post.headers["X-Extra"] == "1"


def test_a_clock_that_is_off_and_a_new_key(sim, receiver):
    number = sim.subscribe("Contact", receiver.url, kind="json", secret=SECRET, signature_skew_seconds=-900)
    made = sim.create("Contact", {"LastName": "Rossi"})
    sim.wait_sent(number)
    sim.change_subscription(number, secret="another", signature_skew_seconds=0)
    sim.edit("Contact", made, {"Phone": "1"})
    sim.wait_sent(number)
    early, late = receiver.posts
    assert 800 < time.time() - signed_at(early) < 1000
    assert abs(signed_at(late, "another") - time.time()) < 60


def test_nothing_is_sent_again(sim, receiver):
    receiver.answer((503, ""))
    number = sim.subscribe("Contact", receiver.url, kind="json", secret=SECRET)
    made = sim.create("Contact", {"LastName": "Rossi"})
    sim.wait_sent(number)
    sim.advance(7200)
    sim.edit("Contact", made, {"Phone": "1"})
    (state,) = sim.wait_sent(number)
    assert (state["failed"], state["delivered"], state["retries"], state["sends"]) == (1, 1, 0, 2)
    assert len(receiver.posts) == 2


def test_deletions_are_sent_on_demand(sim, receiver):
    sim.subscribe("Contact", receiver.url, kind="json", secret=SECRET, on=["delete", "undelete"])
    made = sim.create("Contact", {"LastName": "Rossi"})
    sim.delete("Contact", made)
    sim.wait_sent()
    sim.undelete("Contact", made)
    sim.wait_sent()
    assert [json.loads(post.body)["changeType"] for post in receiver.posts] == ["DELETE", "UNDELETE"]


def test_several_events_in_one_call_are_a_list(sim, receiver):
    number = sim.subscribe("Contact", receiver.url, kind="json", secret=SECRET, batch_size=50, hold=True)
    known = sim.seed("Contact", [{"LastName": str(i)} for i in range(3)])
    assert sim.notify(number, known, times=2) == 6
    sim.release(number)
    sim.wait_sent(number)
    (post,) = receiver.posts
    signed_at(post)
    events = json.loads(post.body)
    assert [event["recordId"] for event in events] == known * 2
    assert len({event["eventId"] for event in events}) == 6


def test_several_senders_at_once_send_each_notice_once(sim, receiver):
    number = sim.subscribe("Contact", receiver.url, kind="json", secret=SECRET, parallel=4, hold=True)
    known = sim.seed("Contact", [{"LastName": str(i)} for i in range(40)])
    sim.notify(number, known)
    sim.release(number, shuffle=True)
    sim.wait_sent(number)
    record_ids = [json.loads(post.body)["recordId"] for post in receiver.posts]
    assert sorted(record_ids) == sorted(known)


def test_the_secret_is_never_shown(sim, receiver):
    number = sim.subscribe("Contact", receiver.url, kind="json", secret=SECRET)
    sim.create("Contact", {"LastName": "Rossi"})
    sim.wait_sent(number)
    assert SECRET not in json.dumps([sim.subscriptions(), sim.sends(), sim.calls()])
    assert SECRET not in (Path(sim.ca).parent / "simulator.log").read_text()


def test_subscriptions_end(sim, receiver):
    number = sim.subscribe("Contact", receiver.url, kind="json", secret=SECRET, hold=True)
    sim.create("Contact", {"LastName": "Rossi"})
    sim.unsubscribe(number)
    assert sim.subscriptions() == []
    sim.subscribe("Contact", receiver.url)
    sim.reset()
    assert sim.subscriptions() == [] and receiver.posts == []


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "xml"}, {"kind": "json"}, {"url": "ftp://localhost/"}, {"url": "nothing"}, {"batch_size": 101},
        {"batch_size": 0}, {"fields": ["Nothing__c"]}, {"fields": ["MailingAddress"]}, {"on": ["delete"]},
        {"action_id": "0035g000000CaRk"}, {"skip_users": ["unknown"]}, {"object_name": "Nothing"}, {"holdd": True},
        {"duplicate_rate": 2}, {"parallel": 0},
    ],
    ids=str,
)  # fmt: skip
def test_a_subscription_that_cannot_work_is_refused(sim, receiver, options):
    options = {"object_name": "Contact", "url": receiver.url, **options}
    with pytest.raises(ControlError):
        sim.subscribe(**options)
    assert sim.subscriptions() == []


def test_an_endpoint_that_moves(sim, receiver):
    number = sim.subscribe("Contact", "http://localhost:9/", hold=True)
    sim.create("Contact", {"LastName": "Rossi"})
    sim.change_subscription(number, url=f"{receiver.url}?key=1", hold=False)
    sim.wait_sent(number)
    assert urlsplit(receiver.posts[0].path).query == "key=1"
