"""Checklist items 18-24: create, read, update, delete, upsert, keys and ids."""

import re

import pytest
from simple_salesforce.format import format_external_id, format_soql

from .support import DATA, EXTERNAL_ID, call, id18, login, names, refused


def test_item_18_create_update_delete(sim, sf):
    reply = call(sf, "POST", "sobjects/Contact/", json={"LastName": "Rossi", "Phone": "1"})
    assert reply.status_code == 201
    contact = reply.json()["id"]
    assert reply.json() == {"id": contact, "success": True, "errors": []}
    updated = sf.Contact.update(contact, {"Phone": None, "Email": "r@rossi.it"}, raw_response=True)
    assert (updated.status_code, updated.content) == (204, b"")
    row = sf.Contact.get(contact)
    assert row["attributes"] == {"type": "Contact", "url": f"{DATA}/sobjects/Contact/{contact}"}
    assert (row["Id"], row["LastName"], row["Phone"], row["Email"]) == (contact, "Rossi", None, "r@rossi.it")
    part = sf.Contact.get(contact, params={"fields": "LastName,Email"})
    assert set(part) == {"attributes", "LastName", "Email"} or set(part) == {"attributes", "Id", "LastName", "Email"}
    deleted = sf.Contact.delete(contact, raw_response=True)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert names(sf, "") == []


def test_item_18_trailing_slashes(sim, sf):
    without = call(sf, "POST", "sobjects/Contact", json={"LastName": "Bianchi"})
    with_slash = call(sf, "POST", "sobjects/Contact/", json={"LastName": "Colombo"})
    assert (without.status_code, with_slash.status_code) == (201, 201)
    for slash in ("", "/"):
        for path in ("query", "queryAll"):
            found = sf.restful(path + slash, params={"q": "SELECT LastName FROM Contact ORDER BY LastName"})
            assert [row["LastName"] for row in found["records"]] == ["Bianchi", "Colombo"]
        assert sf.restful(f"limits{slash}")["DailyApiRequests"]["Max"] > 0
        resource = sf.restful(f"sobjects/Contact{slash}")
        assert resource["objectDescribe"]["name"] == "Contact"
        assert isinstance(resource["recentItems"], list)
    sf.Contact.create({"LastName": "Rossi", "Email": "rossi@example.com"})
    found = sf.search("FIND {rossi@example.com} IN EMAIL FIELDS RETURNING Contact(Id)")
    assert [hit["attributes"]["type"] for hit in found["searchRecords"]] == ["Contact"]


def test_item_18_through_external_ids(sim, sf):
    created = call(sf, "POST", "sobjects/Contact/Id", json={"LastName": "Rossi", EXTERNAL_ID: "C-1"})
    assert created.status_code == 201
    key = format_external_id(EXTERNAL_ID, "C-1")
    assert sf.Contact.get(key)["Id"] == created.json()["id"]
    assert sf.Contact.delete(key) == 204
    with refused(404, "NOT_FOUND"):
        sf.Contact.get(key)


def test_item_18_names_in_any_case(sim, sf):
    """Object, field and external-id field names are case-insensitive; answers carry the canonical case."""
    made = call(sf, "POST", "sobjects/contact", json={"LASTNAME": "Rossi", EXTERNAL_ID.lower(): "C-2"}).json()
    row = sf.restful(f"sobjects/CONTACT/{EXTERNAL_ID.upper()}/C-2")
    assert (row["Id"], row["LastName"], row["attributes"]["type"]) == (made["id"], "Rossi", "Contact")


def test_item_18_bad_bodies(sim, sf):
    with refused(400, "JSON_PARSER_ERROR"):
        call(sf, "POST", "sobjects/Contact", data="{not json", headers={"Content-Type": "application/json"})
    with refused(405, "METHOD_NOT_ALLOWED"):
        call(sf, "PUT", "sobjects/Contact", json={"LastName": "x"})
    with refused(415, "UNSUPPORTED_MEDIA_TYPE"):
        call(sf, "POST", "sobjects/Contact", data="LastName=x", headers={"Content-Type": "text/plain"})
    assert names(sf, "") == []


def test_item_19_unknown_and_deleted(sim, sf):
    (real,) = sim.seed("Contact", [{"LastName": "Rossi"}])
    never = id18(real[:3] + "000000000ZZZ")
    for attempt in (
        lambda: sf.Contact.get(never),
        lambda: sf.Contact.update(never, {"Phone": "1"}),
        lambda: sf.Contact.delete(never),
        lambda: sf.restful("sobjects/NoSuchThing/" + never),
    ):
        with refused(404, "NOT_FOUND"):
            attempt()
    assert sf.Contact.delete(real) == 204
    for attempt in (
        lambda: sf.Contact.get(real),
        lambda: sf.Contact.update(real, {"Phone": "1"}),
        lambda: sf.Contact.delete(real),
    ):
        with refused(404, "ENTITY_IS_DELETED", match="^entity is deleted$"):
            attempt()


def test_item_19_merged_loser_is_like_deleted(sim, sf):
    winner, loser = sim.seed("Contact", [{"LastName": "Rossi"}, {"LastName": "Rosi"}])
    sim.merge("Contact", winner, [loser])
    with refused(404, "ENTITY_IS_DELETED"):
        sf.Contact.get(loser)
    assert sf.Contact.get(winner)["LastName"] == "Rossi"


def test_item_20_upsert_from_version_46(sim, sf):
    key = format_external_id(EXTERNAL_ID, "C-77")
    made = sf.Contact.upsert(key, {"LastName": "Rossi"}, raw_response=True)
    assert made.status_code == 201
    assert made.json() == {"id": made.json()["id"], "success": True, "errors": [], "created": True}
    again = login(sim, "46.0").Contact.upsert(key, {"Phone": "1"}, raw_response=True)
    assert again.status_code == 200
    assert again.json() == {"id": made.json()["id"], "success": True, "errors": [], "created": False}
    row = sf.Contact.get(made.json()["id"])
    assert (row["LastName"], row["Phone"], row[EXTERNAL_ID]) == ("Rossi", "1", "C-77")


def test_item_20_upsert_up_to_version_45(sim):
    old = login(sim, "45.0")
    key = format_external_id(EXTERNAL_ID, "C-78")
    made = old.Contact.upsert(key, {"LastName": "Rossi"}, raw_response=True)
    assert made.status_code == 201
    assert "created" not in made.json()
    again = old.Contact.upsert(key, {"LastName": "Bianchi"}, raw_response=True)
    assert (again.status_code, again.content) == (204, b"")
    assert names(old, "") == ["Bianchi"]


def test_item_20_several_matches(sim, sf):
    loyalty = {"name": "Loyalty_No__c", "type": "string", "length": 20, "externalId": True, "idLookup": True}
    sim.schema("Contact", [loyalty | {"unique": False}])
    contact_ids = sim.seed("Contact", [{"LastName": f"Twin {i}", "Loyalty_No__c": "L1"} for i in range(2)])
    paths = {f"{DATA}/sobjects/Contact/{contact_id}" for contact_id in contact_ids}
    with refused(300) as caught:
        sf.Contact.upsert("Loyalty_No__c/L1", {"Phone": "1"})
    assert set(caught[0].content) == paths and len(caught[0].content) == 2
    with refused(300) as read:
        sf.Contact.get("Loyalty_No__c/L1")
    assert set(read[0].content) == paths
    assert [row["Phone"] for row in sf.query("SELECT Phone FROM Contact")["records"]] == [None, None]


def test_item_20_field_that_is_no_key(sim, sf):
    for field in ("Foo__c", "Phone"):
        message = f"^Provided external ID field does not exist or is not accessible: {field}$"
        with refused(404, "NOT_FOUND", match=message):
            sf.Contact.upsert(f"{field}/1", {"LastName": "Rossi"})
    with refused(404):
        call(sf, "PATCH", f"sobjects/Contact/{EXTERNAL_ID}/C-79?updateOnly=true", json={"LastName": "Rossi"})
    assert names(sf, "") == []


def test_item_20_deleted_rows_do_not_match(sim, sf):
    key = format_external_id(EXTERNAL_ID, "C-80")
    first = sf.Contact.upsert(key, {"LastName": "Old"}, raw_response=True).json()["id"]
    sf.Contact.delete(first)
    second = sf.Contact.upsert(key, {"LastName": "New"}, raw_response=True)
    assert second.status_code == 201
    assert second.json()["id"] != first


ODD_KEYS = [
    "a/b",
    "a b",
    "a+b",
    "a%2Fb",
    "ü-漢-é",
    "x?y=z#w",
    "50%",
    "dot.json",
    "a&b;c,d",
    "'quoted\"",
    "shop:res.partner:55",
]


@pytest.mark.parametrize("value", ODD_KEYS)
def test_item_21_percent_decoding(sim, sf, value):
    key = format_external_id(EXTERNAL_ID, value)
    assert re.fullmatch(r"[A-Za-z0-9_.~%-]+", key.split("/", 1)[1])
    made = sf.Contact.upsert(key, {"LastName": "Rossi"}, raw_response=True)
    assert made.status_code == 201
    assert sf.Contact.get(key)[EXTERNAL_ID] == value
    assert names(sf, format_soql("WHERE {:literal} = {}", EXTERNAL_ID, value)) == ["Rossi"]
    assert sf.Contact.upsert(key, {"Phone": "1"}) == 200
    assert sf.Contact.delete(key) == 204


def test_item_21_plus_in_a_path_is_a_plus(sim, sf):
    """simple-salesforce's get_by_custom_id writes a space as `+`, which a path takes literally."""
    sim.seed("Contact", [{"LastName": "Space", EXTERNAL_ID: "a b"}, {"LastName": "Plus", EXTERNAL_ID: "a+b"}])
    assert sf.Contact.get_by_custom_id(EXTERNAL_ID, "a b")["LastName"] == "Plus"
    assert sf.Contact.get(format_external_id(EXTERNAL_ID, "a b"))["LastName"] == "Space"


def test_item_22_id_or_key_in_the_body(sim, sf):
    (contact,) = sim.seed("Contact", [{"LastName": "Rossi", EXTERNAL_ID: "C-1"}])
    key = format_external_id(EXTERNAL_ID, "C-1")
    for body in ({"Id": contact, "Phone": "1"}, {EXTERNAL_ID: "C-1", "Phone": "1"}, {EXTERNAL_ID: "C-2", "Phone": "1"}):
        with refused(400, "INVALID_FIELD"):
            sf.Contact.upsert(key, body)
    with refused(400, "INVALID_FIELD"):
        sf.Contact.update(contact, {"Id": contact, "Phone": "1"})
    assert sf.Contact.get(contact)["Phone"] is None


def test_item_23_parent_by_external_id(sim, sf):
    (account,) = sim.seed("Account", [{"Name": "Rossi Srl", EXTERNAL_ID: "55"}])
    made = sf.Contact.create({"LastName": "Rossi", "Account": {EXTERNAL_ID: "55"}})
    assert sf.Contact.get(made["id"])["AccountId"] == account
    upserted = sf.Contact.upsert(
        format_external_id(EXTERNAL_ID, "C-9"), {"LastName": "B", "Account": {EXTERNAL_ID: "55"}}, raw_response=True
    )
    assert sf.Contact.get(upserted.json()["id"])["AccountId"] == account
    missing = f"^Foreign key external ID: 56 not found for field {EXTERNAL_ID} in entity Account$"
    with refused(400, "INVALID_FIELD", match=missing):
        sf.Contact.create({"LastName": "Orphan", "Account": {EXTERNAL_ID: "56"}})
    assert sf.query("SELECT COUNT() FROM Contact")["totalSize"] == 2
    with refused(400, "INVALID_CROSS_REFERENCE_KEY"):
        sf.Contact.create({"LastName": "Orphan", "AccountId": id18("001000000000ZZZ")})


VECTORS = {
    "001D000000ISUr3": "001D000000ISUr3IAH",
    "70130000001tcyI": "70130000001tcyIAAQ",
    "00558000001N0Ke": "00558000001N0KeAAK",
    "a0D30000001n7Pi": "a0D30000001n7PiEAI",
}
PREFIXES = {
    "Account": ("001", {"Name": "A"}),
    "Contact": ("003", {"LastName": "C"}),
    "Lead": ("00Q", {"LastName": "L", "Company": "Co"}),
    "Opportunity": ("006", {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-12-31"}),
    "Case": ("500", {"Subject": "Refund"}),
    "Task": ("00T", {"Subject": "Call", "Status": "Not Started", "Priority": "Normal"}),
    "Product2": ("01t", {"Name": "P"}),
    "Individual": ("0PK", {"LastName": "I"}),
}


def test_item_24_ids(sim, sf):
    assert {short: id18(short) for short in VECTORS} == VECTORS
    for sobject, (prefix, fields) in PREFIXES.items():
        made = getattr(sf, sobject).create(fields)["id"]
        assert made.startswith(prefix) and len(made) == 18, sobject
        assert made == id18(made[:15]), sobject
        row = getattr(sf, sobject).get(made[:15])
        assert row["Id"] == made, "an id of 15 characters is accepted, 18 are answered"
    globals_ = {entry["name"]: entry["keyPrefix"] for entry in sf.describe()["sobjects"]}
    assert {name: globals_[name] for name in PREFIXES} == {name: prefix for name, (prefix, _) in PREFIXES.items()}
    assert (globals_["User"], globals_["RecordType"], globals_["Organization"]) == ("005", "012", "00D")


def test_item_24_both_forms_everywhere(sim, sf):
    account = sf.Account.create({"Name": "A"})["id"]
    contact = sf.Contact.create({"LastName": "C", "AccountId": account[:15]})["id"]
    assert sf.Contact.get(contact)["AccountId"] == account
    for form in (account, account[:15]):
        assert names(sf, f"WHERE AccountId = '{form}'") == ["C"]
        assert names(sf, f"WHERE AccountId IN ('{form}')") == ["C"]
    assert sf.Contact.update(contact[:15], {"Phone": "1"}) == 204
    assert sf.Contact.delete(contact[:15]) == 204
    for malformed in ("xyz", contact[:14], contact[:15] + "ZZZ"):
        with refused((400, 404)):
            sf.Contact.get(malformed)
