"""The comparison at rest sees what it is for: a trial that cannot fail proves nothing."""

from __future__ import annotations

from random import Random

import pytest

from tests.end_to_end.customers import Customers
from tests.end_to_end.two_way import BothWays, Shelf
from tests.stack import Stack

from . import every_field, field_edits
from .every_field import unequal
from .field_edits import EDITS, open_office, unedited
from .readings import READINGS
from .traffic import MINUTES, Traffic


@pytest.fixture(scope="module")
def connection():
    with Stack("reckoning", simulator=True) as stack:
        open_office(stack, stack.simulator)
        made = BothWays(stack, stack.simulator, name="Reckoning", export="always", sf_private_customers="household")
        Shelf(made, Customers(7400), 6)
        made.quiet()
        yield made


def test_each_mapped_field_is_compared_and_edited(connection, monkeypatch):
    assert unequal(connection) == [] and unedited(connection) == []
    for module, name, known in ((every_field, "READINGS", READINGS), (field_edits, "EDITS", EDITS)):
        monkeypatch.setattr(module, name, {field: entry for field, entry in known.items() if field != "vat"})
    assert unequal(connection) == ["Account: vat is mapped and not compared"]
    assert unedited(connection) == ["Account: vat is mapped and never edited"]


TYPED = {
    "ShippingStreet": "Rampa 2",
    "Description": "Not read yet",
    "Odoo_VAT_Number__c": "IT12345670017",
    "Odoo_Payment_Terms__c": "Never",
    "Odoo_Tax_Class__c": "Other",
    "Odoo_VAT_Status__c": "Valid",
}


def test_differences_are_seen(connection):
    traffic = Traffic(connection, Random(1))
    org, (account, firm), (contact, _person) = connection.simulator, traffic.accounts[0], traffic.contacts[0]
    other = traffic.accounts[1][0]
    country = connection.country()
    connection.make(parent_id=firm, type="delivery", street="Rampa 1", city="Asti", country_id=country)
    connection.quiet()
    assert traffic.lost() == []
    typed = {field: f"{value}" for field, value in TYPED.items()}
    org.edit("Account", account, {**typed, "Odoo_Credit_Limit__c": 7, "OwnerId": traffic.owners["sales2@acme.example"]})
    org.edit("Contact", contact, {"OtherStreet": "Altrove 3", "Odoo_Customer_Number__c": "C9"})
    traffic.moved[contact] = other
    colleague, _partner = traffic.contacts[1]
    traffic.moved[colleague], traffic.offered[colleague] = None, {other}
    traffic.placed[account, "Billing"] = {"here": {"Street": "Nowhere 1"}}
    traffic.wrote[account, "website"] = {"here": "nowhere.example"}
    second = connection.make(parent_id=firm, type="delivery", street="Rampa 4", city="Udine", country_id=country)
    found = "\n".join(traffic.lost())
    for words in (
        f"{account}: delivery is",
        *(f"{field} is" for field in ("notes", "vat", "credit_limit", "payment_terms", "tax_class", "owner")),
        "vat_status is",
        f"{contact}: other is there",
        "customer_number is",
        f"{contact} was moved to",
        f"{colleague} was moved to None, given {{'{other}'}} in Odoo",
        f"{account}: BillingStreet is",
        f"{account}: website is",
        f"partner {firm} has 2 delivery addresses (",
    ):
        assert words in found, f"{words!r} is not in:\n{found}"
    connection.stack.rpc("res.partner", "unlink", [[second]])
    connection.quiet()


def test_a_quiet_day_of_every_kind_of_edit_ends_equal(connection):
    """Without anything that dies, so that a fault of the traffic is not taken for one of the product."""
    traffic = Traffic(connection, Random(5))
    for _ in range(60):
        traffic.step()
    # The platform lists deletions up to the last full minute.
    connection.simulator.advance(MINUTES)
    connection.quiet()
    assert "\n".join(traffic.lost()) == ""


def test_who_leaves_a_household_and_who_gets_another_address_is_at_rest_too(connection, monkeypatch):
    """Two edits that the traffic once left out, each time: by chance alone they would seldom be made."""
    traffic = Traffic(connection, Random(11))
    traffic._number = 1000  # other names than those of the day before
    name = traffic._word("")
    traffic.made_here[name] = traffic._create(name, parent_id=False, email=f"{name.lower()}@here.example")
    connection.quiet()
    traffic._recruit()
    key, partner = next(pair for pair in traffic.contacts if pair[1] == traffic.made_here[name])
    assert key in traffic.recruits and traffic.parents[key] is None
    account = traffic.accounts[2]
    monkeypatch.setattr(traffic, "_pick", lambda: (key, partner))
    monkeypatch.setattr(traffic, "_place_for", lambda moved: (moved, account))
    traffic._move_here()
    values = traffic._new_address(whole=True)
    traffic._edit_child(partner, "other", values, clear=False)
    traffic.placed[key, "Other"] = {"here": values}
    connection.quiet()
    assert connection.record(key)["AccountId"] == account[0] and traffic.offered[key] == {account[0]}
    assert "\n".join(traffic.lost()) == ""
    # From then on the platform's users say whose the customer is.
    monkeypatch.setattr(traffic, "_place_for", lambda moved: (moved, traffic.accounts[1]))
    traffic._move_there()
    connection.quiet()
    assert not traffic.offered and "\n".join(traffic.lost()) == ""
