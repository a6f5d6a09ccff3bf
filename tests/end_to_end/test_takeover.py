"""Whoever may edit records of the platform gets no login of Odoo and no name on its invoices."""

from __future__ import annotations

import pytest

EVIL = "evil@elsewhere.example"


@pytest.fixture
def our_id(connection):
    """The id of a partner as Odoo writes it into records: its first letters stand in each linked record."""
    [row] = connection.query("SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'")
    return lambda partner_id: f"{row['value'][:8]}:res.partner:{partner_id}"


def stored(connection, partner_id):
    [row] = connection.query(
        "SELECT name, email, phone, street, vat, active, parent_id FROM res_partner WHERE id = %s", partner_id
    )
    return row


def asked(connection, external_id):
    """The exception about a record: its code and its state."""
    [message] = [message for message in connection.exceptions() if message["external_id"] == external_id]
    return message["fault_code"], message["state"]


def test_a_record_with_the_id_of_the_administrator_or_of_the_company_changes_neither(connection, customers, our_id):
    org = connection.simulator
    [admin] = connection.query("SELECT partner_id AS id FROM res_users WHERE login = 'admin'")
    [company] = connection.query("SELECT partner_id AS id FROM res_company ORDER BY id LIMIT 1")
    before = [stored(connection, found["id"]) for found in (admin, company)]
    connection.load()
    [contact] = org.seed("Contact", [customers.contact(Email=EVIL, Odoo_External_Id__c=our_id(admin["id"]))])
    [account] = org.seed(
        "Account", [customers.account(Name="Hijacked Shop Ltd", Odoo_External_Id__c=our_id(company["id"]))]
    )
    for email in (EVIL, f"again-{EVIL}"):
        org.edit("Contact", contact, {"LastName": "Attacker", "Email": email})
        org.edit("Account", account, {"BillingStreet": f"Via {email} 1"})
        connection.poll()
        assert [stored(connection, found["id"]) for found in (admin, company)] == before
        org.advance(5)
    assert connection.links(contact) == [] == connection.links(account)
    assert {asked(connection, record) for record in (contact, account)} == {("INTERNAL_PARTNER", "review")}


def test_a_record_that_is_like_a_salesperson_gets_no_hold_of_the_e_mail_address(connection, customers):
    org = connection.simulator
    fields = customers.contact(Phone="+39 347 1234567", MailingStreet="Via Roma 1", MailingCity="Udine")
    login = fields["Email"]
    user = connection.stack.rpc(
        "res.users",
        "create",
        [{"name": f"{fields['FirstName']} {fields['LastName']}", "login": login, "email": login}],
    )
    [row] = connection.query("SELECT partner_id AS id FROM res_users WHERE id = %s", user)
    address = {"phone": "+39 347 1234567", "street": "Via Roma 1", "city": "Udine"}
    connection.stack.rpc("res.partner", "write", [[row["id"]], address])
    before = stored(connection, row["id"])
    [contact] = org.seed("Contact", [fields])
    connection.load()
    org.advance(5)
    org.edit("Contact", contact, {"Email": EVIL})
    connection.poll()
    assert stored(connection, row["id"]) == before
    assert [link for link in connection.links() if link["res_id"] == row["id"]] == []
    # With the other address the record may be a customer of its own by now; it is no part of the user.
    if not connection.links(contact):
        assert asked(connection, contact) == ("INTERNAL_PARTNER", "review")
