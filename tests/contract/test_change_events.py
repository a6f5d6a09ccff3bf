"""Checklist item 47: change data capture, read from the simulator's own JSON feed.

On the platform the events travel by gRPC, which neither client speaks; the writes are simple-salesforce's.
"""

import re
import threading
import time
import uuid

import pytest

from tests.simulators.salesforce.client import ControlError

from .support import call, contacts, login

ACCOUNTS = "/data/AccountChangeEvent"
CONTACTS = "/data/ContactChangeEvent"
EVERYTHING = "/data/ChangeEvents"
OLDEST = -2


@pytest.fixture
def captured(sim, sf):
    """simple-salesforce on an org with change events of two objects."""
    sim.config(cdc_objects=["Account", "Contact"])
    return sf


@pytest.fixture
def read(sim, captured):
    """Reads a channel from its oldest event on."""

    def events(channel=EVERYTHING, replay=OLDEST, **options):
        return sim.feed(captured.session_id, channel, replay, **options)["events"]

    return events


def header(event):
    return event["payload"]["ChangeEventHeader"]


def fields(event):
    return {name: value for name, value in event["payload"].items() if name != "ChangeEventHeader"}


def test_item_47_create_carries_all_that_is_set(sim, captured, read):
    made = captured.Account.create({"Name": "Rossi", "Phone": "1", "Odoo_Credit_Limit__c": 5})["id"]
    (event,) = read(ACCOUNTS)
    assert event["channel"] == ACCOUNTS and isinstance(event["event"]["replayId"], int) and event["schema"]
    assert set(header(event)) == {
        "entityName", "recordIds", "changeType", "changeOrigin", "transactionKey", "sequenceNumber", "commitTimestamp",
        "commitNumber", "commitUser", "nulledFields", "diffFields", "changedFields",
    }  # fmt: skip
    assert (header(event)["entityName"], header(event)["recordIds"]) == ("Account", [made])
    assert header(event)["changeType"] == "CREATE" and header(event)["commitUser"] == sim.users["integration"]
    assert uuid.UUID(header(event)["transactionKey"])
    values = fields(event)
    assert (values["Name"], values["Phone"], values["Odoo_Credit_Limit__c"]) == ("Rossi", "1", 5.0)
    assert "Fax" not in values and not {"Id", "IsDeleted", "SystemModstamp"} & set(values)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", values["CreatedDate"])


def test_item_47_update_is_partial_and_names_what_was_emptied(sim, captured, read):
    (known,) = sim.seed("Account", [{"Name": "Rossi", "Phone": "1", "Fax": "2"}])
    assert read() == [], "the org's past makes no events"
    sim.advance(60)
    captured.Account.update(known, {"Phone": "3", "Fax": None})
    (event,) = read(ACCOUNTS)
    assert header(event)["changeType"] == "UPDATE"
    assert header(event)["nulledFields"] == ["Fax"]
    assert {"Phone", "Fax", "LastModifiedDate"} <= set(header(event)["changedFields"])
    assert set(fields(event)) == set(header(event)["changedFields"])
    assert fields(event)["Phone"] == "3" and fields(event)["Fax"] is None and "Name" not in fields(event)


def test_item_47_delete_and_undelete(sim, captured, read):
    (known,) = sim.seed("Account", [{"Name": "Rossi", "Phone": "1"}])
    captured.Account.delete(known)
    sim.undelete("Account", known)
    gone, back = read(ACCOUNTS)
    assert header(gone)["changeType"] == "DELETE" and fields(gone) == {}
    assert header(back)["changeType"] == "UNDELETE" and fields(back)["Phone"] == "1"
    assert header(back)["commitUser"] == sim.users["human"]


def test_item_47_one_change_of_many_records_is_one_event(sim, captured, read):
    ids = sim.seed("Contact", contacts(3))
    records = [{"attributes": {"type": "Contact"}, "id": number, "Phone": "1"} for number in ids[:2]]
    records.append({"attributes": {"type": "Contact"}, "id": ids[2], "Phone": "2"})
    sim.freeze("2030-01-01T00:00:00Z")
    captured.restful("composite/sobjects", method="PATCH", json={"records": records})
    both, single = read(CONTACTS)
    assert header(both)["recordIds"] == ids[:2] and header(single)["recordIds"] == ids[2:]
    assert header(both)["transactionKey"] == header(single)["transactionKey"]
    assert [header(event)["sequenceNumber"] for event in (both, single)] == [1, 2]
    captured.Contact.update(ids[0], {"Phone": "9"})
    later = read(CONTACTS)[-1]
    assert header(later)["transactionKey"] != header(both)["transactionKey"]
    assert header(later)["commitNumber"] > header(both)["commitNumber"]


def test_item_47_origin_tells_who_wrote(sim, captured, read):
    named = {"Sforce-Call-Options": "client=odoo-sync"}
    made = call(captured, "POST", "sobjects/Account", json={"Name": "A"}, headers=named)
    captured.Account.update(made.json()["id"], {"Name": "B"})
    sim.edit("Account", made.json()["id"], {"Name": "C"}, user="human")
    origins = [(header(event)["changeOrigin"], header(event)["commitUser"]) for event in read(ACCOUNTS)]
    assert origins == [
        ("com/salesforce/api/rest/62.0;client=odoo-sync", sim.users["integration"]),
        ("com/salesforce/api/rest/62.0", sim.users["integration"]),
        ("", sim.users["human"]),
    ]


def test_item_47_channels_and_selection(sim, captured, read):
    captured.Account.create({"Name": "A"})
    captured.Contact.create({"LastName": "C"})
    captured.Lead.create({"LastName": "L", "Company": "not selected"})
    sim.config(cdc_channels={"People__chn": ["Contact"]})
    assert [header(event)["entityName"] for event in read()] == ["Account", "Contact"]
    assert [header(event)["entityName"] for event in read("/data/People__chn")] == ["Contact"]
    sim.schema("ERP_Order__c")
    sim.config(cdc_objects=["ERP_Order__c"])
    captured.ERP_Order__c.create({"Name": "1"})
    assert [header(event)["entityName"] for event in read("/data/ERP_Order__ChangeEvent")] == ["ERP_Order__c"]


def test_item_47_replay_starts_after_an_id(sim, captured, read):
    for name in "ABCDE":
        captured.Account.create({"Name": name})
    everything = read(ACCOUNTS)
    replays = [event["event"]["replayId"] for event in everything]
    assert replays == sorted(replays) and replays != list(range(replays[0], replays[0] + 5)), "with holes"
    assert read(ACCOUNTS, replays[2]) == everything[3:]
    page = sim.feed(captured.session_id, ACCOUNTS, replays[0], most=2)
    assert page["events"] == everything[1:3] and page["pending"] == 2
    assert sim.feed(captured.session_id, ACCOUNTS, page["latest_replay_id"])["events"] == everything[3:]
    assert read(ACCOUNTS, replays[-1]) == []
    captured.Contact.create({"LastName": "C"})
    idle = sim.feed(captured.session_id, ACCOUNTS, replays[-1])
    assert idle["events"] == [] and idle["latest_replay_id"] > replays[-1], "moves on though the channel is quiet"


@pytest.mark.parametrize("how", ["three days", "on demand"])
def test_item_47_a_replay_id_that_is_gone(sim, captured, read, how):
    for name in "AB":
        captured.Account.create({"Name": name})
    first = read(ACCOUNTS)[0]["event"]["replayId"]
    if how == "three days":
        sim.advance(72 * 3600 + 1)
        token = login(sim).session_id
    else:
        assert sim.expire_feed() == 2
        token = captured.session_id
    captured = login(sim)
    captured.Account.create({"Name": "C"})
    with pytest.raises(ControlError, match="replayid.validation.failed"):
        sim.feed(token, ACCOUNTS, first)
    with pytest.raises(ControlError, match="replayid.validation.failed"):
        sim.feed(token, ACCOUNTS, 1)
    assert [fields(event)["Name"] for event in sim.feed(token, ACCOUNTS, OLDEST)["events"]] == ["C"]


def test_item_47_gaps_and_overflow(sim, captured, read):
    known = sim.seed("Account", [{"Name": str(i)} for i in range(3)])
    sim.gap_next("Account")
    captured.Account.update(known[0], {"Phone": "1"})
    captured.Account.update(known[0], {"Phone": "2"})
    sim.config(cdc_transaction_limit=1)
    records = [{"attributes": {"type": "Account"}, "id": number, "Fax": number} for number in known]
    captured.restful("composite/sobjects", method="PATCH", json={"records": records})
    sim.emit_change("Account", "GAP_DELETE", [known[2]])
    sim.emit_change("Account", "UPDATE")
    gap, whole, first, overflow, emitted, wildcard = read(ACCOUNTS)
    assert (header(gap)["changeType"], header(gap)["recordIds"], fields(gap)) == ("GAP_UPDATE", known[:1], {})
    assert header(whole)["changeType"] == "UPDATE" and fields(whole)["Phone"] == "2"
    assert header(first)["recordIds"] == known[:1]
    assert header(overflow)["changeType"] == "GAP_OVERFLOW" and fields(overflow) == {}
    assert header(overflow)["recordIds"] == ["000000000000000AAA"] and header(overflow)["commitTimestamp"] > 0
    assert (header(emitted)["changeType"], header(emitted)["recordIds"]) == ("GAP_DELETE", [known[2]])
    assert header(wildcard)["recordIds"] == ["001*"]


def test_item_47_merge_tells_of_the_accounts_only(sim, captured, read):
    winner, loser = sim.seed("Account", [{"Name": "Rossi"}, {"Name": "Rosi"}])
    sim.seed("Contact", [{"LastName": "Rossi", "AccountId": loser}])
    sim.merge("Account", winner, [loser])
    found = [(header(event)["changeType"], header(event)["recordIds"]) for event in read()]
    assert found == [("DELETE", [loser]), ("UPDATE", [winner])], "children move without events of their own"


def test_item_47_a_person_account_has_two_events(sim, captured, read):
    sim.config(person_accounts=True)
    captured.Account.create({"LastName": "Rossi", "PersonEmail": "r@rossi.it"})
    account, contact = sorted(read(), key=lambda event: header(event)["entityName"])
    assert fields(account)["PersonEmail"] == fields(contact)["Email"] == "r@rossi.it"
    assert header(account)["transactionKey"] == header(contact)["transactionKey"]


def test_item_47_waits_for_the_next_event(sim, captured):
    found = []
    waiting = threading.Thread(target=lambda: found.append(sim.feed(captured.session_id, ACCOUNTS, wait=30)))
    waiting.start()
    deadline = time.monotonic() + 20
    while waiting.is_alive() and time.monotonic() < deadline:
        captured.Account.create({"Name": "A"})
        waiting.join(0.2)
    assert not waiting.is_alive()
    assert [header(event)["changeType"] for event in found[0]["events"]] == ["CREATE"]


def test_item_47_needs_a_session(sim, captured):
    with pytest.raises(ControlError, match="INVALID_SESSION_ID"):
        sim.feed("00D!nothing", ACCOUNTS)
