"""Companies of an old ERP meet their accounts: nothing of the org is lost, and nothing is written to it unasked."""

from __future__ import annotations

import pytest

from .connection import Connection

# As old ERP data is: no VAT number, no country.
COMPANIES = (
    ("Huber Moden GmbH", "Hauptstr. 5", "80331", "München", "DE-BY", "+49 89 1234501"),
    ("Nordlicht Optik GmbH", "Am Sande 12", "21335", "Lüneburg", "DE-NI", "+49 4131 123402"),
    ("Rheinkontor Handels GmbH", "Domplatz 3", "50667", "Köln", "DE-NW", "+49 221 123403"),
    ("Elbwerk Sport GmbH", "Deichstr. 40", "20459", "Hamburg", "DE-HH", "+49 40 1234504"),
    ("Spreebogen Schuhe GmbH", "Alt-Moabit 90", "10559", "Berlin", "DE-BE", "+49 30 1234505"),
    ("Bodensee Uhren GmbH", "Seestr. 17", "78464", "Konstanz", "DE-BW", "+49 7531 123406"),
)
VATS = ("DE419390718", "DE895429167", "DE830452109", "DE275050516", "DE596545419", "DE910567754")
WATCHED = (
    "BillingStreet", "BillingPostalCode", "BillingCity", "BillingState", "BillingStateCode", "BillingCountry",
    "BillingCountryCode", "Phone", "Website", "Description", "VAT_Number__c", "Odoo_VAT_Number__c",
)  # fmt: skip


def _account(company, vat):
    name, street, code, city, state, phone = company
    return {
        "Name": name,
        "BillingStreet": street,
        "BillingPostalCode": code,
        "BillingCity": city,
        "BillingState": state.removeprefix("DE-"),
        "BillingCountry": "DE",
        "Phone": phone,
        "Website": f"https://{name.split()[0].lower()}.example",
        "Odoo_VAT_Number__c": vat,
    }


class Met:
    """Six companies that both sides have, loaded and not live."""

    def __init__(self, stack, org) -> None:
        self.org = org
        values = [
            {"name": name, "is_company": True, "street": street, "zip": code, "city": city, "phone": phone}
            for name, street, code, city, _state, phone in COMPANIES
        ]
        values[1]["comment"] = "Pays late"
        self.partners = stack.rpc("res.partner", "create", [values])
        self.accounts = org.seed("Account", [_account(*pair) for pair in zip(COMPANIES, VATS, strict=True)])
        self.before = self.remote()
        self.connection = Connection(stack, org, name="Old ERP", live=False)
        self.dry = self.dry_run()
        self.progress = self.connection.load()

    def remote(self):
        return {record["Id"]: record for record in self.org.records("Account", self.accounts)}

    def dry_run(self):
        self.connection.call("start_dry_run")
        return self.connection.wait_loaded()

    def lines(self):
        return {
            (line["side"], line["effect"], line["field"]): line["count"]
            for line in self.connection.query(
                "SELECT line.* FROM retail_sync_dry_run_line line JOIN retail_sync_run run ON run.id = line.run_id"
                " WHERE run.connection_id = %s AND line.part = 'main'", self.connection.id,
            )
        }  # fmt: skip

    def lost(self):
        """Values of the org as it was that are gone: {account: names of fields}."""
        after = self.remote()
        return {
            key: gone
            for key, record in self.before.items()
            if (gone := [name for name in WATCHED if record.get(name) and not after[key].get(name)])
        }


@pytest.fixture(scope="module")
def met(stack):
    stack.simulator.reset()
    made = Met(stack, stack.simulator)
    yield made
    made.connection.wait_idle()
    made.connection.call("action_pause")


def test_the_load_does_what_the_dry_run_said(met):
    names = ("linked", "created", "review", "failed", "updated", "excluded")
    assert {name: met.progress["totals"][name] for name in names} == {name: met.dry["totals"][name] for name in names}
    assert met.progress["totals"]["linked"] == len(COMPANIES), met.connection.messages()


def test_odoo_gets_what_it_lacked(met):
    for account, company, vat in zip(met.accounts, COMPANIES, VATS, strict=True):
        partner = met.connection.partner(account)
        assert (partner["vat"], partner["country_code"], partner["street"]) == (vat, "DE", company[1])


def test_nothing_is_written_before_the_consent(met):
    met.connection.poll()
    assert met.remote() == met.before
    assert {stream["direction"] for stream in met.connection.streams()} == {"in"}


def test_after_the_consent_nothing_of_the_org_is_lost(met):
    assert "6 Accounts" in met.connection.call("write_summary")
    met.connection.call("count_writes")
    met.connection.wait_idle()
    accounts, _contacts, *_published = met.connection.call("get_write_forecast")
    assert (accounts["linked"], accounts["records"], accounts["counted"]) == (6, 6, True)
    assert not [line for line in accounts["fields"] if line["effect"] == "empty"]
    met.connection.call("go_live")
    met.connection.wait_idle()
    for _round in range(3):
        met.org.advance(60)
        met.connection.poll()
    after = met.remote()
    assert all(record["Odoo_External_Id__c"] for record in after.values())
    assert met.lost() == {}
    for key, record in met.before.items():
        assert {name: after[key].get(name) for name in WATCHED} == {name: record.get(name) for name in WATCHED}
    for stream in met.connection.streams():
        assert stream["live_at"] and stream["live_user_id"]


def test_a_second_dry_run_finds_nothing_left_to_write(met):
    met.dry_run()
    assert met.lines() == {}
