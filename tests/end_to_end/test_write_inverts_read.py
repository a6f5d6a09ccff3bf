"""An edit of one value in Odoo changes that value in the org and nothing else, and reading it back gives the edit."""

from __future__ import annotations

import pytest

from .two_way import BothWays

# What the org keeps of its own accord.
_SYSTEM = {"SystemModstamp", "LastModifiedDate", "LastModifiedById", "Odoo_External_Id__c", "attributes"}
_CITY = "Grünstadt"


@pytest.fixture
def exchange(stack):
    """A function that loads records of an object into Odoo, streams both ways; (connection, their ids)."""
    made: list[BothWays] = []

    def load(name, *rows, config=None, export="never", **connection):
        org = stack.simulator
        org.config(**(config or {}))
        both = BothWays(stack, org, name="Write inverts read", export=export, **connection)
        made.append(both)
        ids = org.seed(name, list(rows))
        both.load()
        org.advance(5)
        both.quiet()
        return both, ids

    yield load
    for both in made:
        both.retire()
    stack.simulator.config(state_country_picklists=False, multi_currency=False)


def edit(both: BothWays, key: str, **values):
    """Edit a partner by the id of its record; what that changed in the org."""
    before = both.record(key)
    both.write(both.partner(key)["id"], **values)
    both.quiet()
    now = both.record(key)
    return {name: now.get(name) for name in {*before, *now} - _SYSTEM if now.get(name) != before.get(name)}


def state_id(both: BothWays, country: str, name: str) -> int:
    [state] = both.query(
        "SELECT s.id FROM res_country_state s JOIN res_country c ON c.id = s.country_id"
        " WHERE c.code = %s AND s.name = %s", country, name,
    )  # fmt: skip
    return state["id"]


def test_a_state_whose_code_the_org_writes_otherwise(exchange):
    both, [account] = exchange(
        "Account",
        {
            "Name": "Quayside Supplies", "BillingStreet": "1 Quay", "BillingCity": "Cork",
            "BillingPostalCode": "T12 A1B2", "BillingCountryCode": "IE", "BillingStateCode": "CO",
            "BillingCountry": "Ireland", "BillingState": "Cork",
        },
        config={"state_country_picklists": True},
        export="always",
    )  # fmt: skip
    assert both.partner(account)["state_code"] == "C"
    assert edit(both, account, zip="T12 C3D4") == {"BillingPostalCode": "T12 C3D4"}
    dublin = edit(both, account, state_id=state_id(both, "IE", "Dublin"))
    assert dublin == {"BillingStateCode": "D", "BillingState": "Dublin"}
    new = both.make(
        name="Harbour Lights Ltd", is_company=True, street="2 Quay", city="Cork", country_id=both.country("IE"),
        state_id=state_id(both, "IE", "Cork"),
    )  # fmt: skip
    both.quiet()
    assert both.record(both.external_id(new))["BillingStateCode"] == "CO"


ADDRESSES = [
    ("Alder Trading", "Unit 7\r\nFloor 3\r\n12 Quay Road", "Bristol", "Avon", "England"),
    ("Birch Trading", "1 Main St", "Fresno", "Calif.", "USA"),
    ("Cedar Trading", "Via Uno 1", "Milano", "Lombardia", "Italia"),
    ("Dogwood Handel", "Am Ring 1", _CITY, "NW", "Germany"),
    ("Elder Trading", "5 Road", "Taipei", "Taipei City", "Chinese Taipei"),
    ("Fir Trading", "1 Dock St", "Mobile", "Alabama", None),
]


def test_parts_of_an_address_that_were_not_edited_stay_as_they_are(exchange):
    both, ids = exchange(
        "Account",
        *(
            {
                "Name": name, "BillingStreet": street, "BillingCity": city, "BillingState": state,
                "BillingCountry": country, "BillingPostalCode": "11111",
            }
            for name, street, city, state, country in ADDRESSES
        ),
    )  # fmt: skip
    before = {key: both.record(key) for key in ids}
    for key in ids:
        both.write(both.partner(key)["id"], zip="22222")
    both.quiet()
    for key in ids:
        now = both.record(key)
        changed = {name for name in now if name.startswith("Billing") and now.get(name) != before[key].get(name)}
        assert changed == {"BillingPostalCode"} and now["BillingPostalCode"] == "22222"
    alder, _birch, cedar, dogwood, elder, _fir = ids
    assert both.partner(dogwood)["state_code"] == "DE-NW"
    assert edit(both, alder, street="Unit 8") == {"BillingStreet": "Unit 8\r\nFloor 3\r\n12 Quay Road"}
    # A state that Odoo could not read is a person's to replace, and goes with the country that it stood in.
    assert edit(both, cedar, state_id=state_id(both, "IT", "Milano")) == {"BillingState": "Milano"}
    assert edit(both, elder, country_id=both.country("TW")) == {"BillingCountry": "Taiwan"}
    moved = edit(both, dogwood, state_id=state_id(both, "DE", "Bayern"))
    assert moved == {"BillingState": "BY"}


def test_phone_numbers_go_back_to_where_they_came_from(exchange):
    both, [gone, corrected, both_numbers] = exchange(
        "Contact",
        {"FirstName": "Lene", "LastName": "Vestergaard", "Email": "lene@vestergaard-l.example",
         "MobilePhone": "+45 20 12 34 56"},
        {"FirstName": "Oskar", "LastName": "Thuesen", "Email": "oskar@thuesen-o.example",
         "MobilePhone": "+45 61 87 23 09"},
        {"FirstName": "Signe", "LastName": "Holm", "Email": "signe@holm-s.example", "Phone": "+45 33 12 34 56",
         "MobilePhone": "+45 61 87 23 44"},
    )  # fmt: skip
    assert edit(both, gone, phone=False) == {"MobilePhone": None}
    assert both.partner(gone)["phone"] is None
    assert edit(both, corrected, phone="+4561872310") == {"MobilePhone": "+4561872310"}
    assert edit(both, both_numbers, phone="+4533123457") == {"Phone": "+4533123457"}
    # The other number was never in Odoo: it stays over there, and is what Odoo shows from now on.
    assert edit(both, both_numbers, phone=False) == {"Phone": None}
    assert both.partner(both_numbers)["phone"] == "+4561872344"
    assert edit(both, both_numbers, phone=False) == {"MobilePhone": None}
    assert both.partner(both_numbers)["phone"] is None and both.outbox("open") == []
    assert both.partner(corrected)["phone"] == "+4561872310"


def test_a_tax_id_typed_in_salesforce_stays_where_odoo_has_none(exchange):
    both, [account] = exchange(
        "Account", {"Name": "Blank Tax Ltd", "BillingCity": "Hull", "Website": "http://t.example"}
    )
    assert both.partner(account)["vat"] is None
    assert edit(both, account, website="http://u.example") == {"Website": "http://u.example"}
    both.simulator.edit("Account", account, {"Odoo_VAT_Number__c": "IT00743110157"})
    both.quiet()
    assert both.partner(account)["vat"] == both.record(account)["Odoo_VAT_Number__c"] == "IT00743110157"
    # Odoo owns the field: it corrects and empties it.
    assert both.record(account)["Odoo_VAT_Status__c"] == "Valid"
    assert edit(both, account, vat=False) == {"Odoo_VAT_Number__c": None, "Odoo_VAT_Status__c": "Unchecked"}
    assert both.partner(account)["vat"] is None and both.outbox("open") == []


def test_amounts_go_out_in_the_currency_of_the_record(exchange):
    both, [account, other] = exchange(
        "Account",
        {"Name": "Valuta Trial", "BillingCity": "Hull", "CurrencyIsoCode": "GBP"},
        {"Name": "Home Trial", "BillingCity": "Boston", "CurrencyIsoCode": "USD"},
        config={"multi_currency": True},
    )
    [company] = both.query(
        "SELECT c.id, k.name FROM res_company c JOIN res_currency k ON k.id = c.currency_id ORDER BY c.id LIMIT 1"
    )
    assert company["name"] == "USD"
    both.stack.rpc("res.company", "write", [[company["id"]], {"account_use_credit_limit": True}])
    both.stack.sql("DELETE FROM res_currency_rate")
    limit = {"use_partner_credit_limit": True, "credit_limit": 5000.0}
    assert edit(both, other, **limit) == {"Odoo_Credit_Limit__c": 5000.0}
    assert edit(both, account, **limit) == {}
    remarks = both.query("SELECT warnings FROM retail_sync_link WHERE external_id = %s AND part = 'main'", account)
    assert "GBP" in str(remarks)
    [pound] = both.query("SELECT id FROM res_currency WHERE name = 'GBP'")
    both.stack.rpc("res.currency.rate", "create", [[{"currency_id": pound["id"], "name": "2020-01-01", "rate": 0.8}]])
    assert edit(both, account, credit_limit=6000.0) == {"Odoo_Credit_Limit__c": 4800.0}
    assert edit(both, account, phone="+442011112222")["Phone"] == "+442011112222"
    assert both.record(account)["Odoo_Credit_Limit__c"] == 4800.0
