"""One record over which an addon fails, in each path: the others arrive, and that record is an exception of its own.

Load, poll, event; new record, acknowledgement, encoding. Once the fault is gone, a retry brings the record through.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from setup.lib import environment, paths
from tests.stack import Stack

from .customers import Customers
from .equality import proof
from .two_way import BothWays

WORD = "Venenum"
OTHERS = 9


@pytest.fixture(scope="module")
def stack():
    """A server with the addon that fails."""
    with environment.opened() as opened:
        folders = [str(paths.ROOT), str(Path(__file__).parent / "addons")]
        folders += [opened.source.addons] if opened.source.addons else []
    with Stack("poison", simulator=True, options={"addons_path": ",".join(folders)}) as running:
        running.rpc("ir.module.module", "update_list", [])
        [addon] = running.rpc("ir.module.module", "search", [[["name", "=", "poison"]]])
        running.rpc("ir.module.module", "button_immediate_install", [[addon]])
        running.restart()
        yield running


@pytest.fixture(scope="module")
def customers():
    return Customers(7300)


@pytest.fixture
def connection(stack):
    """A connection on an empty org; without poison, both sides are equal at the end."""
    stack.simulator.reset()
    made = BothWays(stack, stack.simulator, name="Poison")
    yield made
    made.quiet()
    assert made.exceptions() == [] and proof(made) == []
    made.retire()


@contextlib.contextmanager
def poison(connection, path):
    """Let an addon fail over customers whose name has the word, in one path."""
    connection.stack.rpc("ir.config_parameter", "set_param", [f"poison.{path}", WORD])
    try:
        yield
    finally:
        connection.stack.rpc("ir.config_parameter", "set_param", [f"poison.{path}", ""])


def contacts(connection, customers, poisoned=True):
    """Contacts of the org, of which the one in the middle has the word in its name: (the others, that one)."""
    records = [customers.contact(Title="Before") for _ in range(OTHERS + 1)]
    if poisoned:
        records[OTHERS // 2]["LastName"] = f"{WORD} {records[OTHERS // 2]['LastName']}"
    ids = connection.simulator.seed("Contact", records)
    bad = ids.pop(OTHERS // 2)
    return ids, bad


def alone(connection, about):
    """The one exception, which is about a record of the platform, or a partner; it names no value."""
    [message] = connection.exceptions()
    assert (message["external_id"] if isinstance(about, str) else message["res_id"]) == about, message
    assert message["state"] == "open" and message["fault_code"] and message["next_step"]
    assert WORD not in message["fault_message"]
    assert connection.messages("pending", "sending", "parked") == []
    return message


def edit(connection, ids, title):
    """Edit contacts on the platform."""
    connection.simulator.edit_many("Contact", [(contact, {"Title": title}) for contact in ids])


def titles(connection, ids):
    return {connection.partner(contact)["function"] for contact in ids}


def test_load(connection, customers):
    others, bad = contacts(connection, customers)
    with poison(connection, "in"):
        connection.call("start_first_load")
        progress = connection.stack.wait_for(lambda: (found := connection.call("get_progress"))["done"] and found)
        assert progress["totals"]["failed"] == 1
        # A page that fails as a whole is cut up: each piece is a job, and the smallest one becomes the exception.
        connection.stack.wait_for_jobs()
        connection.expect_failed_jobs()
        assert titles(connection, others) == {"Before"}
        message = alone(connection, bad)
        assert connection.links(bad) == []
    connection.message_call(message, "action_retry")
    assert titles(connection, [bad]) == {"Before"}


def test_poll(connection, customers):
    others, bad = contacts(connection, customers)
    connection.load()
    connection.simulator.advance(5)
    with poison(connection, "in"):
        edit(connection, [*others, bad], "After")
        connection.poll()
        assert titles(connection, others) == {"After"} and titles(connection, [bad]) == {"Before"}
        message = alone(connection, bad)
        connection.simulator.advance(30)
        edit(connection, others, "Later")
        connection.poll()
        assert titles(connection, others) == {"Later"}, "later polls go on"
    connection.message_call(message, "action_retry")
    assert titles(connection, [bad]) == {"After"}


def test_event(connection, customers):
    others, bad = contacts(connection, customers)
    connection.load()
    connection.simulator.advance(5)
    number = connection.listen("Contact")
    with poison(connection, "in"):
        edit(connection, [*others, bad], "Announced")
        connection.stack.wait_for(lambda: titles(connection, others) == {"Announced"})
        connection.simulator.wait_sent(number)
        connection.wait_idle()
        message = alone(connection, bad)
        assert titles(connection, [bad]) == {"Before"}
        left = connection.query(
            "SELECT 1 FROM retail_sync_event WHERE connection_id = %s AND state = 'pending'", connection.id
        )
        assert left == []
    connection.message_call(message, "action_retry")
    assert titles(connection, [bad]) == {"Announced"}
    connection.simulator.unsubscribe()


def test_new_record(connection, customers):
    connection.load()
    connection.tune(export_policy="always")
    records = [customers.contact() for _ in range(OTHERS + 1)]
    names = [f"{'Neu' if number != 4 else WORD} {record['LastName']}" for number, record in enumerate(records)]
    with poison(connection, "values"):
        partners = connection.stack.rpc(
            "res.partner",
            "create",
            [[{"name": name, "email": r["Email"]} for name, r in zip(names, records, strict=True)]],
        )
        bad = partners.pop(4)
        connection.until(lambda: all(connection.external_id(partner) for partner in partners))
        connection.wait_idle()
        message = alone(connection, bad)
        assert connection.external_id(bad) is None
    connection.message_call(message, "action_retry")
    connection.until(lambda: connection.external_id(bad))
    connection.quiet()
    connection.tune(export_policy="never")


def test_acknowledgement(connection, customers):
    others, bad = contacts(connection, customers)
    with poison(connection, "values"):
        connection.load()
        connection.until(lambda: all(carries(connection, contact) for contact in others))
        connection.wait_idle()
        message = alone(connection, connection.partner(bad)["id"])
        assert not carries(connection, bad)
    connection.message_call(message, "action_retry")
    connection.until(lambda: carries(connection, bad))


def carries(connection, contact):
    """Whether a contact has our id."""
    return connection.record(contact).get("Odoo_External_Id__c")


def test_encoding(connection, customers):
    others, bad = contacts(connection, customers)
    connection.load()
    connection.quiet()
    with poison(connection, "encode"):
        ids = [connection.partner(contact)["id"] for contact in (*others, bad)]
        connection.stack.sql("UPDATE res_partner SET function = 'Sent' WHERE id = ANY(%s)", (ids,))
        connection.sweep()
        for contact in others:
            connection.arrives(contact, Title="Sent")
        connection.wait_idle()
        message = alone(connection, ids[-1])
        assert connection.record(bad)["Title"] == "Before"
    connection.message_call(message, "action_retry")
    connection.arrives(bad, Title="Sent")
