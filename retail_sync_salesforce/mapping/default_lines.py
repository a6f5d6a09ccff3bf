"""The streams and mapping lines that a new connection starts with. Administrators may change all of them."""

from typing import Any

BUSINESS = "business"
PERSON = "person"
ALL = "all"

IN = "in"
BOTH = "both"

# What Odoo alone decides: a value overwritten by a user in Salesforce must not keep the record from being read.
CREDIT_STATES = {"OK": "ok", "Near limit": "near_limit", "Hold": "hold", "*": None}
VAT_STATES = {"Valid": "valid", "Invalid": "invalid", "Unchecked": "unchecked", "*": None}

# The currency of a record's amounts; orgs with one currency have no such field.
CURRENCY = "CurrencyIsoCode"

# Platform fields that are read besides the mapped ones: they steer the reading itself.
STEERING = {
    "Account": ("Odoo_External_Id__c", "IsPersonAccount", "PersonContactId", CURRENCY),
    "Contact": ("Odoo_External_Id__c", "IsPersonAccount", CURRENCY),
    "Opportunity": ("Odoo_External_Id__c", CURRENCY),
    "Order": ("Odoo_External_Id__c", CURRENCY),
}

# Salesforce joins the parts itself; with one of them hidden from our user, our own joining would shorten every name.
PERSON_NAME = "Name|FirstName+LastName"

Line = dict[str, Any]


def line(field: str, path: str, transform: str = "", part: str = "main", kind: str = ALL, **values: Any) -> Line:
    """Vals of a mapping line."""
    return {
        "canonical_field": field,
        "remote_path": path,
        "transform": transform or False,
        "part": part,
        "sf_applies_to": kind,
        "direction": BOTH,
        **values,
    }


def address(prefix: str, part: str, kind: str = ALL) -> list[Line]:
    """Lines of one address, such as Billing. Codes come before names: orgs with picklists have both."""
    return [
        line("street", f"{prefix}Street", "street_line1", part, kind),
        line("street2", f"{prefix}Street", "street_rest", part, kind),
        line("city", f"{prefix}City", "line", part, kind),
        line("zip", f"{prefix}PostalCode", "line", part, kind),
        line("state", f"{prefix}StateCode|{prefix}State", "state", part, kind),
        line("country", f"{prefix}CountryCode|{prefix}Country", "country", part, kind),
    ]


def business_address_parts(main_address: str) -> dict[str, str]:
    """{address prefix: part} of business accounts; main_address: billing or shipping."""
    if main_address == "shipping":
        return {"Billing": "invoice", "Shipping": "main"}
    return {"Billing": "main", "Shipping": "delivery"}


def odoo_lines() -> list[Line]:
    """Lines of what Odoo decides and shows in Salesforce; the same fields on accounts and on contacts."""
    return [
        line("account_block", "Odoo_Account_Blocked__c", "bool"),
        line("block_reason", "Odoo_Block_Reason__c", "line"),
        line("block_until", "Odoo_Blocked_Until__c", "date"),
        line("credit_limit", "Odoo_Credit_Limit__c", "number"),
        line("amount_due", "Odoo_Amount_Due__c", "number"),
        line("overdue_amount", "Odoo_Overdue_Amount__c", "number"),
        line("credit_state", "Odoo_Credit_State__c", "value_map", options={"value_map": CREDIT_STATES}),
        line("payment_terms", "Odoo_Payment_Terms__c", "line"),
        line("tax_class", "Odoo_Tax_Class__c", "line"),
        line("vat_status", "Odoo_VAT_Status__c", "value_map", options={"value_map": VAT_STATES}),
        *rollup_lines(),
    ]


def rollup_lines() -> list[Line]:
    """Lines of what the customer's orders come to. No roll-up summary fields: those need a master-detail relation."""
    return [
        line("open_orders", "Odoo_Open_Orders__c", "number"),
        line("last_order_at", "Odoo_Last_Order_At__c", "datetime"),
        line("returns_rate", "Odoo_Returns_Rate__c", "number"),
        line("lifetime_value", "Odoo_Lifetime_Value__c", "number"),
        line("loyalty_points", "Odoo_Loyalty_Points__c", "number"),
    ]


def account_lines(main_address: str) -> list[Line]:
    """Lines of the Account stream: business accounts and person accounts."""
    lines = [
        line("kind", "=company", kind=BUSINESS, direction=IN),
        line("name", "Name", "line", kind=BUSINESS, required=True),
        line("parent", "ParentId", "salesforce_ref", kind=BUSINESS, options={"object": "Account"}),
        line("phone", "Phone", "phone_e164", kind=BUSINESS),
        line("website", "Website", "url"),
        line("vat", "Odoo_VAT_Number__c|VAT_Number__c", "vat"),
        line("customer_number", "Odoo_Customer_Number__c|Customer_Number__c|AccountNumber", "line"),
        line("notes", "Description", "text", direction=IN),
        line("owner", "Owner.Email", "salesforce_owner"),
    ]
    for prefix, part in business_address_parts(main_address).items():
        lines += address(prefix, part, BUSINESS)
    lines += [
        line("kind", "=person", kind=PERSON, direction=IN),
        line("name", PERSON_NAME, "person_name", kind=PERSON, required=True),
        line("job_title", "PersonTitle", "line", kind=PERSON),
        line("email", "PersonEmail", "email", kind=PERSON),
        line("phone", "Phone|PersonMobilePhone|PersonHomePhone|PersonOtherPhone", "phone_e164", kind=PERSON),
        line("language", "Odoo_Language__pc|Language__pc", "language", kind=PERSON),
        line("email_opt_out", "PersonHasOptedOutOfEmail", "bool", kind=PERSON),
        line("phone_opt_out", "PersonDoNotCall", "bool", kind=PERSON),
        *address("PersonMailing", "main", PERSON),
        *address("Billing", "invoice", PERSON),
        *address("Shipping", "delivery", PERSON),
        *odoo_lines(),
    ]
    return lines


def contact_lines() -> list[Line]:
    """Lines of the Contact stream."""
    return [
        line("kind", "=person", direction=IN),
        line("name", PERSON_NAME, "person_name", required=True),
        line("parent", "AccountId", "salesforce_ref", options={"object": "Account"}),
        line("job_title", "Title", "line"),
        line("email", "Email", "email"),
        line("phone", "Phone|MobilePhone|HomePhone|OtherPhone", "phone_e164"),
        line("language", "Odoo_Language__c|Language__c", "language"),
        line("customer_number", "Odoo_Customer_Number__c", "line"),
        line("email_opt_out", "HasOptedOutOfEmail", "bool"),
        line("phone_opt_out", "DoNotCall", "bool"),
        line("notes", "Description", "text", direction=IN),
        line("owner", "Owner.Email", "salesforce_owner"),
        *address("Mailing", "main"),
        *address("Other", "other"),
        *odoo_lines(),
    ]
