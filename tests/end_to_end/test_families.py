"""Accounts above accounts, contacts below them, persons that are accounts, addresses that belong to a customer."""

from __future__ import annotations

from .accounting import discrepancies, partner_ids


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


def test_deferred_parent_links_up(connection, customers):
    """The contact is in scope before its account is."""
    org = connection.simulator
    org.config(grants={"Account": ["Industry"]})
    connection.tune("Account", filter_text="Industry = 'Retail'")
    [account] = org.seed("Account", [customers.account(Industry="Apparel")])
    [contact] = org.seed("Contact", [customers.contact(AccountId=account)])
    connection.load()
    assert connection.links(account) == []
    assert connection.partner(contact)["parent_id"] is None
    assert connection.link(contact)["waits_for"] == f"Account/{account}"
    org.advance(5)
    org.edit("Account", account, {"Industry": "Retail"})
    connection.poll()
    assert connection.partner(contact)["parent_id"] == connection.partner(account)["id"]
    assert connection.link(contact)["waits_for"] is None


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
    assert [len(link["external_id"]) for link in connection.links()] == [18, 18]


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
    assert connection.links(account, "delivery") == []
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
