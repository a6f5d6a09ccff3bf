"""Checklist item 46: outbound messages, as a receiver of our own sees them."""

import re

import pytest

from tests.simulators.common.tls import make_certificates, server_context

from .receiver import ACK, FAULT, Receiver
from .support import EXTERNAL_ID, contacts, id18, wait_for

HOUR = 3600


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def frozen(sim):
    """The org's clock stands still, so that retries come when the test says."""
    sim.freeze("2026-05-20T12:00:00Z")
    return sim


def sent(sim, number, count):
    """The subscription, once it has sent so often and nothing is on its way."""

    def state():
        found = sim.subscription(number)
        return found if found["sends"] >= count and not found["in_flight"] else None

    return wait_for(state)


def test_item_46_message_as_documented(sim, sf, receiver):
    action = id18("04k5g000000CaRk")
    number = sim.subscribe(
        "Account", receiver.url, ["Name", "Phone", "Fax", "Odoo_Account_Blocked__c", "LastModifiedDate"],
        action_id=action[:15],
    )  # fmt: skip
    made = sf.Account.create({"Name": 'Rossi & "Söhne" <Srl>', "Phone": "+39 0432 1"})["id"]
    sim.wait_sent(number)
    (post,) = receiver.posts
    assert post.path == "/in/token"
    assert post.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert post.headers["SOAPAction"] == '""'
    (message,) = receiver.messages()
    assert message.organization_id == sim.org_id
    assert message.action_id == action
    assert message.session_is_nil
    assert message.enterprise_url == f"{sim.base_url}/services/Soap/c/62.0/{sim.org_id[:15]}"
    assert message.partner_url == f"{sim.base_url}/services/Soap/u/62.0/{sim.org_id[:15]}"
    ((notification, kind, fields),) = message.items
    assert notification == id18(notification[:15]) and notification.startswith("04l")
    assert kind == "Account"
    assert next(iter(fields)) == "Id"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", fields.pop("LastModifiedDate"))
    assert fields == {
        "Id": made, "Name": 'Rossi & "Söhne" <Srl>', "Phone": "+39 0432 1", "Odoo_Account_Blocked__c": "false",
    }, "the empty Fax is left out"  # fmt: skip


def test_item_46_create_and_update_of_the_object_only(sim, sf, receiver):
    number = sim.subscribe("Contact", receiver.url, ["LastName"])
    (known,) = sim.seed("Contact", [{"LastName": "Known"}])
    sf.Account.create({"Name": "A"})
    sf.Contact.delete(sf.Contact.create({"LastName": "New"})["id"])
    sf.Contact.update(known, {"LastName": "Changed"})
    state = sim.wait_sent(number)[0]
    names = [fields.get("LastName") for message in receiver.messages() for fields in message.records]
    assert len(names) == state["notified"] == 2
    assert "Changed" in names and "Known" not in names


def test_item_46_batches_of_up_to_100(sim, sf, receiver):
    number = sim.subscribe("Contact", receiver.url, ["LastName"], hold=True)
    records = [{"attributes": {"type": "Contact"}, **fields} for fields in contacts(200)]
    sf.restful("composite/sobjects", method="POST", json={"records": records})
    sf.restful("composite/sobjects", method="POST", json={"records": records[:50]})
    assert sim.subscription(number)["queued"] == 250 and not receiver.posts
    assert sim.release(number) == 250
    sim.wait_sent(number)
    assert [len(message.items) for message in receiver.messages()] == [100, 100, 50]
    ids = [number for message in receiver.messages() for number in message.ids]
    assert len(set(ids)) == 250
    small = sim.subscribe("Account", receiver.url, batch_size=1, hold=True)
    for name in "AB":
        sf.Account.create({"Name": name})
    sim.release(small)
    sim.wait_sent(small)
    assert [len(message.items) for message in receiver.messages()[3:]] == [1, 1]


def test_item_46_values_are_those_of_the_sending(sim, sf, receiver):
    number = sim.subscribe("Contact", receiver.url, ["LastName"], hold=True)
    kept, gone = (sf.Contact.create({"LastName": name})["id"] for name in ("First", "Gone"))
    sf.Contact.update(kept, {"LastName": "Last"})
    sf.Contact.delete(gone)
    sim.release(number)
    sim.wait_sent(number)
    (message,) = receiver.messages()
    assert message.records == [{"Id": kept, "LastName": "Last"}, {}, {"Id": kept, "LastName": "Last"}]
    assert len(set(message.ids)) == 3


@pytest.mark.parametrize(
    "refusal",
    [(200, ACK.format("false")), (200, FAULT), (500, FAULT), (200, "not xml"), (302, ACK.format("true"))],
    ids=["ack false", "fault", "500", "no xml", "redirect"],
)
def test_item_46_a_refused_message_comes_again_whole(frozen, sf, receiver, refusal):
    receiver.answer(refusal)
    number = frozen.subscribe("Contact", receiver.url, ["LastName"], hold=True)
    for name in "AB":
        sf.Contact.create({"LastName": name})
    frozen.release(number)
    state = sent(frozen, number, 1)
    assert (state["retrying"], state["delivered"]) == (2, 0)
    frozen.advance(HOUR)
    state = sent(frozen, number, 2)
    assert (state["retrying"], state["delivered"], state["retries"]) == (0, 2, 1)
    first, second = receiver.messages()
    assert first.ids == second.ids and len(first.ids) == 2


def test_item_46_a_receiver_that_is_too_slow_or_away(frozen, sf, receiver):
    receiver.answer((200, ACK.format("true"), 1.0))
    number = frozen.subscribe("Contact", receiver.url, timeout_seconds=0.2)
    sf.Contact.create({"LastName": "A"})
    assert sent(frozen, number, 1)["retrying"] == 1
    receiver.close()
    frozen.advance(HOUR)
    state = sent(frozen, number, 2)
    assert state["retrying"] == 1 and state["last"][-1]["status"] == 0 and state["last"][-1]["error"]


def test_item_46_gaps_grow_to_two_hours_and_end_after_a_day(frozen, sf, receiver):
    receiver.answer(*[(503, "")] * 100)
    number = frozen.subscribe("Contact", receiver.url)
    sf.Contact.create({"LastName": "A"})
    sent(frozen, number, 1)
    gaps = []
    while (gap := frozen.subscription(number)["retry_in"]) is not None:
        gaps.append(gap)
        assert sum(gaps) < 26 * HOUR, "given up within the day"
        sends = frozen.subscription(number)["sends"]
        frozen.advance(gap)
        wait_for(lambda done=sends: finished(frozen.subscription(number), done))
    assert gaps == sorted(gaps) and gaps[0] < 60 and max(gaps) == 2 * HOUR
    assert sum(gaps[:-1]) < 24 * HOUR <= sum(gaps)
    state = frozen.subscription(number)
    assert (state["dropped"], state["delivered"], state["queued"]) == (1, 0, 0)
    assert len(receiver.posts) == len(gaps)


def finished(state, sends):
    """Whether the send after so many is over, or the notification was dropped instead of it."""
    return (state["sends"] > sends or state["dropped"]) and not state["in_flight"]


def test_item_46_duplicates_and_reordering(sim, sf, receiver):
    number = sim.subscribe("Contact", receiver.url, ["LastName"], hold=True, batch_size=10)
    records = [{"attributes": {"type": "Contact"}, **fields} for fields in contacts(200)]
    sf.restful("composite/sobjects", method="POST", json={"records": records})
    assert 210 < sim.release(number, shuffle=True, duplicate_rate=0.3) < 300
    state = sim.wait_sent(number)[0]
    ids = [number for message in receiver.messages() for number in message.ids]
    order = [fields["LastName"] for message in receiver.messages() for fields in message.records]
    assert len(set(ids)) == 200 and len(ids) == 200 + state["duplicates"]
    assert order != sorted(order) and set(order) == {fields["LastName"] for fields in contacts(200)}


def test_item_46_reordering_while_it_runs(sim, sf, receiver):
    number = sim.subscribe("Contact", receiver.url, ["LastName"], hold=True, reorder=True, duplicate_rate=0.5, seed=1)
    for fields in contacts(40):
        sf.Contact.create(fields)
    sim.release(number)
    state = sim.wait_sent(number)[0]
    order = [fields["LastName"] for message in receiver.messages() for fields in message.records]
    assert len(order) == 40 + state["duplicates"] > 40
    assert order != sorted(order)


def test_item_46_not_by_the_integration_user_on_demand(sim, sf, receiver):
    everyone = sim.subscribe("Contact", receiver.url, ["LastName"])
    others = sim.subscribe("Contact", receiver.url, ["LastName"], skip_users=["integration"])
    made = sf.Contact.create({"LastName": "Ours"})["id"]
    sim.edit("Contact", made, {"LastName": "Theirs"}, user="human")
    sim.wait_sent()
    assert sim.subscription(everyone)["notified"] == 2
    assert sim.subscription(others)["notified"] == 1


def test_item_46_fired_by_changes_of_chosen_fields(sim, sf, receiver):
    number = sim.subscribe("Contact", receiver.url, ["LastName"], only_changed=["Phone"], on=["update"])
    made = sf.Contact.create({"LastName": "A", "Phone": "1"})["id"]
    sf.Contact.update(made, {"LastName": "B"})
    sf.Contact.update(made, {"Phone": "2"})
    assert sim.wait_sent(number)[0]["notified"] == 1


def test_item_46_what_a_rollback_takes_back_is_not_sent(sim, sf, receiver):
    number = sim.subscribe("Contact", receiver.url, ["LastName"])
    records = [{"attributes": {"type": "Contact"}, "LastName": name} for name in ("A", None)]
    sf.restful("composite/sobjects", method="POST", json={"allOrNone": True, "records": records})
    assert sim.wait_sent(number)[0]["notified"] == 0


def test_item_46_a_bulk_job_and_an_upsert_fire_too(sim, sf, receiver):
    number = sim.subscribe("Contact", receiver.url, [EXTERNAL_ID])
    sf.Contact.upsert(f"{EXTERNAL_ID}/1", {"LastName": "A"})
    sf.bulk2.Contact.upsert(
        records=[{EXTERNAL_ID: str(i), "LastName": "B"} for i in (1, 2)], external_id_field=EXTERNAL_ID
    )
    wait_for(lambda: sim.subscription(number)["delivered"] == 3)
    keys = [fields[EXTERNAL_ID] for message in receiver.messages() for fields in message.records]
    assert sorted(keys) == ["1", "1", "2"]


def test_item_46_https_with_a_known_authority_only(frozen, sf, tmp_path):
    ca = make_certificates(tmp_path)
    secured = Receiver(server_context(tmp_path))
    try:
        trusted = frozen.subscribe("Contact", secured.url, ca=str(ca))
        pasted = frozen.subscribe("Contact", secured.url, ca=ca.read_text())
        strange = frozen.subscribe("Contact", secured.url)
        sf.Contact.create({"LastName": "A"})
        assert sent(frozen, trusted, 1)["delivered"] == sent(frozen, pasted, 1)["delivered"] == 1
        refused = sent(frozen, strange, 1)
        assert refused["delivered"] == 0 and "CERTIFICATE_VERIFY_FAILED" in refused["last"][-1]["error"]
        assert len(secured.posts) == 2
    finally:
        secured.close()
