"""Customers that move, change places, are merged or change their kind: both sides are equal afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack import Stack

from .two_way import BothWays

OLD = {"Street": "Old Lane 1", "City": "Leeds", "PostalCode": "LS1 1AA", "Country": "United Kingdom"}


@pytest.fixture(scope="module")
def org_stack() -> Iterator[Stack]:
    with Stack("moves", simulator=True) as stack:
        stack.simulator.config(person_accounts=True)
        yield stack


@pytest.fixture(scope="module")
def shop(org_stack: Stack) -> Iterator[BothWays]:
    connection = BothWays(org_stack, org_stack.simulator, name="Moves", export="never")
    connection.load()
    yield connection
    connection.retire()


def at(*prefixes: str) -> dict[str, str]:
    return {f"{prefix}{part}": value for prefix in prefixes for part, value in OLD.items()}


def firm(name: str, **more: Any) -> dict[str, Any]:
    return {"Name": name, "BillingCity": "Udine", "BillingCountry": "Italy", "BillingStreet": f"Via {name} 1", **more}


def made(shop: BothWays, name: str, *records: dict[str, Any]) -> list[str]:
    """Make records as a user there, and let Odoo read them."""
    ids = [shop.simulator.create(name, record) for record in records]
    shop.quiet()
    shop.simulator.advance(60)
    return ids


def test_all_copies_of_an_address_follow(shop: BothWays) -> None:
    ids = made(
        shop,
        "Account",
        {"Name": "Movers Trial Ltd", **at("Billing", "Shipping")},
        {"FirstName": "Nora", "LastName": "Umzug", "PersonEmail": "nora@umzug-x.example", **at("Billing")},
        {
            "FirstName": "Emil",
            "LastName": "Flytter",
            "PersonEmail": "emil@flytter-x.example",
            **at("Billing", "Shipping", "PersonMailing"),
        },
    )
    for key in ids:
        shop.write(shop.partner(key)["id"], street="New Avenue 99", city="York", zip="YO1 1AA")
    shop.quiet()
    for key in ids:
        partner, record = shop.partner(key), shop.record(key)
        children = shop.query("SELECT type FROM res_partner WHERE parent_id = %s AND active", partner["id"])
        assert children == [], partner["name"]
        assert partner["street"] == "New Avenue 99"
        streets = {name: record.get(name) for name in ("BillingStreet", "ShippingStreet", "PersonMailingStreet")}
        assert set(streets.values()) - {None} == {"New Avenue 99"}, streets
    # What was empty over there stays so.
    empty = shop.record(ids[1])
    assert (empty.get("ShippingStreet"), empty.get("PersonMailingStreet")) == (None, None)


@pytest.mark.parametrize("seconds", [3, 70])
def test_the_winner_of_a_merge_was_not_known(shop: BothWays, seconds: int) -> None:
    """The org lists deletions by whole minutes; its merges are followed within one poll all the same."""
    details = {
        "Name": f"Brightwater Tools {seconds}",
        "Phone": f"+44 20 7946 00{seconds:02}",
        "BillingStreet": f"High Street {seconds}",
        "BillingCity": "Hull",
        "BillingPostalCode": "HU1 1AA",
        "BillingCountry": "United Kingdom",
        "Website": f"https://brightwater-{seconds}.example",
    }
    [old] = made(shop, "Account", details)
    partner = shop.partner(old)["id"]
    new = shop.simulator.create("Account", details)
    shop.simulator.merge("Account", new, [old])
    shop.simulator.advance(seconds)
    shop.poll()
    assert shop.partner_row(partner)["active"]
    assert shop.external_id(partner) == new
    assert not [message for message in shop.messages("review") if message["external_id"] == new]
    shop.simulator.advance(60)
    shop.simulator.edit("Account", new, {"Phone": f"+44 20 7946 01{seconds:02}"})
    shop.quiet()
    assert shop.partner_row(partner)["phone"] == f"+4420794601{seconds:02}"
    shop.write(partner, phone=f"+442079460{seconds + 200}")
    shop.quiet()
    assert shop.record(new)["Phone"].replace(" ", "") == f"+442079460{seconds + 200}"


def test_parent_and_child_change_places(shop: BothWays) -> None:
    [top] = made(shop, "Account", firm("Bafovute"))
    [low] = made(shop, "Account", firm("Mizarelu", ParentId=top))
    shop.simulator.edit("Account", low, {"ParentId": None})
    shop.simulator.edit("Account", top, {"ParentId": low})
    shop.quiet()
    assert shop.partner(top)["parent_id"] == shop.partner(low)["id"]
    assert shop.partner(low)["parent_id"] is None


def test_three_levels_are_turned_round(shop: BothWays) -> None:
    [top] = made(shop, "Account", firm("Tarkovia"))
    [middle] = made(shop, "Account", firm("Ostelune", ParentId=top))
    [low] = made(shop, "Account", firm("Pirgamon", ParentId=middle))
    shop.simulator.edit("Account", low, {"ParentId": None})
    shop.simulator.edit("Account", middle, {"ParentId": low})
    shop.simulator.edit("Account", top, {"ParentId": middle})
    shop.quiet()
    partners = {key: shop.partner(key) for key in (top, middle, low)}
    assert partners[top]["parent_id"] == partners[middle]["id"]
    assert partners[middle]["parent_id"] == partners[low]["id"]
    assert partners[low]["parent_id"] is None


def test_a_business_account_becomes_a_person(shop: BothWays) -> None:
    [account] = made(shop, "Account", firm("Katinka Webshop"))
    [contact] = made(
        shop,
        "Contact",
        {"FirstName": "Katinka", "LastName": "Webshop", "Email": "k@kat-x.example", "AccountId": account},
    )
    company, person = shop.partner(account)["id"], shop.partner(contact)["id"]
    shop.simulator.convert(account)
    shop.simulator.advance(5)
    shop.quiet()
    tasks = [message for message in shop.messages() if message["fault_code"] == "REMOTE_MERGE"]
    asked = [message for message in tasks if message["external_id"] == contact]
    assert asked, "a person is asked"
    assert shop.partner_row(person)["active"]
    shop.stack.rpc("retail.sync.message", "action_merge_here", [[asked[0]["id"]]])
    shop.quiet()
    assert shop.query("SELECT id FROM res_partner WHERE id = %s", person) == []
    row = shop.partner_row(company)
    assert (row["name"], row["email"], row["is_company"]) == ("Katinka Webshop", "k@kat-x.example", False)


def test_contacts_of_a_company_that_moves(shop: BothWays) -> None:
    place = {"Street": "Via Prima 1", "City": "Udine", "PostalCode": "33100", "Country": "Italy"}
    [account] = made(
        shop, "Account", {"Name": "Contactmoves", **{f"Billing{part}": value for part, value in place.items()}}
    )
    [copy, other] = made(
        shop,
        "Contact",
        {
            "FirstName": "Bruno",
            "LastName": "Quaglia",
            "Email": "bruno@quaglia-b.example",
            "AccountId": account,
            **{f"Mailing{part}": value for part, value in place.items()},
        },
        {"FirstName": "Ada", "LastName": "Zorzi", "Email": "ada@zorzi-b.example", "AccountId": account},
    )
    shop.write(shop.partner(account)["id"], street="Via Nuova 9")
    shop.quiet()
    assert shop.record(account)["BillingStreet"] == "Via Nuova 9"
    assert shop.record(copy)["MailingStreet"] == shop.partner(copy)["street"] == "Via Nuova 9"
    assert shop.record(other).get("MailingStreet") is None
    # An address of the contact's own is not the company's.
    shop.write(shop.partner(other)["id"], street="Via Casa 5", city="Tarvisio")
    shop.quiet()
    assert shop.record(other)["MailingStreet"] == "Via Casa 5"
    assert shop.record(account)["BillingStreet"] == shop.partner(account)["street"] == "Via Nuova 9"
