"""Tickets on both sides of a Zendesk account, over HTTPS: loaded, edited, answered and announced, each once."""

from __future__ import annotations

import itertools

import pytest

from tests.end_to_end.desk import DeskConnection
from tests.end_to_end.outage import Day, Outage, Traffic
from tests.simulators.zendesk.client import start_simulator
from tests.stack import Stack

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A loaded connection, both ways. The account shows changes at once and counts no calls."""
    folder = tmp_path_factory.mktemp("zendesk")
    with Stack("desk") as stack, start_simulator(folder, export_delay_seconds=0, rate_limit_incremental=0) as sim:
        sim.seed("user", [{"name": "Ada Rossi", "email": "ada@rossi.example", "_ref": "ada"}])
        sim.seed("ticket", [{"subject": "Late parcel", "requester_id": "@ada", "comments": ["Where is it?", "Hello?"]}])
        connection = DeskConnection(stack, sim)
        connection.load()
        connection.run_cron("comments")
        connection.wait_idle()
        yield connection


@pytest.fixture
def ticket(desk):
    """(id at the desk, id in Odoo) of a fresh ticket with one comment."""
    [made] = desk.simulator.seed(
        "ticket", [{"subject": f"Ticket {next(numbers)}", "requester_id": person(desk), "comments": ["Good morning"]}]
    )
    desk.poll()
    return made, desk.ticket(made)["id"]


def person(desk):
    return next(row["id"] for row in desk.simulator.records("user") if row["email"] == "ada@rossi.example")


def test_first_load_brings_customers_tickets_and_their_comments(desk):
    [loaded] = [row for row in desk.simulator.records("ticket") if row["subject"] == "Late parcel"]
    found = desk.ticket(loaded["id"])
    assert found["name"] == "Late parcel"
    assert desk.partner(str(person(desk)))["email"] == "ada@rossi.example"
    assert found["partner_id"] == desk.partner(str(person(desk)))["id"]
    assert desk.texts(found["id"]) == ["Hello?"]  # the first comment is the description
    assert desk.exceptions() == []


def test_edits_arrive_on_the_other_side(desk, ticket):
    there, here = ticket
    desk.simulator.edit("ticket", there, priority="urgent", status="pending")
    desk.poll()
    assert (desk.ticket(there)["priority"], desk.ticket(there)["status"]) == ("3", "pending")
    desk.stack.rpc("helpdesk.ticket", "write", [[here], {"priority": "0"}])
    desk.stack.wait_for(lambda: desk.desk_ticket(there)["priority"] == "low")
    desk.wait_idle()
    desk.poll(2)
    assert desk.ticket(there)["priority"] == "0"
    assert desk.desk_ticket(there)["status"] == "pending"
    assert desk.exceptions() == []


def test_comments_arrive_once_on_both_sides(desk, ticket):
    there, here = ticket
    desk.simulator.comment(there, "It has not come", user="ada@rossi.example")
    desk.poll(2)
    desk.say(here, "It is on its way")
    desk.say(here, "Carrier was called", public=False)
    desk.until(lambda: not desk.outbox("pending", "sending", "retrying"))
    desk.poll(2)
    assert desk.desk_texts(there) == ["Good morning", "It has not come", "It is on its way", "Carrier was called"]
    assert [row["public"] for row in desk.simulator.records("comment", ticket=there)][-2:] == [True, False]
    assert desk.texts(here) == ["It has not come", "It is on its way", "Carrier was called"]


def test_a_comment_whose_answer_was_lost_is_not_written_twice(desk, ticket):
    there, here = ticket
    desk.simulator.fault("drop_after_commit", {"op": "PUT tickets/{id}"})
    desk.say(here, "Only once")
    desk.until(lambda: not desk.outbox("pending", "sending", "retrying"))
    desk.poll()
    assert desk.desk_texts(there) == ["Good morning", "Only once"]
    assert desk.texts(here) == ["Only once"]


def test_an_announced_change_arrives_without_a_poll(desk, ticket):
    there, _here = ticket
    number, secret = desk.simulator.webhook(desk.event_url("zendesk"), ["ticket.priority_changed"])
    desk.stack.rpc("retail.sync.connection", "write", [[desk.id], {"new_desk_webhook_secret": secret}])
    desk.simulator.edit("ticket", there, priority="high")
    desk.stack.wait_for(lambda: desk.ticket(there)["priority"] == "2")
    assert desk.simulator.webhook_state(number)["failed"] == 0


def test_a_ticket_of_odoo_is_made_at_the_desk_once(desk):
    partner = desk.partner(str(person(desk)))["id"]
    desk.simulator.fault("drop_after_commit", {"op": "POST tickets"})
    values = {"name": "Made in Odoo", "description": "<p>Please call</p>", "partner_id": partner}
    made = desk.stack.rpc("helpdesk.ticket", "create", [[values]])
    desk.until(lambda: [row for row in desk.simulator.records("ticket") if row["subject"] == "Made in Odoo"])
    desk.until(lambda: not desk.outbox("pending", "sending", "retrying"))
    desk.poll(2)
    [there] = [row for row in desk.simulator.records("ticket") if row["subject"] == "Made in Odoo"]
    assert there["requester_id"] == person(desk)
    assert desk.ticket(there["id"])["id"] == (made[0] if isinstance(made, list) else made)
    assert desk.desk_texts(there["id"]) == ["Please call"]
    assert desk.texts(desk.ticket(there["id"])["id"]) == []


def test_what_was_changed_during_an_outage_arrives_after_it(desk, ticket):
    there, here = ticket
    desk.simulator.fault("status", times=-1, status=503)
    desk.stack.rpc("helpdesk.ticket", "write", [[here], {"priority": "3"}])
    desk.simulator.edit("ticket", there, status="pending")
    desk.simulator.clear_faults()
    desk.until(lambda: desk.desk_ticket(there)["priority"] == "urgent")
    desk.poll()
    assert desk.desk_ticket(there)["status"] == "pending"
    assert desk.ticket(there)["priority"] == "3"


def test_a_day_without_webhooks_loses_nothing_and_needs_few_calls(desk):
    outage = Outage(desk, person(desk))
    outage.seed(60)
    desk.poll()
    outage.pass_day(Day(commented=40, edited=20, made=4, commented_here=3, written=10, new=2), hours=2)
    before = len(desk.simulator.calls())
    outage.recover(hurried=True)
    traffic = Traffic(desk.simulator.calls()[before:])
    assert outage.differences() == []
    assert outage.disorder() == 0
    assert traffic.refused() == 0
    # Forty tickets with eighty comments: those that Odoo wrote to at the same time may be read singly.
    assert traffic.count("GET tickets/{id}/comments") < 25
    assert {desk.desk_ticket(there)["priority"] for there in outage.tickets[:10]} == {"urgent"}
    assert {desk.ticket(there)["status"] for there in outage.tickets[40:60]} == {"pending"}
