"""Both sides are compared against the simulator: what no trigger and no poll showed is found, and nothing else."""

from __future__ import annotations

from collections import defaultdict

import pytest

from .customers import Customers

EACH = 84


@pytest.fixture(scope="module")
def loaded(both):
    """Contacts that both sides agree about: six times as many as there are differences of a kind, and as many more."""
    makers = Customers(7005)
    accounts = both.simulator.seed("Account", [makers.account() for _ in range(EACH)])
    contacts = both.simulator.seed(
        "Contact", [makers.contact(AccountId=accounts[number % EACH]) for number in range(EACH * 12)]
    )
    both.load()
    both.quiet()
    return contacts


def compare(connection, meanwhile=None):
    """Compare the contacts; return (the comparison, {kind: external ids or record ids}, calls).

    meanwhile: called once the comparison has begun.
    """
    stream = connection.stream("Contact")["id"]
    calls = len(connection.simulator.calls())
    connection.stack.rpc("retail.sync.stream", "action_compare", [[stream]])
    if meanwhile:
        meanwhile()

    def ended():
        connection.hurry()
        rows = connection.query(
            "SELECT * FROM retail_sync_comparison WHERE stream_id = %s ORDER BY id DESC LIMIT 1", stream
        )
        return rows[0] if rows and rows[0]["state"] in ("done", "failed") else None

    comparison = connection.stack.wait_for(ended, 180)
    assert comparison["state"] == "done", comparison["message"]
    found = defaultdict(set)
    for row in connection.query("SELECT * FROM retail_sync_difference WHERE comparison_id = %s", comparison["id"]):
        found[row["kind"]].add(row["external_id"] or row["res_id"])
    return comparison, dict(found), len(connection.simulator.calls()) - calls


def by_sql(connection, external_ids, column, value):
    """Edit partners as a restored database does: no change stays captured."""
    connection.stack.sql(
        f"UPDATE res_partner SET {column} = '{value}' WHERE id IN (SELECT res_id FROM retail_sync_link"
        f" WHERE connection_id = {connection.id} AND part = 'main'"
        f" AND external_id = ANY('{{{','.join(external_ids)}}}')); DELETE FROM retail_sync_change"
    )


def test_equal_sides_have_no_difference(both, loaded):
    comparison, found, calls = compare(both)
    names = both.query(
        "SELECT kind, names, cause, count(*), min(values::text) AS example FROM retail_sync_difference GROUP BY 1, 2, 3"
    )
    assert found == {}, names
    assert comparison["n_remote"] == comparison["n_links"] >= len(loaded)
    assert calls < 20


def test_planted_differences_of_six_kinds_are_found_and_repaired(both, loaded):
    kinds = ("stale", "changed_by_hand", "conflict", "missing_there", "orphan")
    planted = {kind: set(loaded[number * EACH : (number + 1) * EACH]) for number, kind in enumerate(kinds)}
    simulator = both.simulator
    by_sql(both, planted["changed_by_hand"], "function", "By hand")
    by_sql(both, planted["conflict"], "function", "Here")
    for external_id in planted["stale"]:
        simulator.edit("Contact", external_id, {"Title": "Over there"})
    for external_id in planted["conflict"]:
        simulator.edit("Contact", external_id, {"Title": "There"})
    for external_id in planted["missing_there"]:
        simulator.hard_delete("Contact", external_id)
    both.stack.sql(
        "DELETE FROM res_partner WHERE id IN (SELECT res_id FROM retail_sync_link"
        f" WHERE connection_id = {both.id} AND part = 'main'"
        f" AND external_id = ANY('{{{','.join(planted['orphan'])}}}')); DELETE FROM retail_sync_change"
    )
    unseen = Customers(7006)
    planted["missing_here"] = set(simulator.seed("Contact", [unseen.contact() for _ in range(EACH)]))
    comparison, found, calls = compare(both)
    assert found == planted
    assert calls < 30, calls
    assert comparison["api_calls"] == calls

    action = both.stack.rpc("retail.sync.comparison", "action_repair_all", [[comparison["id"]]])
    both.stack.rpc(action["res_model"], "write", [[action["res_id"]], {"agreed": True}])
    both.stack.rpc(action["res_model"], "action_repair", [[action["res_id"]]])
    both.quiet()
    _comparison, found, _calls = compare(both)
    assert found == {}
    titles = {row["Id"]: row.get("Title") for row in simulator.records("Contact", sorted(planted["changed_by_hand"]))}
    assert set(titles.values()) == {"By hand"}


def test_a_killed_worker_costs_one_step(both, loaded):
    external_id = loaded[EACH * 8]
    by_sql(both, [external_id], "function", "After the kill")

    def kill():
        both.stack.wait_for(
            lambda: both.query(
                "SELECT id FROM queue_job WHERE state = 'started' AND model_name = 'retail.sync.comparison.jobs'"
            ),
            30,
            interval=0.02,
        )
        both.stack.kill_worker()

    _comparison, found, _calls = compare(both, kill)
    assert found == {"changed_by_hand": {external_id}}


def test_an_edit_while_a_mapping_line_was_off_is_sent_when_it_is_on_again(both, loaded):
    external_id = loaded[EACH * 7]
    [line] = both.query(
        "SELECT line.id FROM retail_sync_field_map line JOIN retail_sync_stream stream ON stream.id = line.stream_id"
        " WHERE stream.connection_id = %s AND stream.remote_object = 'Contact' AND line.canonical_field = 'job_title'",
        both.id,
    )
    both.stack.rpc("retail.sync.field.map", "write", [[line["id"]], {"active": False}])
    both.write(both.partner(external_id)["id"], function="While off")
    both.quiet()
    assert both.record(external_id).get("Title") != "While off"
    both.stack.rpc("retail.sync.field.map", "write", [[line["id"]], {"active": True}])
    both.quiet()
    assert both.record(external_id).get("Title") == "While off"
