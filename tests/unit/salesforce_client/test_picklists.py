"""Picklists that depend on another field."""

import base64

from retail_sync_salesforce.client import describe, picklists
from tests.simulators.salesforce.states_countries import STATES, controller, picklist

from .fakes import Answer, new_session


def bits(*places):
    data = bytearray(max(places, default=0) // 8 + 1)
    for place in places:
        data[place // 8] |= 0x80 >> (place % 8)
    return base64.b64encode(bytes(data)).decode()


def entry(value, valid_for=None, active=True):
    return {"value": value, "label": value, "active": active, "validFor": valid_for}


def described(states, countries, controller="BillingCountryCode"):
    fields = [
        {"name": "BillingStateCode", "type": "picklist", "controllerName": controller, "picklistValues": states},
        {"name": "BillingCountryCode", "type": "picklist", "picklistValues": countries},
    ]
    session, _ = new_session(Answer({"name": "Account", "fields": fields}))
    return describe.describe(session, "Account")


def test_states_of_countries():
    countries = [entry(f"C{index}", active=index != 1) for index in range(12)]
    states = [entry("CA", bits(0, 11)), entry("UD", bits(9)), entry("XX", bits(2), active=False), entry("NO", bits())]
    found = picklists.allowed(described(states, countries), "BillingStateCode")
    assert found == {"C0": ["CA"], "C11": ["CA"], "C9": ["UD"]}


def test_an_inactive_country_keeps_its_place():
    countries = [entry("AA", active=False), entry("IT")]
    assert picklists.allowed(described([entry("UD", bits(1))], countries), "BillingStateCode") == {"IT": ["UD"]}


def test_what_is_not_given_is_not_known():
    countries = [entry("IT")]
    assert picklists.allowed(described([entry("UD")], countries), "BillingStateCode") is None
    assert picklists.allowed(described([entry("UD", bits(0))], countries, None), "BillingStateCode") is None
    assert picklists.allowed(described([entry("UD", bits(0))], countries, "Other__c"), "BillingStateCode") is None
    assert picklists.allowed(described([entry("UD", bits(0))], []), "BillingStateCode") is None
    assert picklists.allowed(described([], countries), "Nothing__c") is None
    assert picklists.allowed(described([entry("UD", "?"), entry("MI", bits(40))], countries), "BillingStateCode") == {}


def test_states_of_the_simulated_org_go_with_their_countries():
    names = ("BillingCountryCode", "BillingStateCode")
    fields = [
        {"name": name, "picklistValues": picklist(name), "controllerName": controller(name), "restrictedPicklist": True}
        for name in names
    ]
    allowed = picklists.allowed(
        describe.ObjectDescribe(None, {entry["name"]: describe._field(entry) for entry in fields}), names[1]
    )
    assert {country: sorted(codes) for country, codes in allowed.items()} == {
        country: sorted(states) for country, states in STATES.items()
    }
