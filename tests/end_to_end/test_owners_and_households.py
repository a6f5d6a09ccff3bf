"""Private customers of an org without person accounts, and salespeople as owners, from one side to the other."""

from __future__ import annotations

import pytest

from .equality import last_entry

USER = {
    "LastName": "Rep",
    "Alias": "rep",
    "TimeZoneSidKey": "Europe/Rome",
    "IsActive": True,
    "UserType": "Standard",
    "Name": "Rep",
}


@pytest.fixture
def exporting(both, shelf):
    """New customers go out at once; the choice is as before when the test ends."""
    both.tune(export_policy="always")
    yield both
    both.simulator.clear_faults()
    both.call("write", {"sf_private_customers": "private"})
    both.quiet()
    both.tune(export_policy="never")


def linked(connection, partner):
    """Wait until a partner is linked; its record over there."""
    return connection.record(connection.stack.wait_for(lambda: connection.external_id(partner), interval=0.05))


def test_private_customers_wait_for_a_choice_and_get_a_household_each(exporting):
    exporting.quiet()
    exporting.call("write", {"sf_private_customers": False})
    since = last_entry(exporting)
    partner = exporting.make(name="Zeno Privato", email="zeno@privato.example")
    [message] = exporting.until(lambda: exporting.outbox("open"))
    assert message["fault_code"] == "PRIVATE_CUSTOMERS_UNDECIDED" and message["next_step"]
    assert exporting.external_id(partner) is None
    fault = exporting.simulator.fault("drop_after_commit", {"path": "/composite", "method": "PATCH"}, times=2)
    companies = exporting.query("SELECT count(*) AS n FROM res_partner WHERE is_company")
    exporting.call("write", {"sf_private_customers": "household"})
    contact = exporting.until(lambda: exporting.external_id(partner))
    exporting.quiet()
    assert next(entry["hits"] for entry in exporting.simulator.faults() if entry["id"] == fault) > 0
    account = exporting.record(exporting.record(contact)["AccountId"])
    assert account["Name"] == "Privato Household" and ":household:" in account["Odoo_External_Id__c"]
    made = exporting.simulator.journal(since=since, op="insert", user="integration")
    assert sorted(entry["object"] for entry in made if entry["object"] in ("Account", "Contact")) == [
        "Account",
        "Contact",
    ]
    # Neither a poll nor a whole load makes a company of the household.
    exporting.simulator.edit("Account", account["Id"], {"Phone": "+39 02 5555 0909"})
    exporting.simulator.edit("Contact", contact, {"Title": "Collector"})
    exporting.quiet()
    assert exporting.query("SELECT count(*) AS n FROM res_partner WHERE is_company") == companies
    row = exporting.partner(contact)
    assert (row["id"], row["parent_id"], row["function"]) == (partner, None, "Collector")
    assert exporting.outbox("open") == [] and exporting.links(account["Id"]) == []
    # A load by bulk query reads the account's field under its dotted name.
    exporting.simulator.edit("Contact", contact, {"Title": "Buyer"})
    exporting.tune(bulk_threshold=0)
    exporting.load()
    exporting.tune(bulk_threshold=2000)
    [link] = exporting.links(contact, "main")
    assert link["base"].get("parent") is None and link["waits_for"] is None
    row = exporting.partner(contact)
    assert (row["id"], row["parent_id"], row["function"]) == (partner, None, "Buyer")
    assert exporting.query("SELECT count(*) AS n FROM res_partner WHERE is_company") == companies


def test_who_leaves_a_household_for_a_company_moves_and_the_household_stays(exporting, shelf):
    family = shelf.take()
    exporting.quiet()
    exporting.call("write", {"sf_private_customers": "household"})
    partner = exporting.make(name="Mara Mossa", email="mara@mossa.example", city="Pavia")
    contact = exporting.until(lambda: exporting.external_id(partner))
    exporting.quiet()
    household = exporting.record(contact)["AccountId"]
    # A company that is given in Odoo is sent; from then on the platform, which owns the field, moves the customer.
    since = last_entry(exporting)
    exporting.write(partner, parent_id=family.firm)
    exporting.arrives(contact, AccountId=family.account)
    exporting.quiet()
    assert exporting.partner_row(partner)["parent_id"] == family.firm
    assert exporting.record(household)["Name"] == "Mossa Household" and not exporting.record(household)["IsDeleted"]
    for account, parent in ((household, None), (family.account, family.firm)):
        exporting.simulator.edit("Contact", contact, {"AccountId": account})
        exporting.quiet()
        assert exporting.partner_row(partner)["parent_id"] == parent
        assert exporting.record(contact)["AccountId"] == account
    assert exporting.simulator.journal(since=since, op="insert", user="integration") == []
    assert exporting.outbox("open") == []


def test_addresses_beside_that_of_a_customer_have_a_place_or_a_remark(exporting, shelf):
    family = shelf.take()
    exporting.quiet()
    made = {
        (owner, kind): exporting.make(
            name=f"Al {kind}", type=kind, parent_id=owner, street=f"Via {kind} 3", city="Asti"
        )
        for owner in (family.firm, family.person)
        for kind in ("invoice", "delivery", "other")
    }
    exporting.arrives(family.account, ShippingStreet="Via delivery 3", ShippingCity="Asti")
    exporting.arrives(family.contact, OtherStreet="Via other 3", OtherCity="Asti")
    exporting.quiet()
    placed = {(family.firm, "delivery"), (family.person, "other")}
    for (owner, kind), child in made.items():
        external_id = family.account if owner == family.firm else family.contact
        [link] = [link for link in exporting.links(external_id) if link["part"] == "main"]
        remarked = f"#{child}" in " ".join(link["warnings"] or [])
        held = [link["part"] for link in exporting.links(external_id) if link["res_id"] == child]
        assert (held, remarked) == (([kind], False) if (owner, kind) in placed else ([], True)), (owner, kind)
    assert exporting.outbox("open") == []


def test_salespeople_are_owners_in_both_directions(exporting):
    [rep, other] = [
        exporting.stack.rpc(
            "res.users", "create", [{"name": name, "login": f"{name}@sales.example", "email": f"{name}@sales.example"}]
        )
        for name in ("rep", "other")
    ]
    rep, other = (user[0] if isinstance(user, list) else user for user in (rep, other))
    users = {
        name: exporting.simulator.seed(
            "User", [{**USER, "Username": f"{name}@sales.example.org", "Email": f"{name}@sales.example"}]
        )[0]
        for name in ("rep", "other")
    }
    partner = exporting.make(name="Con Venditore S.r.l.", is_company=True, user_id=rep)
    account = linked(exporting, partner)
    assert account["OwnerId"] == users["rep"]
    # Each side may move the customer to another salesperson; the latest edit counts, and nothing comes back.
    exporting.simulator.edit("Account", account["Id"], {"OwnerId": users["other"]})
    exporting.quiet()
    assert exporting.partner_row(partner)["user_id"] == other
    since = last_entry(exporting)
    exporting.write(partner, user_id=rep)
    exporting.arrives(account["Id"], OwnerId=users["rep"])
    exporting.write(partner, website="https://venditore.example")
    exporting.quiet()
    assert exporting.record(account["Id"])["OwnerId"] == users["rep"]
    assert exporting.partner_row(partner)["user_id"] == rep
    moves = [
        entry for entry in exporting.simulator.journal(since=since, user="integration")
        if "OwnerId" in (entry.get("fields") or {})
    ]  # fmt: skip
    assert len(moves) <= 1, moves
    assert exporting.outbox("open") == []


def test_records_of_the_owner_of_the_rest_get_a_salesperson_and_lose_one(exporting):
    users = {}
    for name in ("chosen", "former"):
        address = f"{name}@sales.example"
        users[name] = exporting.stack.rpc("res.users", "create", [[{"name": name, "login": address, "email": address}]])
    users = {name: user[0] if isinstance(user, list) else user for name, user in users.items()}
    owners = {
        name: exporting.simulator.seed(
            "User", [{**USER, "Username": f"{name}@sales.example.org", "Email": f"{name}@sales.example"}]
        )[0]
        for name in ("chosen", "team")
    }

    def at_rest(partner):
        exporting.quiet()
        return exporting.record(account)["OwnerId"], exporting.partner_row(partner)["user_id"]

    exporting.tune(sf_default_owner="team@sales.example")
    try:
        partner = exporting.make(name="Senza Venditore S.r.l.", is_company=True)
        account = linked(exporting, partner)["Id"]
        assert at_rest(partner) == (owners["team"], None)
        exporting.write(partner, user_id=users["chosen"])
        assert at_rest(partner) == (owners["chosen"], users["chosen"])
        # No user of the platform: the record is the team's, and Odoo keeps the salesperson.
        exporting.write(partner, user_id=users["former"])
        assert at_rest(partner) == (owners["team"], users["former"])
        exporting.simulator.edit("Account", account, {"Phone": "+39 02 5555 0808"})
        assert at_rest(partner) == (owners["team"], users["former"])
        exporting.write(partner, user_id=users["chosen"])
        assert at_rest(partner) == (owners["chosen"], users["chosen"])
        exporting.write(partner, user_id=False)
        assert at_rest(partner) == (owners["team"], None)
        exporting.write(partner, user_id=users["chosen"])
        assert at_rest(partner) == (owners["chosen"], users["chosen"])
    finally:
        exporting.tune(sf_default_owner=False)
    # No owner stands for a customer without a salesperson: the owner stays, and that is no task.
    exporting.write(partner, user_id=False)
    assert at_rest(partner) == (owners["chosen"], None)
    assert exporting.outbox("open") == []
