"""One bad record fails alone, is explained, and goes away when it is repaired."""

from __future__ import annotations

import contextlib

import pytest

from .accounting import discrepancies, partner_ids


@contextlib.contextmanager
def poison(stack, word):
    """The database itself refuses partners of a name: no code of ours can foresee it."""
    stack.sql(f"ALTER TABLE res_partner ADD CONSTRAINT poison_{word} CHECK (name NOT LIKE '%%{word}%%') NOT VALID")
    try:
        yield
    finally:
        stack.sql(f"ALTER TABLE res_partner DROP CONSTRAINT IF EXISTS poison_{word}")


@pytest.fixture
def two_hundred(connection, customers):
    """200 new contacts; the 137th is called Poison."""
    records = [customers.contact() for _ in range(200)]
    records[136]["LastName"] = f"Poison {customers.tag}"
    contacts = connection.simulator.seed("Contact", records)
    return contacts, contacts[136]


def test_one_bad_record_in_200_fails_alone(connection, two_hundred):
    contacts, bad = two_hundred
    before = partner_ids(connection)
    with poison(connection.stack, "Poison"):
        progress = connection.load()
        assert progress["done"] and progress["totals"]["failed"] == 1
        assert discrepancies(connection, before) == []
        assert len(partner_ids(connection) - before) == 199
        [message] = connection.exceptions()
        assert (message["external_id"], message["state"]) == (bad, "open")
        assert message["payload"]["Email"] and message["next_step"] and "oison" in message["fault_message"]
        # A failed record neither holds the watermark back nor comes again automatically.
        connection.simulator.advance(600)
        connection.poll(times=2)
        assert [found["id"] for found in connection.exceptions()] == [message["id"]]
        assert connection.links(bad) == []
    connection.simulator.edit("Contact", bad, {"LastName": "Repaired"})
    connection.poll()
    assert connection.partner(bad)["name"] == "Anna Repaired"
    assert connection.exceptions() == []
    assert [found["state"] for found in connection.messages(external_id=bad)] in (["done"], ["superseded"])


def test_retry_after_the_cause_is_gone(connection, two_hundred):
    contacts, bad = two_hundred
    with poison(connection.stack, "Poison"):
        connection.load()
        [message] = connection.exceptions()
        connection.message_call(message, "action_retry")
        [message] = connection.exceptions()
        assert message["external_id"] == bad and connection.links(bad) == []
    connection.message_call(message, "action_retry")
    assert connection.exceptions() == []
    assert connection.partner(bad)["active"] is True
    assert discrepancies(connection) == []


def test_bad_update_leaves_the_good_ones_and_the_old_values(connection, customers):
    org = connection.simulator
    contacts = org.seed("Contact", [customers.contact() for _ in range(30)])
    connection.load()
    org.advance(5)
    for number, contact in enumerate(contacts):
        last = f"Venom {customers.tag}" if number == 7 else f"Renamed {customers.tag} {number}"
        org.edit("Contact", contact, {"LastName": last})
    with poison(connection.stack, "Venom"):
        connection.poll()
        names = [connection.partner(contact)["name"] for contact in contacts]
        assert sum("Renamed" in name for name in names) == 29 and "Prova" in names[7]
        [message] = connection.exceptions()
        assert message["external_id"] == contacts[7] and message["state"] == "open"
    connection.message_call(message, "action_retry")
    assert connection.partner(contacts[7])["name"] == f"Anna Venom {customers.tag}"
    assert connection.exceptions() == []


def test_text_that_no_database_takes(connection, customers):
    """A NUL character fits neither a text column nor jsonb, so even the exception's payload is at risk."""
    records = [customers.contact() for _ in range(5)]
    records[2]["Description"] = "before\u0000after"
    contacts = connection.simulator.seed("Contact", records)
    connection.load()
    assert discrepancies(connection) == []
    assert all(connection.links(contact) for number, contact in enumerate(contacts) if number != 2)


@pytest.fixture
def doubtful(connection, customers):
    """A linked contact and its exact duplicate, which waits for a decision."""
    record = customers.contact()
    first, second = connection.simulator.seed("Contact", [record, dict(record)])
    connection.load()
    bound = [link["external_id"] for link in connection.links(part="main")]
    assert len(bound) == 1
    [message] = connection.exceptions()
    assert message["state"] == "review" and message["external_id"] in {first, second} - set(bound)
    assert message["fault_message"] and message["team"] == "business"
    return bound[0], message


def test_a_person_links_the_duplicate(connection, doubtful):
    bound, message = doubtful
    before = partner_ids(connection)
    partner = connection.partner(bound)["id"]
    connection.message_call(message, "action_link", partner)
    link = connection.link(message["external_id"])
    assert link["res_id"] == partner and link["is_primary"] is False
    assert connection.exceptions() == [] and partner_ids(connection) == before
    # The decision stands: the next load asks nothing again.
    connection.load()
    assert connection.exceptions() == [] and partner_ids(connection) == before


def test_a_person_says_they_are_two(connection, doubtful):
    bound, message = doubtful
    before = partner_ids(connection)
    connection.message_call(message, "action_create_new")
    assert connection.exceptions() == []
    assert connection.partner(message["external_id"])["id"] != connection.partner(bound)["id"]
    assert len(partner_ids(connection) - before) == 1
    connection.load()
    assert connection.exceptions() == [] and len(partner_ids(connection) - before) == 1


def test_ignored_until_it_changes(connection, doubtful):
    bound, message = doubtful
    connection.message_call(message, "action_ignore", "Not needed")
    connection.load()
    assert connection.exceptions() == [] and connection.links(message["external_id"]) == []
    connection.simulator.advance(5)
    connection.simulator.edit(
        "Contact", message["external_id"], {"LastName": "Another", "Email": "another@else.example"}
    )
    connection.poll()
    assert connection.partner(message["external_id"])["name"].endswith("Another")


def test_existing_customer_is_linked_not_doubled(connection, customers):
    record = customers.contact(Phone="+39 0432 123456")
    partner = connection.stack.rpc(
        "res.partner", "create", [{"name": f"Anna {record['LastName']}", "email": record["Email"].upper()}]
    )
    [contact] = connection.simulator.seed("Contact", [record])
    before = partner_ids(connection)
    progress = connection.load()
    link = connection.link(contact)
    assert link["res_id"] == partner and link["reason"] and link["rule"]
    assert progress["totals"]["linked"] == 1 and partner_ids(connection) == before


def test_dry_run_writes_nothing_and_foretells_the_load(connection, customers):
    record = customers.contact()
    duplicate = dict(record)
    known = customers.contact()
    connection.stack.rpc("res.partner", "create", [{"name": f"Anna {known['LastName']}", "email": known["Email"]}])
    connection.simulator.seed("Contact", [record, duplicate, known, *[customers.contact() for _ in range(7)]])
    before = partner_ids(connection)
    connection.call("start_dry_run")
    connection.wait_idle()
    runs = [run for run in connection.runs() if run["kind"] == "dry"]
    assert partner_ids(connection) == before and connection.links() == [] and connection.exceptions() == []
    foretold = {
        name: sum(run[f"n_{name}"] for run in runs) for name in ("read", "linked", "created", "review", "failed")
    }
    totals = connection.load()["totals"]
    assert foretold == {"read": 10, "linked": 1, "created": 8, "review": 1, "failed": 0}
    assert {name: totals[name] for name in foretold} == foretold
