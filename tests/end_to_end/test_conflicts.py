"""Both sides change the same customer before either has heard of the other: each case has one outcome, seen on both."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from .equality import proof

HOUR = 3600


@pytest.fixture(scope="module")
def both(both):
    """The module's connection, on an org whose clock is an hour behind, so that edits there are the earlier ones."""
    both.simulator.advance(-HOUR)
    return both


@pytest.fixture
def paused(both, shelf):
    """A connection that is paused while the test edits; ``meet`` lets the sides see each other."""
    both.quiet()
    both.call("action_pause")
    yield both
    assert both.query("SELECT state FROM retail_sync_connection WHERE id = %s", both.id)[0]["state"] == "running"
    assert proof(both) == []


def meet(connection):
    """End the pause and wait until both sides are at rest."""
    connection.call("action_resume")
    connection.quiet()


@contextmanager
def rule(connection, field, survivorship, owner="shared"):
    """Give a field a rule for this connection alone, for a while."""
    values = {"entity": "customer", "canonical_field": field, "connection_id": connection.id, "owner": owner}
    rule_id = connection.stack.rpc("retail.sync.ownership.rule", "create", [{**values, "survivorship": survivorship}])
    try:
        yield
    finally:
        connection.stack.rpc("retail.sync.ownership.rule", "unlink", [rule_id])


def both_say(connection, family, title):
    """Whether both sides have a contact's title."""
    return (connection.record(family.contact)["Title"], connection.partner(family.contact)["function"]) == (title,) * 2


def test_different_fields_are_merged(paused, shelf):
    family = shelf.take()
    paused.write(family.person, phone="+39 02 8000 0001")
    paused.simulator.edit("Contact", family.contact, {"Title": "CFO"})
    meet(paused)
    assert both_say(paused, family, "CFO")
    assert paused.record(family.contact)["Phone"].replace(" ", "") == "+390280000001"


@pytest.mark.parametrize(("ahead", "winner"), [(0, "Odoo"), (2 * HOUR, "Platform")])
def test_latest_edit_wins(paused, shelf, ahead, winner):
    family = shelf.take()
    paused.simulator.advance(ahead)
    paused.write(family.person, function="Odoo")
    paused.simulator.edit("Contact", family.contact, {"Title": "Platform"})
    meet(paused)
    assert both_say(paused, family, winner)


def test_fuller_value_wins(paused, shelf):
    family = shelf.take()
    with rule(paused, "job_title", "most_complete"):
        paused.write(family.person, function="Head of Purchasing, Italy")
        paused.simulator.edit("Contact", family.contact, {"Title": "Head"})
        meet(paused)
        assert both_say(paused, family, "Head of Purchasing, Italy")


@pytest.mark.parametrize(("owner", "winner"), [("odoo", "Odoo"), ("remote", "Platform")])
def test_owner_wins(paused, shelf, owner, winner):
    family = shelf.take()
    with rule(paused, "job_title", "owner_wins", owner):
        paused.write(family.person, function="Odoo")
        paused.simulator.edit("Contact", family.contact, {"Title": "Platform"})
        meet(paused)
        assert both_say(paused, family, winner)
        # An edit by the side that does not own it is taken back.
        if owner == "odoo":
            paused.simulator.edit("Contact", family.contact, {"Title": "Not yours"})
        else:
            paused.write(family.person, function="Not yours")
        paused.quiet()
        assert both_say(paused, family, winner)


@pytest.mark.parametrize(("button", "winner"), [("action_keep_odoo", "Odoo"), ("action_take_remote", "Platform")])
def test_ask_shows_both_values_and_a_person_decides(paused, shelf, button, winner):
    family = shelf.take()
    with rule(paused, "job_title", "ask"):
        paused.write(family.person, function="Odoo")
        paused.simulator.edit("Contact", family.contact, {"Title": "Platform"})
        paused.call("action_resume")
        paused.wait_idle()
        paused.poll()
        [message] = [m for m in paused.exceptions() if m["state"] in ("open", "review") and m["conflicts"]]
        asked = [(conflict["field"], conflict["odoo"], conflict["remote"]) for conflict in message["conflicts"]]
        assert asked == [("job_title", "Odoo", "Platform")]
        assert message["team"] == "business" and message["next_step"]
        # Nothing was written for it on either side, and other fields go on.
        assert paused.record(family.contact)["Title"] == "Platform"
        assert paused.partner(family.contact)["function"] == "Odoo"
        paused.write(family.person, email="asked@conflict.example")
        paused.arrives(family.contact, Email="asked@conflict.example")
        paused.wait_idle()  # the record is there a moment before its delivery result is applied
        [message] = [m for m in paused.exceptions() if m["conflicts"]]
        paused.message_call(message, button)
        paused.quiet()
        assert both_say(paused, family, winner)
        assert [m for m in paused.exceptions() if m["conflicts"]] == []


def test_opt_out_on_either_side_stands(paused, shelf):
    family = shelf.take()
    paused.write(family.person, email_opt_out=True)
    paused.simulator.edit("Contact", family.other, {"HasOptedOutOfEmail": True})
    meet(paused)
    for key in (family.contact, family.other):
        assert paused.record(key)["HasOptedOutOfEmail"] and paused.partner(key)["email_opt_out"]


def test_deleted_there_while_edited_here(paused, shelf):
    family = shelf.take()
    paused.write(family.person, function="Still a customer")
    paused.simulator.delete("Contact", family.contact)
    meet(paused)
    partner = paused.partner_row(family.person)
    waiting = [m for m in paused.messages("open", "review") if family.person == m["res_id"]]
    # The conflict is never silent: the customer went with the record, or a person is asked about it.
    assert partner["active"] is False or (len(waiting) == 1 and waiting[0]["next_step"])
    assert paused.simulator.records("Contact", [family.contact]) == []
    for message in waiting:
        paused.stack.rpc("retail.sync.message", "action_ignore", [[message["id"]], "Not needed"])


def test_deleted_here_while_edited_there(paused, shelf):
    family = shelf.take()
    paused.stack.rpc("res.partner", "unlink", [[family.colleague]])
    paused.simulator.edit("Contact", family.other, {"Title": "Still a contact"})
    meet(paused)
    assert paused.record(family.other)["Title"] == "Still a contact"
    assert paused.query("SELECT 1 FROM res_partner WHERE function = 'Still a contact'") == []
    assert paused.link(family.other)["state"] in ("deleted", "excluded")


def test_merged_there_while_edited_here(paused, shelf):
    paused.call("write", {"remote_merge_handling": "secondary"})
    family = shelf.take()
    paused.write(family.colleague, function="Edited loser")
    paused.write(family.person, phone="+39 02 8200 0001")
    paused.simulator.merge("Contact", family.contact, [family.other])
    meet(paused)
    assert paused.link(family.other)["state"] == "merged"
    assert paused.record(family.contact)["Phone"].replace(" ", "") == "+390282000001"
    assert paused.partner_row(family.colleague)["active"] is False


def test_merged_here_while_edited_there(paused, shelf):
    family = shelf.take()
    wizard = paused.stack.rpc(
        "base.partner.merge.automatic.wizard",
        "create",
        [{"partner_ids": [(6, 0, [family.person, family.colleague])], "dst_partner_id": family.person}],
    )
    paused.stack.rpc("base.partner.merge.automatic.wizard", "action_merge", [wizard])
    paused.simulator.edit("Contact", family.other, {"Title": "Edited loser"})
    paused.simulator.edit("Contact", family.contact, {"Phone": "+39 02 8300 0001"})
    meet(paused)
    assert paused.partner(family.contact)["phone"] == "+390283000001"
    assert {b["res_id"] for b in paused.links(family.other)} == {family.person}
    assert [b["is_primary"] for key in (family.contact, family.other) for b in paused.links(key)].count(True) == 1
