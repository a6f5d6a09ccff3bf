"""What Salesforce announces: arrives at once, in any order, twice, or never; a poll underneath misses nothing."""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.request

import pytest

from tests.end_to_end.equality import last_entry, proof


@pytest.fixture(params=["soap", "json"])
def subscribed(both, shelf, request):
    """The connection with a subscription to contacts, which is ended with the test."""
    number = both.listen("Contact", kind=request.param)
    yield both, number
    both.simulator.unsubscribe()
    both.quiet()
    assert proof(both) == []


def until_title(connection, family, title):
    """Wait until a contact's title is that in Odoo; no poll is asked for."""
    connection.stack.wait_for(lambda: connection.partner(family.contact)["function"] == title, interval=0.05)


def events(connection, *states):
    """Events of a connection by state."""
    return connection.query(
        "SELECT * FROM retail_sync_event WHERE connection_id = %s AND state = ANY(%s)", connection.id, list(states)
    )


def test_edit_arrives_without_a_poll(subscribed, shelf):
    both, number = subscribed
    family, mark = shelf.take(), last_entry(both)
    both.simulator.edit("Contact", family.contact, {"Title": "Announced"})
    until_title(both, family, "Announced")
    both.simulator.wait_sent(number)  # Odoo's answer may come after what it made of the event
    state = both.simulator.subscription(number)
    assert state["delivered"] == 1 and state["failed"] == state["retries"] == 0
    both.wait_idle()
    assert events(both, "pending", "failed") == []
    echoes = both.simulator.journal(since=mark, user="integration", id=family.contact)
    assert not any("Title" in entry["fields"] for entry in echoes)


def test_repeated_and_out_of_order(subscribed, shelf):
    """Many edits of one record, announced in random order and some twice: the last state."""
    both, number = subscribed
    org, families = both.simulator, [shelf.take() for _ in range(3)]
    org.hold(number)
    for step in range(10):
        for family in families:
            org.edit("Contact", family.contact, {"Title": f"Step {step}"})
    org.release(number, shuffle=True, duplicate_rate=0.5)
    org.wait_sent(number)
    for family in families:
        until_title(both, family, "Step 9")
    both.wait_idle()
    assert events(both, "pending", "failed") == []
    keys = [event["event_key"] for event in events(both, "done")]
    assert len(keys) == len(set(keys))
    both.poll()
    assert [both.partner(family.contact)["function"] for family in families] == ["Step 9"] * 3


def test_stale_news_after_a_newer_poll(subscribed, shelf):
    both, number = subscribed
    org, family = both.simulator, shelf.take()
    org.hold(number)
    org.edit("Contact", family.contact, {"Title": "Old news"})
    org.advance(5)
    org.edit("Contact", family.contact, {"Title": "Latest"})
    both.poll()
    until_title(both, family, "Latest")
    [before] = both.query("SELECT write_date FROM res_partner WHERE id = %s", family.person)
    org.release(number)
    org.wait_sent(number)
    both.wait_idle()
    assert both.query("SELECT write_date FROM res_partner WHERE id = %s", family.person) == [before]
    assert both.partner(family.contact)["function"] == "Latest" and events(both, "pending") == []


def test_poll_catches_what_no_event_reported(subscribed, shelf):
    both, number = subscribed
    org, family = both.simulator, shelf.take()
    org.change_subscription(number, url=f"{both.stack.url}/retail_sync/unknown/soap")
    org.edit("Contact", family.contact, {"Title": "Unannounced"})
    both.poll()
    until_title(both, family, "Unannounced")


def test_paused_connection_keeps_events_for_later(subscribed, shelf):
    both, number = subscribed
    org, family = both.simulator, shelf.take()
    both.call("action_pause")
    org.edit("Contact", family.contact, {"Title": "During the pause"})
    org.wait_sent(number)
    both.wait_idle()
    assert both.partner(family.contact)["function"] == "Buyer" and len(events(both, "pending")) == 1
    both.call("action_resume")
    both.wait_idle()
    until_title(both, family, "During the pause")
    both.pass_time(120)
    both.until(lambda: events(both, "pending") == [])


def test_former_key_is_good_for_a_while(both, shelf):
    family = shelf.take()
    former = both.event_key()
    current = both.event_key()
    assert former != current
    number = both.listen("Contact", kind="json", secret=former)
    both.simulator.edit("Contact", family.contact, {"Title": "Former key"})
    until_title(both, family, "Former key")
    both.simulator.change_subscription(number, secret="made up")
    both.simulator.edit("Contact", family.contact, {"Title": "Wrong key"})
    both.stack.wait_for(lambda: both.simulator.subscription(number)["failed"])
    assert {send["status"] for send in both.simulator.sends(number)[-1:]} == {401}
    both.simulator.change_subscription(number, secret=current)
    both.simulator.edit("Contact", family.other, {"Title": "Current key"})
    both.stack.wait_for(lambda: both.partner(family.other)["function"] == "Current key")
    both.simulator.unsubscribe()


def post(url, body, headers):
    """Status of a POST."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_hostile_bodies_over_the_wire(both, shelf):
    """Whatever is posted is refused politely and leaves nothing behind."""
    chance = random.Random(20260219)
    soap, signed = both.event_url("soap"), both.event_url("event")
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000
    bodies = [b"", b"<", b"\xff\xfe\x00", bomb + b'">]><x>&b;</x>', b"{}", b"[]", b"[" * 5000, b"x" * 1_100_000]
    bodies += [chance.randbytes(chance.randrange(1, 400)) for _ in range(60)]
    before, problems = both.query("SELECT count(*) FROM retail_sync_event"), both.stack.log_problems()
    answers = set()
    for body in bodies:
        answers.add(post(soap, body, {"Content-Type": "text/xml"}))
        header = {"Content-Type": "application/json", "X-Retail-Sync-Signature": f"t={int(time.time())},v1={'0' * 64}"}
        answers.add(post(signed, body, header))
        answers.add(post(signed, json.dumps({"x": body.hex()[:50]}).encode(), {"Content-Type": "application/json"}))
    assert answers <= {400, 401, 403, 404, 413, 415} and {400, 401, 413} <= answers
    assert both.query("SELECT count(*) FROM retail_sync_event") == before
    assert both.stack.log_problems() == problems
