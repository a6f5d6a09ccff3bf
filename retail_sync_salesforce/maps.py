"""The streams and mapping lines that a new connection starts with. Administrators may change all of them."""

from typing import Any

BUSINESS = "business"
PERSON = "person"
ALL = "all"

# Platform fields that are read besides the mapped ones: they steer the reading itself.
STEERING = {
    "Account": ("Odoo_External_Id__c", "IsPersonAccount", "PersonContactId"),
    "Contact": ("Odoo_External_Id__c", "IsPersonAccount"),
}

# Salesforce joins the parts itself; with one of them hidden from our user, our own joining would shorten every name.
PERSON_NAME = "Name|FirstName+LastName"

Line = dict[str, Any]


def line(field: str, path: str, transform: str = "", slot: str = "main", kind: str = ALL, **values: Any) -> Line:
    """Vals of a mapping line."""
    return {
        "canonical_field": field,
        "remote_path": path,
        "transform": transform or False,
        "slot": slot,
        "sf_applies_to": kind,
        **values,
    }


def address(prefix: str, slot: str, kind: str = ALL) -> list[Line]:
    """Lines of one address, such as Billing. Codes come before names: orgs with picklists have both."""
    return [
        line("street", f"{prefix}Street", "street_line1", slot, kind),
        line("street2", f"{prefix}Street", "street_rest", slot, kind),
        line("city", f"{prefix}City", "line", slot, kind),
        line("zip", f"{prefix}PostalCode", "line", slot, kind),
        line("state", f"{prefix}StateCode|{prefix}State", "state", slot, kind),
        line("country", f"{prefix}CountryCode|{prefix}Country", "country", slot, kind),
    ]


def business_address_slots(main_address: str) -> dict[str, str]:
    """{address prefix: slot} of business accounts; main_address: billing or shipping."""
    if main_address == "shipping":
        return {"Billing": "invoice", "Shipping": "main"}
    return {"Billing": "main", "Shipping": "delivery"}


def account_lines(main_address: str) -> list[Line]:
    """Lines of the Account stream: business accounts and person accounts."""
    lines = [
        line("kind", "=company", kind=BUSINESS),
        line("name", "Name", "line", kind=BUSINESS, required=True),
        line("parent", "ParentId", "salesforce_ref", kind=BUSINESS, options={"object": "Account"}),
        line("phone", "Phone", "phone_e164", kind=BUSINESS),
        line("website", "Website", "url"),
        line("vat", "VAT_Number__c", "vat"),
        line("customer_number", "Customer_Number__c|AccountNumber", "line"),
        line("notes", "Description", "text"),
        line("owner", "Owner.Email", "lower"),
    ]
    for prefix, slot in business_address_slots(main_address).items():
        lines += address(prefix, slot, BUSINESS)
    lines += [
        line("kind", "=person", kind=PERSON),
        line("name", PERSON_NAME, "person_name", kind=PERSON, required=True),
        line("job_title", "PersonTitle", "line", kind=PERSON),
        line("email", "PersonEmail", "email", kind=PERSON),
        line("phone", "Phone|PersonMobilePhone|PersonHomePhone|PersonOtherPhone", "phone_e164", kind=PERSON),
        line("language", "Language__pc", "language", kind=PERSON),
        line("email_opt_out", "PersonHasOptedOutOfEmail", "bool", kind=PERSON),
        line("phone_opt_out", "PersonDoNotCall", "bool", kind=PERSON),
        *address("PersonMailing", "main", PERSON),
        *address("Billing", "invoice", PERSON),
        *address("Shipping", "delivery", PERSON),
    ]
    return lines


def contact_lines() -> list[Line]:
    """Lines of the Contact stream."""
    return [
        line("kind", "=person"),
        line("name", PERSON_NAME, "person_name", required=True),
        line("parent", "AccountId", "salesforce_ref", options={"object": "Account"}),
        line("job_title", "Title", "line"),
        line("email", "Email", "email"),
        line("phone", "Phone|MobilePhone|HomePhone|OtherPhone", "phone_e164"),
        line("language", "Language__c", "language"),
        line("email_opt_out", "HasOptedOutOfEmail", "bool"),
        line("phone_opt_out", "DoNotCall", "bool"),
        line("notes", "Description", "text"),
        line("owner", "Owner.Email", "lower"),
        *address("Mailing", "main"),
        *address("Other", "other"),
    ]
