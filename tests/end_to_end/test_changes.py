"""What happens after the first load: edits, moves, deletions, merges, late parents. Each is seen by a poll alone."""

from __future__ import annotations

import pytest

from .accounting import discrepancies, partner_ids, state_digest
from .customers import OLD


@pytest.fixture
def family(connection, customers):
    """An account with two contacts, loaded."""
    org = connection.simulator
    [account] = org.seed("Account", [customers.account()])
    contacts = org.seed("Contact", [customers.contact(AccountId=account), customers.contact(AccountId=account)])
    connection.load()
    assert discrepancies(connection) == []
    org.advance(5)
    return account, *contacts


def test_poll_picks_up_an_edit_and_touches_nothing_else(connection, family):
    account, contact, other = family
    before = state_digest(connection)["partners"]
    connection.simulator.edit("Contact", contact, {"Title": "Head of Purchasing", "Email": "new@family.example"})
    connection.poll()
    partner = connection.partner(contact)
    assert (partner["function"], partner["email"]) == ("Head of Purchasing", "new@family.example")
    after = state_digest(connection)["partners"]
    assert {key for key in after if after[key] != before.get(key)} == {partner["id"]}


def test_edit_in_the_second_of_the_read(connection, customers):
    """System dates have whole seconds: an edit right after the read carries the date that was read."""
    org = connection.simulator
    org.freeze("2026-02-03T10:00:00Z")
    record = customers.contact(Title="Before")
    del record["SystemModstamp"], record["CreatedDate"]
    [contact] = org.seed("Contact", [record])
    connection.load()
    assert connection.partner(contact)["function"] == "Before"
    org.edit("Contact", contact, {"Title": "After"})
    connection.poll()
    org.advance(60)
    connection.poll()
    assert connection.partner(contact)["function"] == "After"


def test_null_clears(connection, family):
    account, contact, _ = family
    connection.simulator.edit("Contact", contact, {"Title": "Buyer", "Phone": "+39 02 5555 1234"})
    connection.poll()
    assert connection.partner(contact)["phone"]
    connection.simulator.advance(5)
    connection.simulator.edit("Contact", contact, {"Title": None, "Phone": None})
    connection.poll()
    partner = connection.partner(contact)
    assert not partner["function"] and not partner["phone"]


def test_a_field_we_may_not_see_is_not_cleared(connection, family):
    """Absent is not empty: when field-level security hides a field, Odoo keeps what it knows."""
    account, contact, _ = family
    org = connection.simulator
    phone = connection.partner(account)["phone"]
    org.config(fls={"Account": {"hidden": ["Phone"]}})
    org.edit("Account", account, {"BillingCity": "Trieste"})
    connection.poll()
    partner = connection.partner(account)
    assert phone and partner["phone"] == phone
    flow = connection.flow("Account")
    # Either the rest goes through without that field, or the flow says why it stands still.
    assert partner["city"] == "Trieste" or (flow["state"] == "stopped" and "Phone" in flow["stop_reason"])


def test_both_sides_change_different_fields(connection, family):
    account, contact, _ = family
    partner = connection.partner(contact)
    connection.stack.rpc("res.partner", "write", [[partner["id"]], {"website": "https://local.example"}])
    connection.simulator.edit("Contact", contact, {"Title": "CFO"})
    connection.poll()
    partner = connection.partner(contact)
    assert (partner["website"], partner["function"]) == ("https://local.example", "CFO")


def test_contact_moves_to_another_account(connection, customers, family):
    account, contact, other = family
    [second] = connection.simulator.seed("Account", [customers.account()])
    connection.simulator.edit("Contact", contact, {"AccountId": second})
    connection.poll()
    assert connection.partner(contact)["parent_id"] == connection.partner(second)["id"]
    assert connection.partner(other)["parent_id"] == connection.partner(account)["id"]


def test_contact_leaves_its_account(connection, family):
    account, contact, other = family
    connection.simulator.edit("Contact", contact, {"AccountId": None})
    connection.poll()
    assert connection.partner(contact)["parent_id"] is None
    assert connection.partner(other)["parent_id"] == connection.partner(account)["id"]


def test_delete_archives_and_undelete_revives(connection, family):
    account, contact, other = family
    connection.simulator.delete("Contact", contact)
    connection.simulator.advance(120)
    connection.poll()
    assert connection.partner(contact)["active"] is False
    assert connection.binding(contact)["state"] == "deleted"
    assert connection.partner(other)["active"] is True
    connection.simulator.undelete("Contact", contact)
    connection.simulator.advance(120)
    connection.poll()
    assert connection.partner(contact)["active"] is True
    assert connection.binding(contact)["state"] == "in_sync"
    assert discrepancies(connection) == []


def test_delete_policy_keep(connection, family):
    account, contact, _ = family
    connection.tune("Contact", delete_policy="keep")
    connection.simulator.delete("Contact", contact)
    connection.simulator.advance(120)
    connection.poll()
    assert connection.partner(contact)["active"] is True
    assert connection.binding(contact)["state"] == "deleted"


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
    assert connection.binding(contact)["state"] == "excluded"


def test_merge_of_two_bound_contacts(connection, family):
    account, winner, loser = family
    kept, dropped = connection.partner(winner)["id"], connection.partner(loser)["id"]
    connection.simulator.merge("Contact", winner, [loser])
    connection.simulator.advance(120)
    connection.poll()
    binding = connection.binding(loser)
    assert binding["state"] == "merged" and binding["res_id"] == kept and binding["is_primary"] is False
    assert connection.partner_row(kept)["active"] is True
    assert connection.partner_row(dropped)["active"] is False
    assert discrepancies(connection) == []


def test_merge_chain_ends_at_the_last_winner(connection, customers, family):
    account, first, second = family
    [third] = connection.simulator.seed("Contact", [customers.contact(AccountId=account)])
    connection.poll()
    kept = connection.partner(third)["id"]
    connection.simulator.merge("Contact", second, [first])
    connection.simulator.advance(5)
    connection.simulator.merge("Contact", third, [second])
    connection.simulator.advance(120)
    connection.poll()
    assert [connection.binding(key)["res_id"] for key in (first, second, third)] == [kept] * 3
    assert [connection.binding(key)["state"] for key in (first, second, third)] == ["merged", "merged", "in_sync"]


def test_merged_accounts_hand_their_contacts_over(connection, customers, family):
    account, contact, other = family
    [winner] = connection.simulator.seed("Account", [customers.account()])
    connection.poll()
    connection.simulator.merge("Account", winner, [account])
    connection.simulator.advance(120)
    connection.poll()
    kept = connection.partner(winner)["id"]
    assert connection.binding(account)["res_id"] == kept
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
    assert [connection.binding(key)["res_id"] for key in (contact, other)] == [kept, kept]
    assert sorted(connection.binding(key)["is_primary"] for key in (contact, other)) == [False, True]
    connection.simulator.edit("Contact", contact, {"Title": "Survivor"})
    connection.simulator.edit("Contact", other, {"Title": "Alias"})
    connection.poll()
    assert connection.partner_row(kept)["function"] == "Survivor"


def test_late_parent_links_up(connection, customers):
    """The contact is in scope before its account is."""
    org = connection.simulator
    connection.tune("Account", filter_text="Industry = 'Retail'")
    [account] = org.seed("Account", [customers.account(Industry="Apparel")])
    [contact] = org.seed("Contact", [customers.contact(AccountId=account)])
    connection.load()
    assert connection.bindings(account) == []
    assert connection.partner(contact)["parent_id"] is None
    assert connection.binding(contact)["parent_ref"] == f"Account/{account}"
    org.advance(5)
    org.edit("Account", account, {"Industry": "Retail"})
    connection.poll()
    assert connection.partner(contact)["parent_id"] == connection.partner(account)["id"]
    assert connection.binding(contact)["parent_ref"] is None


def test_child_accounts_older_than_their_parents(connection, customers):
    """By date the grandchild comes first, then the child, then the head office; pages hold one record each."""
    org = connection.simulator
    head, child, grandchild = org.seed("Account", [customers.account() for _ in range(3)])
    for minute, (record, parent) in enumerate(((grandchild, child), (child, head), (head, None))):
        org.freeze(f"2026-02-03T10:{minute:02d}:00Z")
        org.edit("Account", record, {"ParentId": parent} if parent else {"Description": "moved last"})
    connection.tune(page_size=1)
    connection.load()
    chain = [connection.partner(key) for key in (head, child, grandchild)]
    assert [partner["parent_id"] for partner in chain] == [None, chain[0]["id"], chain[1]["id"]]
    assert discrepancies(connection) == []


def test_references_with_15_characters_find_the_same_record(connection, customers):
    org = connection.simulator
    [account] = org.seed("Account", [customers.account()])
    [contact] = org.seed("Contact", [customers.contact(AccountId=account[:15])])
    connection.load()
    assert connection.partner(contact)["parent_id"] == connection.partner(account)["id"]
    assert [len(binding["external_id"]) for binding in connection.bindings()] == [18, 18]


def test_person_account_is_one_person(connection, customers):
    org = connection.simulator
    org.config(person_accounts=True)
    connection.test()
    before = partner_ids(connection)
    person = customers.contact()
    names = {"FirstName": "Livia", "LastName": person["LastName"], "IsPersonAccount": True}
    mail = {"PersonEmail": person["Email"], "PersonMailingCity": "Gorizia", "Phone": "+39 0432 501234"}
    [account] = org.seed("Account", [{**names, **mail}])
    [firm] = org.seed("Account", [customers.account()])
    connection.load()
    assert discrepancies(connection, before) == []
    partner = connection.partner(account)
    assert partner["is_company"] is False and partner["name"] == f"Livia {person['LastName']}"
    assert partner["email"] == person["Email"]
    assert connection.partner(firm)["is_company"] is True
    assert len(partner_ids(connection) - before) == 2
    org.advance(5)
    org.edit("Account", account, {"PersonEmail": f"livia@{customers.tag}.example"})
    connection.poll()
    assert connection.partner(account)["email"] == f"livia@{customers.tag}.example"


def test_person_accounts_turned_on_after_the_connection_was_made(connection, customers):
    """The org grew since the connection test: a load must read it as it is now, or take persons for companies."""
    connection.simulator.config(person_accounts=True)
    [account] = connection.simulator.seed("Account", [{"LastName": f"Tardi {customers.tag}", "IsPersonAccount": True}])
    connection.load()
    assert connection.partner(account)["is_company"] is False


def test_delivery_address_comes_changes_and_goes(connection, customers):
    org = connection.simulator
    [account] = org.seed("Account", [customers.account()])
    connection.load()
    assert connection.bindings(account, "delivery") == []
    org.advance(5)
    org.edit(
        "Account",
        account,
        {"ShippingStreet": "Via Magazzino 9", "ShippingCity": "Pordenone", "ShippingCountry": "Italy"},
    )
    connection.poll()
    delivery = connection.partner(account, "delivery")
    assert (delivery["type"], delivery["city"], delivery["country_code"]) == ("delivery", "Pordenone", "IT")
    assert delivery["parent_id"] == connection.partner(account)["id"]
    org.advance(5)
    org.edit("Account", account, {"ShippingCity": "Sacile"})
    connection.poll()
    assert connection.partner(account, "delivery")["city"] == "Sacile"
    assert connection.partner(account)["city"] == "Udine"
    org.advance(5)
    org.edit("Account", account, {"ShippingStreet": None, "ShippingCity": None, "ShippingCountry": None})
    connection.poll()
    assert connection.partner_row(delivery["id"])["active"] is False
    org.advance(5)
    org.edit(
        "Account", account, {"ShippingStreet": "Via Nuova 1", "ShippingCity": "Cividale", "ShippingCountry": "Italy"}
    )
    connection.poll()
    revived = connection.partner(account, "delivery")
    assert (revived["id"], revived["active"], revived["city"]) == (delivery["id"], True, "Cividale")


def test_opt_out_is_never_taken_back_by_the_platform(connection, customers):
    org = connection.simulator
    [contact] = org.seed("Contact", [customers.contact(HasOptedOutOfEmail=True)])
    connection.load()
    assert connection.partner(contact)["email_opt_out"] is True
    org.advance(5)
    org.edit("Contact", contact, {"HasOptedOutOfEmail": False, "Title": "Buyer"})
    connection.poll()
    partner = connection.partner(contact)
    assert (partner["email_opt_out"], partner["function"]) == (True, "Buyer")


def test_owner_becomes_salesperson(connection, customers):
    org = connection.simulator
    login = f"seller@{customers.tag}.example"
    user = connection.stack.rpc("res.users", "create", [{"name": "Seller", "login": login, "email": login}])
    [owner] = org.seed("User", [{"LastName": "Seller", "Username": f"{login}.crm", "Email": login, "IsActive": False}])
    accounts = org.seed("Account", [customers.account(OwnerId=owner), customers.account()])
    connection.load()
    assert connection.partner(accounts[0])["user_id"] == user
    assert connection.partner(accounts[1])["user_id"] is None
    assert connection.binding(accounts[1])["has_warnings"] is True


def test_record_that_leaves_and_enters_the_scope(connection, customers):
    org = connection.simulator
    connection.tune("Account", filter_text="Type = 'Customer - Direct'")
    inside, outside = org.seed("Account", [customers.account(Type=kind) for kind in ("Customer - Direct", "Prospect")])
    connection.load()
    assert connection.bindings(outside) == []
    org.advance(5)
    org.edit("Account", outside, {"Type": "Customer - Direct"})
    org.edit("Account", inside, {"Type": "Prospect", "BillingCity": "Elsewhere"})
    connection.poll()
    assert connection.partner(outside)["city"] == "Udine"
    left = connection.partner(inside)
    assert (left["active"], left["city"]) == (True, "Udine")


def test_watermark_never_passes_what_was_not_read(connection, customers):
    """More changes than one page, all of one second: paging by date alone would lose some."""
    org = connection.simulator
    records = [customers.contact(Title="Old") for _ in range(45)]
    contacts = org.seed("Contact", records)
    connection.tune(page_size=10)
    connection.load()
    org.freeze("2026-02-03T10:00:00Z")
    for contact in contacts:
        org.edit("Contact", contact, {"Title": "New"})
    org.advance(600)
    connection.poll(times=2)
    titles = [connection.partner(contact)["function"] for contact in contacts]
    assert titles == ["New"] * 45
    assert connection.flow("Contact")["cursor"]["modstamp"] >= "2026-02-03T10:00:00"
    assert OLD < connection.flow("Contact")["cursor"]["modstamp"]


def test_idle_poll_is_one_call_for_all_flows(connection, family):
    connection.poll()
    counted = connection.simulator.stats()["calls_counted"]
    connection.poll(times=3)
    assert connection.simulator.stats()["calls_counted"] - counted == 3
