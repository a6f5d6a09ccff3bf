"""Checklist items 30-34: what the org refuses to store, and how it says so."""

import pytest
from simple_salesforce.format import format_external_id

from .support import EXTERNAL_ID, call, names, refused


@pytest.fixture
def grade(sim):
    """A restricted picklist on Contact."""
    values = [{"value": value, "label": value, "active": True} for value in ("Gold", "Silver")]
    field = {
        "name": "Grade__c",
        "label": "Grade",
        "type": "picklist",
        "restrictedPicklist": True,
        "picklistValues": values,
    }
    sim.schema("Contact", [field])


@pytest.mark.parametrize(
    ("fields", "code", "message", "named"),
    [
        ({"FirstName": "A"}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", ["LastName"]),
        ({"LastName": None}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", ["LastName"]),
        (
            {"LastName": "x" * 81},
            "STRING_TOO_LONG",
            f"Last Name: data value too large: {'x' * 81} (max length=80)",
            ["LastName"],
        ),
        (
            {"LastName": "A", "Email": "no-mail"},
            "INVALID_EMAIL_ADDRESS",
            "Email: invalid email address: no-mail",
            ["Email"],
        ),
        (
            {"LastName": "A", "Grade__c": "Bronze"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Grade: bad value for restricted picklist field: Bronze",
            ["Grade__c"],
        ),
        ({"LastName": "A", "foo": "1"}, "INVALID_FIELD", "No such column 'foo' on sobject of type Contact", None),
        (
            {"LastName": "A", "CreatedById": "005000000000001"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: CreatedById. Please check the security settings of this field and verify "
            "that it is read/write for your profile or permission set.",
            ["CreatedById"],
        ),
    ],
)
def test_item_30_field_validation(sim, sf, grade, fields, code, message, named):
    with refused(400, code) as caught:
        sf.Contact.create(fields)
    (entry,) = caught[0].content
    assert entry["message"] == message
    if named is not None:
        assert entry["fields"] == named
    contact = sf.Contact.create({"LastName": "Good", "Grade__c": "Gold", "Email": "good@example.com"})["id"]
    if fields != {"FirstName": "A"}:
        with refused(400, code):
            sf.Contact.update(contact, fields)
    row = sf.Contact.get(contact)
    assert (row["LastName"], row["Grade__c"], row["Email"]) == ("Good", "Gold", "good@example.com")
    assert sf.query("SELECT COUNT() FROM Contact")["totalSize"] == 1


def test_item_31_unique_external_id(sim, sf):
    (first,) = sim.seed("Contact", [{"LastName": "Rossi", EXTERNAL_ID: "C-1"}])
    message = rf"duplicate value found: {EXTERNAL_ID} duplicates value on record with id: {first[:15]}"
    with refused(400, "DUPLICATE_VALUE", match=message):
        sf.Contact.create({"LastName": "Twin", EXTERNAL_ID: "C-1"})
    second = sf.Contact.create({"LastName": "Other", EXTERNAL_ID: "c-1"})["id"]
    assert second != first, "the key is case-sensitive"
    with refused(400, "DUPLICATE_VALUE", match=message):
        sf.Contact.update(second, {EXTERNAL_ID: "C-1"})
    assert (
        sf.Contact.create({"LastName": "Keyless"})["success"] and sf.Contact.create({"LastName": "Keyless"})["success"]
    )
    assert sf.Contact.delete(first) == 204
    assert sf.Contact.update(second, {EXTERNAL_ID: "C-1"}) == 204, "a deleted row does not hold its key"


def test_item_32_validation_rule(sim, sf):
    sim.validation_rule("Contact", "Phone", "=", "000", "No such phone.")
    with refused(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", match=r"^No such phone\.$"):
        sf.Contact.create({"LastName": "Rossi", "Phone": "000"})
    contact = sf.Contact.create({"LastName": "Rossi", "Phone": "001"})["id"]
    with refused(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION"):
        sf.Contact.update(contact, {"Phone": "000"})
    results = sf.restful(
        "composite/sobjects",
        method="POST",
        json={
            "records": [{"attributes": {"type": "Contact"}, "LastName": "B", "Phone": phone} for phone in ("000", "1")]
        },
    )
    assert [result["success"] for result in results] == [False, True]
    assert results[0]["errors"][0]["statusCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"


def test_item_32_row_lock_some_times(sim, sf):
    (contact,) = sim.seed("Contact", [{"LastName": "Rossi"}])
    lock = "unable to obtain exclusive access to this record or 1 records: " + contact
    sim.fault(
        "record_error", {"object": "Contact", "op": "update"}, times=2, error_code="UNABLE_TO_LOCK_ROW", message=lock
    )
    for _ in range(2):
        with refused(400, "UNABLE_TO_LOCK_ROW", match=f"^{lock}$"):
            sf.Contact.update(contact, {"Phone": "1"})
    assert sf.Contact.get(contact)["Phone"] is None
    assert sf.Contact.update(contact, {"Phone": "1"}) == 204


def test_item_32_one_record_of_many(sim, sf):
    sim.fault(
        "record_error",
        {"object": "Contact", "field": "LastName", "value": "Bad"},
        times=-1,
        error_code="UNABLE_TO_LOCK_ROW",
        message="locked",
    )
    records = [{"attributes": {"type": "Contact"}, "LastName": name} for name in ("A", "Bad", "C")]
    results = sf.restful("composite/sobjects", method="POST", json={"records": records})
    assert [result["success"] for result in results] == [True, False, True]
    assert results[1]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert sorted(names(sf, "")) == ["A", "C"]
    sim.clear_faults()
    assert sf.Contact.create({"LastName": "Bad"})["success"]


@pytest.mark.parametrize(
    ("op", "code", "status"),
    [
        ("delete", "DELETE_FAILED", 400),
        ("update", "INSUFFICIENT_ACCESS_OR_READONLY", (400, 403)),
        ("update", "ENTITY_IS_LOCKED", 400),
    ],
)
def test_item_32_scripted_record_errors(sim, sf, op, code, status):
    (contact,) = sim.seed("Contact", [{"LastName": "Rossi"}])
    sim.fault("record_error", {"object": "Contact", "op": op}, error_code=code, message=f"scripted {code}")

    def attempt():
        return sf.Contact.delete(contact) if op == "delete" else sf.Contact.update(contact, {"Phone": "1"})

    with refused(status, code, match=f"^scripted {code}$"):
        attempt()
    assert sf.Contact.get(contact)["Phone"] is None
    assert attempt() == 204


def duplicate_rule(sim, action):
    sim.duplicate_rule("Contact", ["Email"], action, message="Use one of these records?")


@pytest.mark.parametrize("action", ["alert", "block"])
def test_item_33_duplicates_detected(sim, sf, action):
    (first,) = sim.seed("Contact", [{"LastName": "Rossi", "Email": "rossi@example.com"}])
    duplicate_rule(sim, action)
    duplicate = {"LastName": "Rosi", "Email": "rossi@example.com"}
    with refused(400, "DUPLICATES_DETECTED", match=r"^Use one of these records\?$") as caught:
        sf.Contact.create(duplicate)
    result = caught[0].content[0]["duplicateResut"]
    assert {"allowSave", "duplicateRule", "duplicateRuleEntityType", "errorMessage", "matchResults"} <= set(result)
    assert result["allowSave"] is (action == "alert")
    (matched,) = result["matchResults"]
    assert (matched["entityType"], matched["size"], matched["success"]) == ("Contact", 1, True)
    assert matched["matchRecords"][0]["record"]["Id"] == first
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true; includeRecordDetails=false; runAsCurrentUser=true"}
    if action == "alert":
        assert sf.Contact.create(duplicate, headers=header)["success"]
        assert len(names(sf, "")) == 2
    else:
        with refused(400, "DUPLICATES_DETECTED"):
            sf.Contact.create(duplicate, headers=header)
        assert names(sf, "") == ["Rossi"]
    assert sf.Contact.create({"LastName": "Rossi", "Email": "another@example.com"})["success"]


def test_item_33_collections_carry_no_match_list(sim, sf):
    sim.seed("Contact", [{"LastName": "Rossi", "Email": "rossi@example.com"}])
    duplicate_rule(sim, "block")
    records = [{"attributes": {"type": "Contact"}, "LastName": "Rosi", "Email": "rossi@example.com"}]
    (result,) = sf.restful("composite/sobjects", method="POST", json={"records": records})
    (error,) = result["errors"]
    assert (error["statusCode"], error["message"]) == ("DUPLICATES_DETECTED", "Use one of these records?")
    assert "matchResults" not in str(result)


def test_item_34_state_and_country(sim, sf):
    assert sf.Account.create({"Name": "Free", "BillingCountry": "Nowhereland"})["success"], (
        "free text without picklists"
    )
    sim.config(state_country_picklists=True)
    for address in (
        {"BillingCountry": "Nowhereland"},
        {"BillingCountryCode": "XX"},
        {"BillingCountryCode": "IT", "BillingStateCode": "ZZ9"},
        {"BillingStateCode": "CA"},
    ):
        with refused(400, "FIELD_INTEGRITY_EXCEPTION"):
            sf.Account.create({"Name": "A", **address})
    made = sf.Account.create({"Name": "A", "BillingCountryCode": "US", "BillingStateCode": "CA"})["id"]
    row = sf.Account.get(made)
    assert (row["BillingCountry"], row["BillingState"]) == ("United States", "California")
    assert sf.Account.create({"Name": "B", "BillingCountry": "Italy"})["success"]
    assert sf.query("SELECT COUNT() FROM Account")["totalSize"] == 3


def test_item_34_order_lines_of_another_price_book(sim, sf):
    standard = sf.query("SELECT Id FROM Pricebook2 WHERE IsStandard = true")["records"]
    assert len(standard) == 1
    product = sf.Product2.create({"Name": "Shoe", "IsActive": True})["id"]
    other_book = sf.Pricebook2.create({"Name": "Outlet", "IsActive": True})["id"]
    price = {"Product2Id": product, "UnitPrice": 50, "IsActive": True}
    entries = {
        book: sf.PricebookEntry.create({"Pricebook2Id": book, **price})["id"]
        for book in (standard[0]["Id"], other_book)
    }
    account = sf.Account.upsert(format_external_id(EXTERNAL_ID, "1"), {"Name": "A"}, raw_response=True).json()["id"]
    order = sf.Order.create(
        {"AccountId": account, "EffectiveDate": "2026-05-20", "Status": "Draft", "Pricebook2Id": other_book}
    )["id"]
    line = {"OrderId": order, "Quantity": 2, "UnitPrice": 50}
    with refused(400, "FIELD_INTEGRITY_EXCEPTION"):
        sf.OrderItem.create({**line, "PricebookEntryId": entries[standard[0]["Id"]]})
    assert (
        call(sf, "POST", "sobjects/OrderItem", json={**line, "PricebookEntryId": entries[other_book]}).status_code
        == 201
    )
    assert sf.query("SELECT (SELECT Quantity FROM OrderItems) FROM Order")["records"][0]["OrderItems"]["totalSize"] == 1
