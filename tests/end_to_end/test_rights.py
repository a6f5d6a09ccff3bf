"""Users with a session and next to no rights, at the running server: what they call is refused, or harmless."""

from __future__ import annotations

import pytest

from setup.lib.rpc import OdooRpc, RpcError

ACCESS_ERROR = "odoo.exceptions.AccessError"


@pytest.fixture(scope="module")
def sessions(both):
    """Sessions of users with one group each, by the name of the group."""
    groups = {
        "portal": "base.group_portal",
        "sales": "sales_team.group_sale_salesman_all_leads",
        "operator": "retail_sync.group_operator",
        "auditor": "retail_sync.group_auditor",
        "manager": "retail_sync.group_manager",
    }
    found = {}
    for name, group in groups.items():
        module, _dot, xmlid = group.partition(".")
        [row] = both.query("SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s", module, xmlid)
        values = {
            "name": name,
            "login": f"{name}@rights.example",
            "password": name,
            "group_ids": [[6, 0, [row["res_id"]]]],
        }
        both.stack.rpc("res.users", "create", [[values]], {"context": {"no_reset_password": True}})
        found[name] = OdooRpc(both.stack.url, both.stack.db, values["login"], name)
    return found


def refused(call, *args):
    """The class of the refusal of a call."""
    with pytest.raises(RpcError) as caught:
        call(*args)
    return caught.value.name


def jobs(both):
    """How many jobs have ever been queued."""
    [row] = both.query("SELECT last_value FROM queue_job_id_seq")
    return row["last_value"]


def test_a_flood_of_a_portal_customer_queues_nothing(both, sessions, shelf):
    family = shelf.take()
    before = jobs(both)
    for _time in range(10):
        for role in ("portal", "sales", "auditor"):
            ids = list(range(1, 5001))
            assert refused(sessions[role], "res.partner", "action_sync_now", [ids]) == ACCESS_ERROR
    assert refused(sessions["portal"], "res.partner", "action_sync_open_remote", [[family.colleague]]) == ACCESS_ERROR
    assert jobs(both) == before


def test_ten_clicks_of_an_operator_read_a_record_once(both, sessions, shelf):
    family = shelf.take()
    before = jobs(both)
    for _time in range(10):
        sessions["operator"]("res.partner", "action_sync_now", [[family.colleague]])
    assert jobs(both) - before <= 2  # one that was read may be asked for again
    both.quiet()


def test_an_operator_turns_no_message_into_a_deletion(both, sessions, shelf):
    family = shelf.take()
    both.tune("Contact", unlink_policy="delete")
    try:
        both.write(family.colleague, phone="+39 055 1234567")
        both.quiet()
        [row] = both.query(
            "SELECT max(id) AS id FROM retail_sync_message WHERE res_model = 'res.partner' AND res_id = %s"
            " AND kind = 'delivery'", family.colleague,
        )  # fmt: skip
        for role in ("operator", "manager"):
            forged = {"op": "delete", "state": "open"}
            assert refused(sessions[role], "retail.sync.message", "write", [[row["id"]], forged]) == ACCESS_ERROR
        # With the database at hand: the delivery finds that the customer lives.
        both.stack.sql("UPDATE retail_sync_message SET op = 'delete', state = 'open' WHERE id = %s", [row["id"]])
        sessions["operator"]("retail.sync.message", "action_retry", [[row["id"]]])
        both.quiet()
        assert not both.record(family.other)["IsDeleted"]
    finally:
        both.tune("Contact", unlink_policy="keep")


def test_an_operator_starts_no_load_by_a_message(both, sessions):
    [message] = both.query("SELECT max(id) AS id FROM retail_sync_message")
    forged = {"key": "run/1", "run_id": 1, "kind": "alarm", "alarm_about": "load"}
    assert refused(sessions["operator"], "retail.sync.message", "write", [[message["id"]], forged]) == ACCESS_ERROR
    assert refused(sessions["operator"], "retail.sync.connection", "start_first_load", [[both.id]]) == ACCESS_ERROR


def test_no_user_calls_an_adapter(both, sessions):
    for role in ("portal", "manager"):
        for method in ("push", "delete_remote", "read_by_ids", "normalise_id", "check_filter", "write_limit"):
            name = refused(sessions[role], "retail.sync.adapter.salesforce", method, [[both.id], []])
            assert name == ACCESS_ERROR, method
