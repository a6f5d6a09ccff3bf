"""No transaction is open while the platform works, in any path: an addon refuses each call that breaks this.

What stays open is the transaction of the job itself, in which queue_job holds the lock that says that the job is alive
(ADR 0006). It has written nothing and locked nothing else.
"""

from __future__ import annotations

import pytest

from .addon_stack import stack_with
from .customers import Customers
from .equality import proof
from .test_comparison import compare
from .two_way import BothWays

# The jobs that call the platform. A new one belongs here, with a step below that makes it run.
CALLING = {
    "_job_begin", "_job_wait", "_job_fetch", "_job_poll", "_job_verify_missing", "_job_refresh", "_job_events",
    "_job_drain", "_job_ingest", "_job_compare_list", "_job_compare_slice", "_job_compare_unlinked",
}  # fmt: skip
CONTACTS = 30


@pytest.fixture(scope="module")
def watched():
    """A connection, on a server of which each call is watched."""
    with stack_with("call_watch") as stack:
        yield BothWays(stack, stack.simulator, name="Watched", export="always")


def calls(connection):
    """{method of a job: calls it made}."""
    rows = connection.query("SELECT method, count(*) AS made FROM call_watch WHERE method IS NOT NULL GROUP BY method")
    return {row["method"]: row["made"] for row in rows}


def test_no_job_has_a_transaction_open_while_the_platform_works(watched):
    org, customers = watched.simulator, Customers(7600)
    accounts = org.seed("Account", [customers.account() for _ in range(4)])
    contacts = org.seed("Contact", [customers.contact(AccountId=accounts[0]) for _ in range(CONTACTS)])
    # Accounts page by page, contacts in bulk.
    watched.tune("Contact", bulk_threshold=10)
    watched.load()
    watched.quiet()
    org.advance(60)

    org.edit("Contact", contacts[0], {"Title": "Polled"})
    watched.poll()
    org.delete("Contact", contacts[1])
    org.advance(120)
    watched.poll()

    number = watched.listen("Contact")
    org.edit("Contact", contacts[2], {"Title": "Announced"})
    watched.stack.wait_for(lambda: watched.partner(contacts[2])["function"] == "Announced")
    org.wait_sent(number)
    org.unsubscribe()

    partner = watched.partner(contacts[3])["id"]
    watched.write(partner, function="Sent")
    watched.arrives(contacts[3], Title="Sent")
    made = watched.make(name="Watched Newcomer", email="newcomer@watched.example")
    watched.until(lambda: watched.external_id(made))

    watched.quiet()
    watched.tune("Contact", bulk_write_threshold=5)
    partners = [watched.partner(contact)["id"] for contact in contacts[4:]]
    watched.stack.sql("UPDATE res_partner SET function = 'In bulk' WHERE id = ANY(%s)", [partners])
    watched.sweep()
    for contact in contacts[4:]:
        watched.arrives(contact, Title="In bulk")
    watched.quiet()

    # A record that a load does not show any more is asked for by its id.
    org.delete("Contact", contacts[4])
    watched.load()
    watched.stack.rpc("retail.sync.link", "action_sync_now", [[watched.link(contacts[5])["id"]]])
    watched.wait_idle()
    # What no poll has shown yet is read by the comparison.
    [unknown] = org.seed("Contact", [customers.contact()])
    org.edit_many("Contact", [(contact, {"Title": "Not polled"}) for contact in (contacts[6], unknown)])
    compare(watched)
    watched.quiet()

    broken = watched.query("SELECT DISTINCT broken FROM call_watch WHERE broken <> ''")
    assert [row["broken"] for row in broken] == []
    assert watched.exceptions() == [] and proof(watched) == []
    assert CALLING <= calls(watched).keys(), f"not tried: {CALLING - calls(watched).keys()}"
