import pytest

from tests.simulators.salesforce.errors import ApiError
from tests.simulators.salesforce.writer import Writer

KINDS = {
    "Odoo_Customer_Number__c": ("string", 40), "Odoo_Account_Blocked__c": ("boolean", 0),
    "Odoo_Block_Reason__c": ("string", 255), "Odoo_Blocked_Until__c": ("date", 0),
    "Odoo_Credit_Limit__c": ("currency", 0), "Odoo_Amount_Due__c": ("currency", 0),
    "Odoo_Overdue_Amount__c": ("currency", 0), "Odoo_Credit_State__c": ("picklist", 255),
    "Odoo_Payment_Terms__c": ("string", 80), "Odoo_Tax_Class__c": ("string", 80),
    "Odoo_VAT_Status__c": ("picklist", 255),
}  # fmt: skip
NAMES = {"Account": "Name", "Contact": "LastName"}


@pytest.mark.parametrize("name", NAMES)
def test_what_odoo_decides_has_its_fields(org, name):
    defn = org.schema.get(name)
    assert {field: (defn.field(field).type, defn.field(field).length) for field in KINDS} == KINDS
    assert all(defn.field(field).updateable and not defn.field(field).required for field in KINDS)


@pytest.mark.parametrize("name", NAMES)
def test_states_are_of_their_lists_and_amounts_of_two_decimals(org, name):
    writer = Writer(org, org.context("integration"))
    made = writer.insert(name, {NAMES[name]: "A", "Odoo_Credit_State__c": "near LIMIT", "Odoo_Amount_Due__c": 1.239})
    row = org.store.table(name).live[made]
    assert (row["Odoo_Credit_State__c"], row["Odoo_Amount_Due__c"]) == ("Near limit", 1.24)
    assert row["Odoo_Account_Blocked__c"] is False
    writer.update(name, made, {"Odoo_Credit_State__c": None, "Odoo_Account_Blocked__c": True})
    assert "Odoo_Credit_State__c" not in org.store.table(name).live[made]
    for field in ("Odoo_Credit_State__c", "Odoo_VAT_Status__c"):
        with pytest.raises(ApiError) as caught:
            writer.update(name, made, {field: "Maybe"})
        assert caught.value.code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
