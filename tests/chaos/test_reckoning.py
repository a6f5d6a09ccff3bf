"""The comparison at rest sees what it is for: a trial that cannot fail proves nothing."""

from __future__ import annotations

from random import Random

import pytest

from tests.end_to_end.customers import Customers
from tests.end_to_end.two_way import BothWays, Shelf
from tests.stack import Stack

from .traffic import Traffic


@pytest.fixture(scope="module")
def connection():
    with Stack("reckoning", simulator=True) as stack:
        made = BothWays(stack, stack.simulator, name="Reckoning", export="always")
        Shelf(made, Customers(7400), 3)
        made.quiet()
        yield made


def test_differences_are_seen(connection):
    traffic = Traffic(connection, Random(1))
    org, (account, firm), (contact, _person) = connection.simulator, traffic.accounts[0], traffic.contacts[0]
    connection.make(parent_id=firm, type="delivery", street="Rampa 1", city="Asti", country_id=connection.country())
    connection.quiet()
    assert traffic.lost() == []
    org.edit(
        "Account", account, {"ShippingStreet": "Rampa 2", "Description": "Not read yet", "Odoo_VAT_Number__c": "X"}
    )
    org.edit("Contact", contact, {"OtherStreet": "Altrove 3", "Odoo_Customer_Number__c": "C9"})
    traffic.moved[contact] = traffic.accounts[1][0]
    traffic.streets[account, "Billing"] = {"here": "Nowhere 1"}
    connection.make(parent_id=firm, type="delivery", street="Rampa 4", city="Udine", country_id=connection.country())
    found = "\n".join(traffic.lost())
    for words in (
        f"{account}: delivery is",
        "notes is",
        "tax id is",
        f"{contact}: other is there",
        "customer number is",
        f"{contact} was moved to",
        f"{account}: Billing is",
        f"partner {firm} has 2 delivery addresses",
    ):
        assert words in found, f"{words!r} is not in:\n{found}"
