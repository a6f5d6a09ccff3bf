"""Edits over there between our read of a record and our write of it: replaced, and never without a trace."""

from __future__ import annotations

import pytest

from .equality import proof

HOLD_SECONDS = 50  # less than a call waits for its answer; the test lets the call go before


@pytest.fixture(autouse=True)
def rest(both):
    """Both sides are at rest before and after."""
    both.quiet()
    yield
    both.simulator.clear_faults()
    both.simulator.config(bulk_delay_seconds=0)
    both.quiet()
    assert both.exceptions() == [] and proof(both) == []


def before_the_write(both):
    """Hold the next call that writes until faults are cleared; return a function that waits until it is held."""
    number = both.simulator.fault("slow", {"method": "POST", "path": "/composite"}, seconds=HOLD_SECONDS)

    def held():
        return any(fault["id"] == number and fault["hits"] for fault in both.simulator.faults())

    return lambda: both.stack.wait_for(held, interval=0.05)


def conflicts(both):
    """{record: [(field, Odoo's value, the platform's)]} of the edits that were replaced."""
    both.wait_idle()
    return {
        message["external_id"]: [(found["field"], found["odoo"], found["remote"]) for found in message["conflicts"]]
        for message in both.messages("open")
        if message["kind"] == "overwritten"
    }


def polls_done(both):
    return sum(run["kind"] == "poll" and run["state"] == "done" for run in both.runs())


def decide(both, external_id, button):
    [message] = [message for message in both.messages("open") if message["external_id"] == external_id]
    both.message_call(message, button)
    both.quiet()


def test_an_edit_in_the_window_of_one_record_becomes_a_conflict(both, shelf):
    family = shelf.take()
    wait = before_the_write(both)
    both.write(family.person, function="Ours")
    wait()
    both.simulator.edit("Contact", family.contact, {"Title": "Theirs", "Department": "Not sent"})
    both.simulator.clear_faults()
    both.arrives(family.contact, Title="Ours")
    assert conflicts(both) == {family.contact: [("job_title", "Ours", "Theirs")]}
    both.quiet()
    assert list(conflicts(both)) == [family.contact], "polls leave the question open"
    decide(both, family.contact, "action_take_remote")
    assert both.record(family.contact)["Title"] == both.partner_row(family.person)["function"] == "Theirs"


def test_an_edit_in_the_window_of_a_collection_becomes_a_conflict_of_its_own(both, shelf):
    families = [shelf.take() for _ in range(6)]
    people = {family.contact: family.person for family in families} | {f.other: f.colleague for f in families}
    (edited, partner), (same, _its), *_others = people.items()
    wait = before_the_write(both)
    both.stack.sql("UPDATE res_partner SET function = 'Ours' WHERE id = ANY(%s)", [list(people.values())])
    both.sweep()
    wait()
    both.simulator.edit("Contact", edited, {"Title": "Theirs"})
    both.simulator.edit("Contact", same, {"Title": "Ours"})
    both.simulator.clear_faults()
    for contact in people:
        both.arrives(contact, Title="Ours")
    assert conflicts(both) == {edited: [("job_title", "Ours", "Theirs")]}
    decide(both, edited, "action_keep_odoo")
    assert both.record(edited)["Title"] == both.partner_row(partner)["function"] == "Ours"


def test_an_edit_that_is_read_while_a_bulk_job_is_under_way_is_not_lost(both, shelf):
    """The answer of a bulk job does not say what it has replaced: an edit is seen if it is read in the meantime."""
    families = [shelf.take() for _ in range(4)]
    people = {family.contact: family.person for family in families} | {f.other: f.colleague for f in families}
    edited, partner = next(iter(people.items()))
    both.tune("Contact", bulk_write_threshold=5)
    both.simulator.config(bulk_delay_seconds=3600)
    calls = len(both.simulator.calls())
    both.stack.sql("UPDATE res_partner SET function = 'Ours' WHERE id = ANY(%s)", [list(people.values())])
    both.sweep()
    both.stack.wait_for(lambda: any("/ingest" in call["path"] for call in both.simulator.calls(calls)), interval=0.05)
    both.simulator.advance(1)
    both.simulator.edit("Contact", edited, {"Title": "Theirs"})
    polls = polls_done(both)
    both.call("start_poll")
    both.stack.wait_for(lambda: polls_done(both) > polls)
    both.simulator.config(bulk_delay_seconds=0)
    for contact in people.keys() - {edited}:
        both.arrives(contact, Title="Ours")
    both.tune("Contact", bulk_write_threshold=5000)
    both.quiet()
    assert both.record(edited)["Title"] == both.partner_row(partner)["function"] == "Theirs"
