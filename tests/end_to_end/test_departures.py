"""Records that are deleted, come back, or are merged: on the platform and in Odoo."""

from __future__ import annotations

from .accounting import discrepancies, partner_ids


def test_delete_archives_and_undelete_revives(connection, family):
    account, contact, other = family
    connection.simulator.delete("Contact", contact)
    connection.simulator.advance(120)
    connection.poll()
    assert connection.partner(contact)["active"] is False
    assert connection.link(contact)["state"] == "deleted"
    assert connection.partner(other)["active"] is True
    connection.simulator.undelete("Contact", contact)
    connection.simulator.advance(120)
    connection.poll()
    assert connection.partner(contact)["active"] is True
    assert connection.link(contact)["state"] == "in_sync"
    assert discrepancies(connection) == []


def test_deletion_reaction_keep(connection, family):
    account, contact, _ = family
    connection.tune("Contact", delete_policy="keep")
    connection.simulator.delete("Contact", contact)
    connection.simulator.advance(120)
    connection.poll()
    assert connection.partner(contact)["active"] is True
    assert connection.link(contact)["state"] == "deleted"


def test_deleted_account_takes_its_contacts_along(connection, family):
    account, contact, other = family
    connection.simulator.delete("Account", account)
    connection.simulator.advance(120)
    connection.poll()
    assert [connection.partner(key)["active"] for key in family] == [False, False, False]


def test_a_partner_archived_by_a_person_is_not_revived_by_an_edit(connection, family):
    account, contact, _ = family
    partner = connection.partner(contact)
    connection.stack.rpc("res.partner", "action_archive", [[partner["id"]]])
    connection.simulator.edit("Contact", contact, {"Title": "Still here"})
    connection.poll()
    partner = connection.partner(contact)
    assert (partner["active"], partner["function"]) == (False, "Still here")


def test_partner_deleted_in_odoo_is_not_made_again(connection, family):
    account, contact, _ = family
    before = partner_ids(connection)
    gone = connection.partner(contact)["id"]
    connection.stack.rpc("res.partner", "unlink", [[gone]])
    connection.simulator.edit("Contact", contact, {"Title": "Ghost"})
    connection.poll()
    assert partner_ids(connection) == before - {gone}
    assert connection.link(contact)["state"] == "excluded"


def test_merge_of_two_bound_contacts(connection, family):
    connection.call("write", {"remote_merge_handling": "secondary"})
    account, winner, loser = family
    kept, dropped = connection.partner(winner)["id"], connection.partner(loser)["id"]
    connection.simulator.merge("Contact", winner, [loser])
    connection.simulator.advance(120)
    connection.poll()
    link = connection.link(loser)
    assert link["state"] == "merged" and link["res_id"] == kept and link["is_primary"] is False
    assert connection.partner_row(kept)["active"] is True
    assert connection.partner_row(dropped)["active"] is False
    assert discrepancies(connection) == []


def test_merge_chain_ends_at_the_last_winner(connection, customers, family):
    connection.call("write", {"remote_merge_handling": "secondary"})
    account, first, second = family
    [third] = connection.simulator.seed("Contact", [customers.contact(AccountId=account)])
    connection.poll()
    kept = connection.partner(third)["id"]
    connection.simulator.merge("Contact", second, [first])
    connection.simulator.advance(5)
    connection.simulator.merge("Contact", third, [second])
    connection.simulator.advance(120)
    connection.poll()
    assert [connection.link(key)["res_id"] for key in (first, second, third)] == [kept] * 3
    assert [connection.link(key)["state"] for key in (first, second, third)] == ["merged", "merged", "in_sync"]


def test_merged_accounts_hand_their_contacts_over(connection, customers, family):
    connection.call("write", {"remote_merge_handling": "secondary"})
    account, contact, other = family
    [winner] = connection.simulator.seed("Account", [customers.account()])
    connection.poll()
    connection.simulator.merge("Account", winner, [account])
    connection.simulator.advance(120)
    connection.poll()
    kept = connection.partner(winner)["id"]
    assert connection.link(account)["res_id"] == kept
    assert [connection.partner(key)["parent_id"] for key in (contact, other)] == [kept, kept]


def test_partners_merged_in_odoo_keep_their_links(connection, family):
    account, contact, other = family
    kept, dropped = connection.partner(contact)["id"], connection.partner(other)["id"]
    wizard = connection.stack.rpc(
        "base.partner.merge.automatic.wizard",
        "create",
        [{"partner_ids": [[6, 0, [kept, dropped]]], "dst_partner_id": kept, "state": "selection"}],
    )
    connection.stack.rpc("base.partner.merge.automatic.wizard", "action_merge", [[wizard]])
    assert [connection.link(key)["res_id"] for key in (contact, other)] == [kept, kept]
    assert sorted(connection.link(key)["is_primary"] for key in (contact, other)) == [False, True]
    connection.simulator.edit("Contact", contact, {"Title": "Survivor"})
    connection.simulator.edit("Contact", other, {"Title": "Alias"})
    connection.poll()
    assert connection.partner_row(kept)["function"] == "Survivor"


def deletion_checks(connection):
    """States of the connection's runs that compared ids, in order."""
    text = "SELECT state FROM retail_sync_run WHERE kind = 'deletions' AND connection_id = %s ORDER BY id"
    return [check["state"] for check in connection.query(text, connection.id)]


def test_deletions_older_than_the_platform_remembers(connection, family):
    """After 15 days the platform no longer reports deletions: rows go on, and ids are compared once."""
    account, contact, other = family
    org = connection.simulator
    org.delete("Contact", contact)
    org.advance(20 * 86400)
    org.edit("Contact", other, {"Title": "Here again"})
    connection.poll()
    assert connection.partner(other)["function"] == "Here again"
    assert {stream["state"] for stream in connection.reading_streams()} == {"live"}
    assert connection.exceptions() == []
    assert deletion_checks(connection) == ["done", "done"]
    assert connection.link(contact)["state"] == "deleted" and not connection.partner(contact)["active"]
    assert connection.link(account)["state"] == connection.link(other)["state"] == "in_sync"


def test_an_emptied_recycle_bin_stops_no_row(connection, family):
    """Another tool removes records for good each night, and an administrator empties the bin."""
    account, contact, other = family
    org = connection.simulator
    connection.poll()
    org.delete("Contact", contact)
    org.advance(120)
    org.purge()
    org.edit("Contact", other, {"Title": "Still here"})
    org.edit("Account", account, {"BillingCity": "Trieste"})
    connection.poll()
    assert connection.partner(other)["function"] == "Still here"
    assert connection.partner(account)["city"] == "Trieste"
    assert {stream["state"] for stream in connection.reading_streams()} == {"live"}
    assert connection.exceptions() == []
    # The bin is empty: nothing says any more whether the record is deleted, or hidden from our user.
    assert connection.link(contact)["state"] == "missing" and connection.link(other)["state"] == "in_sync"
    assert "done" in deletion_checks(connection)
