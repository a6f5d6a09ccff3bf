"""Customers made in Odoo: exported once, as the setting says, parents first; what is refused is refused alone."""

from __future__ import annotations

import pytest

from .equality import last_entry, proof

BATCH = 24


@pytest.fixture
def exporting(both, shelf):
    """New customers go out at once; both sides are equal at the end."""
    both.tune(export_policy="always")
    yield both
    both.simulator.clear_faults()
    both.quiet()
    both.tune(export_policy="never")
    assert proof(both) == []


def linked(connection, partner):
    """Wait until a partner is linked; its record over there."""
    return connection.record(connection.stack.wait_for(lambda: connection.external_id(partner), interval=0.05))


def inserts(connection, since):
    """What we made over there since an entry of the journal."""
    return [
        (entry["object"], entry["id"])
        for entry in connection.simulator.journal(since=since, op="insert", user="integration")
        if entry["object"] in ("Account", "Contact")
    ]


def test_export_never_and_with_the_first_order(both, shelf):
    both.quiet()
    since = last_entry(both)
    never = both.make(name="Mai S.r.l.", is_company=True)
    both.quiet()
    assert inserts(both, since) == [] and both.external_id(never) is None
    both.tune(export_policy="order")
    buyer = both.make(name="Primo Ordine S.r.l.", is_company=True)
    both.quiet()
    assert inserts(both, since) == []
    order = both.stack.rpc("sale.order", "create", [{"partner_id": buyer}])
    both.stack.rpc("sale.order", "action_confirm", [order])
    assert linked(both, buyer)["Name"] == "Primo Ordine S.r.l."
    both.quiet()
    both.tune(export_policy="never")
    assert len(inserts(both, since)) == 1 and both.external_id(never) is None and proof(both) == []


def test_parents_go_before_their_children(exporting):
    since = last_entry(exporting)
    head = exporting.make(
        name="Gruppo Nuovo S.p.A.",
        is_company=True,
        child_ids=[
            (0, 0, {"name": "Filiale Nord", "is_company": True}),
            (0, 0, {"name": "Ada Nuova", "email": "ada@gruppo.example"}),
            (0, 0, {"name": "Ugo Nuovo", "email": "ugo@gruppo.example"}),
        ],
    )
    top = linked(exporting, head)
    children = exporting.query("SELECT id, is_company FROM res_partner WHERE parent_id = %s", head)
    for child in children:
        record = linked(exporting, child["id"])
        assert record["ParentId" if child["is_company"] else "AccountId"] == top["Id"]
    exporting.quiet()
    made = inserts(exporting, since)
    assert made[0] == ("Account", top["Id"]) and len(made) == 4


def test_one_bad_record_is_refused_alone(exporting):
    message = "Not in this org"
    exporting.simulator.validation_rule("Contact", "Title", "=", "Unwanted", message)
    partners = exporting.stack.rpc(
        "res.partner",
        "create",
        [[{"name": f"Serie {n}", "email": f"s{n}@series.example", "function": "Buyer"} for n in range(BATCH)]],
    )
    for partner in partners:
        linked(exporting, partner)
    exporting.wait_idle()
    exporting.stack.rpc("res.partner", "write", [[partners[7]], {"function": "Unwanted"}])
    exporting.stack.rpc("res.partner", "write", [partners[8:12], {"function": "Wanted"}])
    for partner in partners[8:12]:
        exporting.arrives(exporting.external_id(partner), Title="Wanted")
    [refused] = exporting.stack.wait_for(lambda: exporting.outbox("open"))
    assert refused["res_id"] == partners[7] and message in refused["fault_message"] and refused["next_step"]
    # The record goes on once the person has put it right.
    exporting.write(partners[7], function="Welcome")
    exporting.arrives(exporting.external_id(partners[7]), Title="Welcome")
    exporting.quiet()
    assert exporting.outbox("open") == []


def test_answers_lost_after_the_commit(exporting):
    """The platform has made the records and its answer never came: sending again makes no second ones."""
    since = last_entry(exporting)
    path = {"path": "/composite", "method": "POST"}
    # The first call of a drain may be a read; the answers of the next few are lost whatever they are.
    fault = exporting.simulator.fault("drop_after_commit", path, times=3)
    partners = exporting.stack.rpc(
        "res.partner", "create", [[{"name": f"Eco {n}", "email": f"e{n}@echo.example"} for n in range(BATCH)]]
    )
    exporting.until(lambda: all(exporting.external_id(partner) for partner in partners))
    exporting.quiet()
    assert next(entry["hits"] for entry in exporting.simulator.faults() if entry["id"] == fault) == 3
    made = inserts(exporting, since)
    assert len(made) == len(set(made)) == BATCH
    assert {exporting.external_id(partner) for partner in partners} == {key for _name, key in made}


def test_duplicate_rule_names_its_candidates(exporting, shelf):
    family = shelf.take()
    exporting.simulator.duplicate_rule("Contact", ["Email"])
    known = exporting.partner(family.contact)
    look_alike = exporting.make(name="Altra Persona", email=known["email"])
    [message] = exporting.until(lambda: exporting.outbox("open"))
    assert message["res_id"] == look_alike and message["fault_code"] == "DUPLICATES_DETECTED"
    assert family.contact in message["fault_message"] and message["team"] == "business" and message["next_step"]
    assert exporting.external_id(look_alike) is None
    exporting.write(look_alike, email="another@elsewhere.example")
    linked(exporting, look_alike)
    exporting.quiet()
    assert exporting.outbox("open") == []


def test_look_alike_is_created_when_a_person_confirms_it(exporting, shelf):
    """Refused by a rule that warns: two customers may share a mailbox, and a user confirms it."""
    family = shelf.take()
    exporting.simulator.control("DELETE", "duplicate_rules")
    exporting.simulator.duplicate_rule("Contact", ["Email"], action="alert")
    look_alike = exporting.make(name="Un Altro Cliente", email=exporting.partner(family.contact)["email"])
    [message] = exporting.until(lambda: [found for found in exporting.outbox("open") if found["res_id"] == look_alike])
    exporting.stack.rpc("retail.sync.message", "action_create_anyway", [[message["id"]]])
    there = linked(exporting, look_alike)
    exporting.quiet()
    assert there != family.contact
    assert exporting.outbox("open") == []


def test_duplicate_that_was_not_read_yet_is_linked(exporting, shelf):
    """The same customer was made on both sides at the same time: they find each other, by the rules of identity."""
    exporting.simulator.duplicate_rule("Contact", ["Email"])
    since = last_entry(exporting)
    values = shelf.customers.contact()
    there = exporting.simulator.create("Contact", {"FirstName": "Anna", "LastName": values["LastName"],
                                                   "Email": values["Email"]})  # fmt: skip
    here = exporting.make(name=f"Anna {values['LastName']}", email=values["Email"])
    assert exporting.until(lambda: exporting.external_id(here)) == there
    exporting.quiet()
    assert inserts(exporting, since) == []
