"""Checklist items 55, 56 and 62: objects of the package, prices, and what they take of the storage."""

from .commerce import LINE, ORDER, SHIPMENT, price, upsert
from .support import EXTERNAL_ID, call, refused


def test_item_55_only_where_the_package_is_deployed(sim, sf):
    names = {entry["name"] for entry in sf.describe()["sobjects"]}
    assert {ORDER, LINE, SHIPMENT, "ERP_Stock__c"} <= names
    assert "Send_To_ERP__c" not in {field["name"] for field in sf.Order.describe()["fields"]}
    sim.config(deployed=[])
    names = {entry["name"] for entry in sf.describe()["sobjects"]}
    assert not [name for name in names if name.endswith("__c")]
    with refused(400, "INVALID_TYPE"):
        sf.query(f"SELECT Id FROM {ORDER}")
    with refused(400, "INVALID_FIELD"):
        sf.query(f"SELECT {EXTERNAL_ID} FROM Account")
    sim.config(deployed=["force-app", "sales-orders"])
    assert "Send_To_ERP__c" in {field["name"] for field in sf.Order.describe()["fields"]}
    assert sf.query(f"SELECT COUNT() FROM {ORDER}")["totalSize"] == 0


def test_item_55_describe_of_custom_types(sf):
    fields = {field["name"]: field for field in sf.restful(f"sobjects/{ORDER}/describe")["fields"]}
    kinds = {
        "Lines__c": "textarea",
        "Amount_Total__c": "currency",
        "Ordered_At__c": "datetime",
        "Valid_Until__c": "date",
        "Odoo_URL__c": "url",
        "Salesperson__c": "email",
        "Line_Count__c": "double",
    }
    assert {name: fields[name]["type"] for name in kinds} == kinds
    assert (fields["Lines__c"]["length"], fields["Lines__c"]["filterable"]) == (131072, False)
    assert fields["Line_Count__c"]["scale"] == 0
    account = fields["Account__c"]
    assert (account["referenceTo"], account["relationshipName"], account["nillable"]) == (
        ["Account"],
        "Account__r",
        True,
    )
    master = {field["name"]: field for field in sf.restful(f"sobjects/{LINE}/describe")["fields"]}
    detail = master["ERP_Order__c"]
    assert (detail["nillable"], detail["updateable"], detail["cascadeDelete"]) == (False, False, True)
    assert "OwnerId" not in master, "a detail belongs to its master's owner"
    children = {child["relationshipName"] for child in sf.Account.describe()["childRelationships"]}
    assert {"ERP_Orders__r", "ERP_Shipments__r", "ERP_Invoices__r"} <= children


def test_item_55_parents_by_external_id_fail_by_row(sim, sf):
    sim.seed("Account", [{"Name": "Rossi", EXTERNAL_ID: "A-1"}])
    results = upsert(
        sf,
        ORDER,
        [
            {EXTERNAL_ID: "O-1", "Name": "S001", "Account__r": {EXTERNAL_ID: "A-1"}},
            {EXTERNAL_ID: "O-2", "Name": "S002", "Account__r": {EXTERNAL_ID: "A-2"}},
            {EXTERNAL_ID: "O-3", "Name": "S003", "Lines__c": "x" * 131073},
            {EXTERNAL_ID: "O-4", "Name": "S004", "Lines__c": "x" * 131072},
        ],
    )
    assert [result["success"] for result in results] == [True, False, False, True]
    (missing,) = results[1]["errors"]
    assert missing["statusCode"] == "INVALID_FIELD"
    assert missing["message"] == f"Foreign key external ID: A-2 not found for field {EXTERNAL_ID} in entity Account"
    assert results[2]["errors"][0]["statusCode"] == "STRING_TOO_LONG"
    (row,) = sf.query(f"SELECT Name, Account__r.Name FROM {ORDER} WHERE Name = 'S001'")["records"]
    assert row["Account__r"]["Name"] == "Rossi"


def test_item_55_lines_hang_on_their_order_and_shipments_do_not(sf):
    order = upsert(sf, ORDER, [{EXTERNAL_ID: "O-1", "Name": "S001"}])[0]["id"]
    ref = {"ERP_Order__r": {EXTERNAL_ID: "O-1"}}
    assert all(r["success"] for r in upsert(sf, LINE, [{EXTERNAL_ID: f"L-{i}", "Name": "A", **ref} for i in range(3)]))
    shipment = upsert(sf, SHIPMENT, [{EXTERNAL_ID: "P-1", "Name": "WH/OUT/1", **ref}])[0]["id"]
    (refusal,) = upsert(sf, LINE, [{EXTERNAL_ID: "L-9", "Name": "A"}])
    assert refusal["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    other = upsert(sf, ORDER, [{EXTERNAL_ID: "O-2", "Name": "S002"}])[0]["id"]
    (moved,) = upsert(sf, LINE, [{EXTERNAL_ID: "L-0", "ERP_Order__c": other}])
    assert moved["errors"][0]["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    children = "(SELECT Name FROM ERP_Order_Lines__r), (SELECT Name FROM ERP_Shipments__r)"
    (row,) = sf.query(f"SELECT {children} FROM {ORDER} WHERE Id = '{order}'")["records"]
    assert (row["ERP_Order_Lines__r"]["totalSize"], row["ERP_Shipments__r"]["totalSize"]) == (3, 1)
    assert call(sf, "DELETE", f"sobjects/{ORDER}/{order}").status_code == 204
    assert sf.query(f"SELECT COUNT() FROM {LINE}")["totalSize"] == 0
    assert sf.restful(f"sobjects/{SHIPMENT}/{shipment}")["ERP_Order__c"] is None


def test_item_55_a_new_state_cannot_fail_a_write(sf):
    made = upsert(sf, ORDER, [{EXTERNAL_ID: "O-1", "Name": "S001", "Stage__c": "Teleported"}])
    assert made[0]["success"]


def test_item_56_the_standard_price_comes_first(sf, standard, product):
    book = sf.Pricebook2.create({"Name": "Outlet", "IsActive": True})["id"]
    message = r"^Before creating a custom price, create a standard price\.$"
    with refused(400, "STANDARD_PRICE_NOT_DEFINED", match=message):
        sf.PricebookEntry.create(price(book, product))
    inactive = sf.PricebookEntry.create({**price(standard, product), "IsActive": False})["id"]
    with refused(400, "STANDARD_PRICE_NOT_DEFINED"):
        sf.PricebookEntry.create(price(book, product))
    assert sf.PricebookEntry.update(inactive, {"IsActive": True}) == 204
    assert sf.PricebookEntry.create(price(book, product))["success"]
    with refused(400, "DUPLICATE_VALUE", match="This price definition already exists in this price book"):
        sf.PricebookEntry.create(price(book, product, 60))


def test_item_56_each_currency_has_its_own_standard_price(sim, sf, standard, product):
    sim.config(multi_currency=True)
    book = sf.Pricebook2.create({"Name": "Outlet", "IsActive": True})["id"]
    made = sf.PricebookEntry.create(price(standard, product, CurrencyIsoCode="EUR"))["id"]
    with refused(400, "STANDARD_PRICE_NOT_DEFINED"):
        sf.PricebookEntry.create(price(book, product, CurrencyIsoCode="USD"))
    assert sf.PricebookEntry.create(price(standard, product, CurrencyIsoCode="USD"))["success"]
    assert sf.PricebookEntry.create(price(book, product, CurrencyIsoCode="USD"))["success"]
    with refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE"):
        sf.PricebookEntry.update(made, {"CurrencyIsoCode": "USD"})


def test_item_56_immutable_fields_and_entries_in_use(sf, standard, product, entry):
    book = sf.Pricebook2.create({"Name": "Outlet", "IsActive": True})["id"]
    for field, value in (("Pricebook2Id", book), ("Product2Id", product)):
        with refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE"):
            sf.PricebookEntry.update(entry, {field: value})
    opportunity = sf.Opportunity.create({"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-12-31"})["id"]
    line = {"OpportunityId": opportunity, "PricebookEntryId": entry, "Quantity": 1, "UnitPrice": 50}
    assert sf.OpportunityLineItem.create(line)["success"]
    with refused(400, "DELETE_FAILED"):
        sf.PricebookEntry.delete(entry)
    assert sf.PricebookEntry.update(entry, {"IsActive": False}) == 204, "what is in use is deactivated"
    with refused(400, "FIELD_INTEGRITY_EXCEPTION"):
        sf.OpportunityLineItem.create(line)
    with refused(400, "DELETE_FAILED"):
        sf.Pricebook2.delete(standard)


def test_item_56_a_price_that_follows_the_standard_price(sf, standard, product, entry):
    book = sf.Pricebook2.create({"Name": "Outlet", "IsActive": True})["id"]
    follower = sf.PricebookEntry.create(price(book, product, UseStandardPrice=True))["id"]
    sf.PricebookEntry.update(entry, {"UnitPrice": 55})
    assert sf.PricebookEntry.get(follower)["UnitPrice"] == 55
    for values in ({"UnitPrice": 60}, {"UnitPrice": 60, "UseStandardPrice": False}):
        with refused(400, "FIELD_INTEGRITY_EXCEPTION", match="^field integrity exception"):
            sf.PricebookEntry.update(follower, values)
    assert sf.PricebookEntry.update(follower, {"UseStandardPrice": False}) == 204
    assert sf.PricebookEntry.update(follower, {"UnitPrice": 60}) == 204
    sf.PricebookEntry.update(entry, {"UnitPrice": 70})
    assert sf.PricebookEntry.get(follower)["UnitPrice"] == 60


def test_item_56_the_external_id_of_an_entry(sf, standard, product):
    row = {EXTERNAL_ID: "PE-1", **price(standard, product)}
    assert [r["created"] for r in upsert(sf, "PricebookEntry", [row])] == [True]
    assert [r["created"] for r in upsert(sf, "PricebookEntry", [{EXTERNAL_ID: "PE-1", "UnitPrice": 9}])] == [False]
    soql = "SELECT ProductCode, Product2.ProductCode, Pricebook2.IsStandard FROM PricebookEntry"
    (found,) = sf.query(soql)["records"]
    assert (found["ProductCode"], found["Product2"]["ProductCode"]) == ("S-1", "S-1")
    assert found["Pricebook2"]["IsStandard"] is True


def test_item_62_storage_counts_records(sim, sf, order, entry):
    before = sim.control("GET", "storage")
    assert before["objects"] == {name: {"records": 1, "bytes": 2048} for name in ("Account", "Order")}
    sf.OrderItem.create({"OrderId": order, "PricebookEntryId": entry, "Quantity": 2, "UnitPrice": 50})
    assert sim.control("GET", "storage")["used"] == before["used"], "neither items nor products count"
    upsert(sf, ORDER, [{EXTERNAL_ID: "O-1", "Name": "S001", "Lines__c": "x" * 100000}])
    assert sim.control("GET", "storage")["used"] == before["used"] + 2048, "what is in a record does not count"
    sim.config(data_storage_mb=1)
    sim.seed("Contact", [{"LastName": f"C {i}"} for i in range(510)])
    limits = sf.limits()["DataStorageMB"]
    assert (limits["Max"], limits["Remaining"]) == (1, 0)
    upsert(sf, ORDER, [{EXTERNAL_ID: "O-1", "Name": "S001 again"}])
    with refused(400, "STORAGE_LIMIT_EXCEEDED", match="^storage limit exceeded$"):
        sf.Contact.create({"LastName": "Too many"})


def test_item_62_a_person_counts_twice(sim, sf):
    sim.config(person_accounts=True)
    types = sf.query("SELECT Id FROM RecordType WHERE SobjectType = 'Account' AND IsPersonType = true")["records"]
    sf.Account.create({"LastName": "Rossi", "RecordTypeId": types[0]["Id"]})
    objects = sim.control("GET", "storage")["objects"]
    assert sum(entry["bytes"] for entry in objects.values()) == 4096
