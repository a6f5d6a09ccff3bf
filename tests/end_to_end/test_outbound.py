"""What changes in Odoo reaches Salesforce: once, as it is, and nothing comes back."""

from __future__ import annotations

import pytest

from setup.lib.rpc import RpcError
from tests.simulators.salesforce.client import start_simulator

from .customers import Customers
from .equality import EXTERNAL_ID, differences, idle_writes, last_entry, proof
from .two_way import BothWays


def ours(connection, since, **wanted):
    """What we wrote over there since an entry of the journal, records of customers only."""
    entries = connection.simulator.journal(since=since, user="integration", **wanted)
    return [entry for entry in entries if entry["object"] in ("Account", "Contact")]


def test_first_load_is_acknowledged(both, shelf):
    """Each record gets our id, once, with what Odoo alone decides; people's own values stay untouched."""
    [(uuid,)] = both.stack.sql("SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'")
    both.quiet()
    links = both.links(part="main")
    expected = {b["external_id"]: f"{uuid[:8]}:res.partner:{b['res_id']}" for b in links}
    there = {r["Id"]: r.get(EXTERNAL_ID) for name in ("Account", "Contact") for r in both.simulator.records(name)}
    assert there == expected and all(b["carries_our_id"] for b in links)
    written = ours(both, 0)
    assert sorted(e["id"] for e in written if EXTERNAL_ID in e["fields"]) == sorted(expected)
    assert {name for e in written for name in e["fields"] if not name.startswith("Odoo_")} == set()
    assert [*proof(both), *differences(both, ours=True)] == []


def test_edit_arrives_and_nothing_else_is_touched(both, family_of_two):
    since = last_entry(both)
    both.write(family_of_two.person, function="Head of Purchasing", phone="+39 02 5555 0001")
    both.arrives(family_of_two.contact, Title="Head of Purchasing")
    both.quiet()
    [entry] = ours(both, since)
    assert entry["id"] == family_of_two.contact and {"Title", "Phone"} <= set(entry["fields"])
    assert both.record(family_of_two.contact)["Email"], "a field that no user changed was cleared"


def test_edit_over_there_is_not_sent_back(both, family_of_two):
    since = last_entry(both)
    both.simulator.edit("Contact", family_of_two.contact, {"Title": "CFO"})
    both.poll()
    both.quiet()
    assert both.partner(family_of_two.contact)["function"] == "CFO"
    echoes = [entry for entry in ours(both, since) if "Title" in entry["fields"]]
    assert echoes == [] and idle_writes(both, since) == []


def test_edits_in_a_row_arrive_as_the_last(both, family_of_two):
    since = last_entry(both)
    for number in range(8):
        both.write(family_of_two.person, function=f"Title {number}")
    both.arrives(family_of_two.contact, Title="Title 7")
    both.quiet()
    titles = [entry["after"]["Title"] for entry in ours(both, since, id=family_of_two.contact)]
    assert titles == sorted(titles) and titles[-1] == "Title 7", "an older state was sent after a newer one"


def test_null_clears(both, family_of_two):
    both.write(family_of_two.person, function=False)
    both.arrives(family_of_two.contact, Title=None)


def test_rollback_sends_nothing(both, family_of_two):
    since = last_entry(both)
    with pytest.raises(RpcError):
        both.write(family_of_two.person, function="Never", parent_id=family_of_two.person)
    assert both.query("SELECT 1 FROM retail_sync_change") == []
    both.quiet()
    assert ours(both, since) == []


def test_import_and_plain_sql_are_seen(both, family_of_two):
    """What no override of a method would notice; plain SQL triggers no job, so the sweeper finds it."""
    rows = [[str(family_of_two.firm), "https://imported.example"], [str(family_of_two.person), "https://p.example"]]
    answer = both.stack.rpc("res.partner", "load", [[".id", "website"], rows])
    assert answer["ids"], answer
    both.arrives(family_of_two.account, Website="https://imported.example")
    both.stack.sql("UPDATE res_partner SET function = 'By SQL' WHERE id = %s", (family_of_two.colleague,))
    both.until(lambda: both.there(family_of_two.other, Title="By SQL"))


def test_address_moves_as_a_whole(both, family_of_two):
    both.write(family_of_two.firm, street="Via Nuova 5", street2="Scala B", zip="34100", city="Trieste")
    record = both.arrives(family_of_two.account, BillingCity="Trieste")
    assert (record["BillingStreet"], record["BillingPostalCode"]) == ("Via Nuova 5\nScala B", "34100")


def test_delivery_address_made_here_fills_the_other_address(both, family_of_two):
    values = {"name": "Warehouse", "street": "Via Porto 1", "city": "Venezia", "zip": "30100"}
    both.make(**values, type="delivery", parent_id=family_of_two.firm, country_id=both.country())
    record = both.arrives(family_of_two.account, ShippingCity="Venezia")
    assert record["ShippingStreet"] == "Via Porto 1" and record["BillingCity"] == "Udine"
    both.wait_idle()  # the record is there a moment before its delivery result is applied
    assert both.link(family_of_two.account, "delivery")["state"] == "in_sync"


@pytest.mark.parametrize("reaction", ["keep", "delete"])
def test_deleted_here(both, shelf, reaction):
    family = shelf.take()
    both.tune("Contact", unlink_policy=reaction)
    since = last_entry(both)
    both.stack.rpc("res.partner", "unlink", [[family.colleague]])
    both.quiet()
    assert both.record(family.other)["IsDeleted"] is (reaction == "delete")
    assert [entry["op"] for entry in ours(both, since)] == (["delete"] if reaction == "delete" else [])
    # What is deleted here is not brought back by the next change over there.
    if reaction == "keep":
        both.simulator.edit("Contact", family.other, {"Title": "Not to come back"})
        both.quiet()
        assert both.query("SELECT 1 FROM res_partner WHERE function = 'Not to come back'") == []
    both.tune("Contact", unlink_policy="keep")


def test_other_connections_get_what_one_brings(stack, both, tmp_path):
    """Two orgs with the same customer: an edit in one goes on to the other, and not back."""
    customers = Customers(6001)
    values = {
        name: value for name, value in customers.contact().items() if name not in ("SystemModstamp", "CreatedDate")
    }
    here = both.simulator.create("Contact", values)
    both.poll()
    with start_simulator(tmp_path) as second:
        [mirror] = second.seed("Contact", [values])
        mate = BothWays(stack, second, name="Second org")
        mate.load()
        mate.quiet()
        assert mate.link(mirror)["res_id"] == both.link(here)["res_id"], mate.exceptions()
        both.quiet()
        mark, there = last_entry(both), last_entry(mate)
        second.edit("Contact", mirror, {"Title": "From the second"})
        mate.poll()
        both.arrives(here, Title="From the second")
        both.quiet()
        mate.quiet()
        assert [e["fields"] for e in ours(both, mark) if "Title" in e["fields"]] == [["Title"]]
        assert [e for e in ours(mate, there) if "Title" in e["fields"]] == []
        mate.retire()
