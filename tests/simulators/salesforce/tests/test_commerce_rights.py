"""What the permission sets of the package let the integration user do with orders and what follows them."""

import pytest

from tests.simulators.salesforce import package
from tests.simulators.salesforce.config import PERMISSION_SETS
from tests.simulators.salesforce.errors import ApiError
from tests.simulators.salesforce.writer import Writer

OPPORTUNITY = {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-12-31"}


def writer(org, user="integration"):
    return Writer(org, org.context(user))


def refused(code, attempt):
    with pytest.raises(ApiError) as caught:
        attempt()
    assert caught.value.code == code


def test_every_field_of_our_objects_can_be_written_and_no_record_deleted(org):
    access = org.context("integration").access
    for defn in package.objects():
        ours = org.schema.get(defn.name)
        for field in ours.fields.values():
            if field.custom:
                assert access.readable(ours, field) and access.editable(ours, field), f"{defn.name}.{field.name}"
        assert access.may(ours, "allowCreate") and not access.may(ours, "allowDelete")


def test_catalogue(org):
    integration = writer(org)
    shoe = {"Name": "Shoe", "ProductCode": "S-1", "StockKeepingUnit": "S-1", "IsActive": True}
    product = integration.insert("Product2", shoe)
    book = integration.insert("Pricebook2", {"Name": "Outlet", "IsActive": True, "Odoo_External_Id__c": "B"})
    for number, name in enumerate((org.standard_pricebook, book)):
        values = {"Pricebook2Id": name, "Product2Id": product, "UnitPrice": 5, "IsActive": True}
        entry = integration.insert("PricebookEntry", {**values, "Odoo_External_Id__c": f"E-{number}"})
    integration.update("PricebookEntry", entry, {"UnitPrice": 6, "UseStandardPrice": False})
    refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: integration.delete("Product2", product))


def test_cases(org):
    integration = writer(org)
    values = {"Subject": "Late", "Description": "d", "Priority": "High", "Origin": "ERP", "Status": "New"}
    case = integration.insert("Case", {**values, "Odoo_Cause__c": "late", "Odoo_Due_At__c": "2026-05-20T00:00:00Z"})
    integration.insert("CaseComment", {"ParentId": case, "CommentBody": "The cause is gone."})
    integration.update("Case", case, {"Status": "Closed", "Odoo_Cause_Gone__c": True, "Odoo_Worked_On__c": True})
    assert org.store.table("Case").live[case]["IsClosed"] is True
    refused("INSUFFICIENT_ACCESS_OR_READONLY", lambda: integration.delete("Case", case))


def test_opportunities_are_read_and_get_what_became_of_them(org, select):
    made = writer(org, "human").insert("Opportunity", {**OPPORTUNITY, "Send_To_ERP__c": True, "Odoo_Brand__c": "B"})
    fields = "StageName, IsWon, Amount, AccountId, Send_To_ERP__c, Odoo_Brand__c, Pricebook2Id, Owner.Email"
    items = "Quantity, UnitPrice, Discount, ServiceDate, PricebookEntry.Product2.ProductCode"
    assert len(select(f"SELECT {fields}, (SELECT {items} FROM OpportunityLineItems) FROM Opportunity")) == 1
    integration = writer(org)
    integration.update("Opportunity", made, {"Odoo_Quote_Number__c": "S001", "Odoo_External_Id__c": "x"})
    refused("INVALID_FIELD_FOR_INSERT_UPDATE", lambda: integration.update("Opportunity", made, {"Amount": 1}))
    refused(
        "INVALID_FIELD_FOR_INSERT_UPDATE", lambda: integration.update("Opportunity", made, {"Send_To_ERP__c": False})
    )
    refused("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", lambda: integration.insert("Opportunity", OPPORTUNITY))


def test_orders_of_an_org_that_sells_with_them(org, select):
    sets = [*PERMISSION_SETS, "Retail_Sync_Orders"]
    org.apply_config({"deployed": ["force-app", "sales-orders"], "permission_sets": sets})
    account = writer(org, "human").insert("Account", {"Name": "A"})
    draft = {"AccountId": account, "EffectiveDate": "2026-05-20", "Status": "Draft"}
    order = writer(org, "human").insert("Order", {**draft, "Send_To_ERP__c": True})
    writer(org).update("Order", order, {"Odoo_Quote_Number__c": "S001", "PoNumber": "P-1"})
    refused("INVALID_FIELD_FOR_INSERT_UPDATE", lambda: writer(org).update("Order", order, {"Send_To_ERP__c": False}))
    assert len(select("SELECT PoNumber, Odoo_Customer_Reference__c FROM Order WHERE Send_To_ERP__c = true")) == 1


def test_a_record_without_a_name_is_called_by_its_id(org):
    made = writer(org).insert("ERP_Order__c", {"Odoo_External_Id__c": "O-1"})
    assert org.store.table("ERP_Order__c").live[made]["Name"] == made[:15]
