"""A customer with a login presses every sync button as often as he likes: no job comes of it, and holds go on."""

from __future__ import annotations

import http.client
import threading

import pytest

from setup.lib.rpc import OdooRpc, RpcError

from .equality import differences, proof

BLOCKED = "Odoo_Account_Blocked__c"
CALLS = 40  # of each caller
# (model, method): what a form of a customer or of a message offers to staff.
BUTTONS = [
    ("res.partner", "action_sync_now"),
    ("res.partner", "action_sync_open_remote"),
    ("retail.sync.link", "action_sync_now"),
    ("retail.sync.message", "action_retry"),
    ("retail.sync.connection", "start_poll"),
    ("retail.sync.connection", "start_first_load"),
]


@pytest.fixture(scope="module")
def portal(both):
    """The session of a customer who has nothing but a login."""
    stack = both.stack
    [group] = stack.sql(
        "SELECT res_id FROM ir_model_data WHERE module = 'base' AND name = 'group_portal' AND model = 'res.groups'"
    )[0]
    login = "flooding.customer@example.com"
    user = stack.rpc(
        "res.users",
        "create",
        [[{"name": "Flooding Customer", "login": login, "password": login, "group_ids": [(6, 0, [group])]}]],
    )
    yield lambda: OdooRpc(stack.url, stack.db, login, login)
    stack.rpc("res.users", "write", [user, {"active": False}])


def newest_job(both):
    [(newest,)] = both.stack.sql("SELECT coalesce(max(id), 0) FROM queue_job")
    return newest


def test_the_buttons_of_staff_are_refused_to_a_customer(both, shelf, portal):
    shelf.take()
    both.wait_idle()
    before, calls = newest_job(both), both.simulator.counters()["calls"]
    session = portal()
    ids = [row["res_id"] for row in both.links(part="main")]
    for model, method in BUTTONS:
        with pytest.raises(RpcError) as refusal:
            session(model, method, [ids if model == "res.partner" else [1]])
        assert "AccessError" in refusal.value.name, f"{model}.{method}: {refusal.value}"
        assert "lightning" not in str(refusal.value)
    assert newest_job(both) == before
    assert both.simulator.counters()["calls"] == calls


def test_holds_go_on_while_customers_press_buttons(both, shelf, portal):
    """Ten such calls queued 230 jobs in the urgent lane, and a hold took a minute."""
    families = [shelf.take() for _ in range(3)]
    both.wait_idle()
    ids = [row["res_id"] for row in both.links(part="main")]
    before = newest_job(both)
    refused, went_through = [], []

    def press():
        session = portal()
        for number in range(CALLS):
            model, method = BUTTONS[number % 3]
            try:
                went_through.append(session(model, method, [ids if model == "res.partner" else [1]]))
            except RpcError as error:
                refused.append(error)
            except (OSError, http.client.HTTPException) as error:
                went_through.append(error)

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number, family in enumerate(families):
        both.write(family.firm, account_block=True, account_block_reason=f"Hold {number}")
        both.arrives(family.account, **{BLOCKED: True})
    for thread in threads:
        thread.join()
    assert went_through == []
    assert len(refused) == 3 * CALLS
    both.wait_idle()
    asked = both.query("SELECT method_name FROM queue_job WHERE id > %s", before)
    assert not {row["method_name"] for row in asked} & {"_job_refresh", "_job_poll", "_job_begin"}
    for family in families:
        both.write(family.firm, account_block=False)
        both.arrives(family.account, **{BLOCKED: False})
    both.quiet()
    assert [*proof(both), *differences(both, ours=True)] == []
