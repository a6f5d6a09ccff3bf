"""A refusal means fields that were sent, whatever it calls them."""

import pytest

from retail_sync_salesforce.client.named_fields import named

CUSTOM = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
STATE = "There's a problem with this state, even though it may appear correct. Please select a state from the list."
UNIQUE = "duplicate value found: {} duplicates value on record with id: 0015g00000AbCdE"
NO_ACCESS = "insufficient access rights on cross-reference id: 0015g00000AbCdE"
ACCOUNT = "0015g00000AbCdEAAU"
OWNER = "operation performed with inactive user [0055g00000AbCdE] as owner of account"


@pytest.mark.parametrize(
    ("code", "message", "fields", "sent", "expected"),
    [
        (CUSTOM, "No.", ["Phone"], {"Phone": "1", "Fax": "2"}, ["Phone"]),
        (CUSTOM, "No.", ["phone"], {"Phone": "1"}, ["Phone"]),
        ("FIELD_INTEGRITY_EXCEPTION", STATE, ["BillingState"], {"BillingStateCode": "TX"}, ["BillingStateCode"]),
        ("FIELD_INTEGRITY_EXCEPTION", STATE, ["BillingStateCode"], {"BillingState": "Texas"}, ["BillingState"]),
        ("INVALID_EMAIL_ADDRESS", "", ["Email"], {"PersonEmail": "x", "Phone": "1"}, ["PersonEmail"]),
        (
            "FIELD_INTEGRITY_EXCEPTION",
            "",
            ["MailingState"],
            {"PersonMailingStateCode": "X"},
            ["PersonMailingStateCode"],
        ),
        (CUSTOM, "", ["Odoo_Language__c"], {"Odoo_Language__pc": "de_DE"}, ["Odoo_Language__pc"]),
        (
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "",
            ["Name"],
            {"FirstName": "A", "LastName": "B"},
            ["FirstName", "LastName"],
        ),
        (CUSTOM, "", ["BillingAddress"], {"BillingCity": "Rom", "Phone": "1"}, ["BillingCity"]),
        (CUSTOM, "", ["Phone", "Rating"], {"Phone": "1"}, ["Phone", "Rating"]),
        (CUSTOM, "An account needs a rating.", [], {"Phone": "1"}, []),
        ("INACTIVE_OWNER_OR_USER", OWNER, [], {"OwnerId": "0055g00000AbCdE", "Phone": "1"}, ["OwnerId"]),
        ("INACTIVE_OWNER_OR_USER", OWNER, [], {"Phone": "1"}, []),
        ("TRANSFER_REQUIRES_READ", "The new owner must have read permission", [], {"OwnerId": "0"}, ["OwnerId"]),
        ("INVALID_CURRENCY_ISO", "", [], {"CurrencyIsoCode": "ZZZ"}, ["CurrencyIsoCode"]),
        ("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", [], {"LastName": None}, ["LastName"]),
        ("INVALID_EMAIL_ADDRESS", "E-mail: invalid email address: a@b", [], {"Email": "a@b", "Fax": "1"}, ["Email"]),
        ("STRING_TOO_LONG", "Job: data value too large: abc (max length=2)", [], {"Title": "abc"}, ["Title"]),
        ("STRING_TOO_LONG", "Job: data value too large: abc (max length=2)", [], {"Title": "abc", "Fax": "abc"}, []),
        (
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Rating: bad value for restricted picklist field: Hot",
            [],
            {"Rating": "Hot"},
            ["Rating"],
        ),
        ("FIELD_INTEGRITY_EXCEPTION", STATE, [], {"BillingStateCode": "TX", "BillingCity": "x"}, ["BillingStateCode"]),
        ("FIELD_INTEGRITY_EXCEPTION", STATE, [], {"BillingStateCode": "TX", "ShippingStateCode": "TX"}, []),
        ("DUPLICATE_VALUE", UNIQUE.format("VAT__c"), [], {"VAT__c": "1", "Phone": "2"}, ["VAT__c"]),
        ("DUPLICATE_VALUE", UNIQUE.format("Tax__c"), [], {"VAT__c": "1", "Phone": "2"}, []),
        ("DUPLICATE_VALUE", UNIQUE.format("<unknown>"), [], {"VAT__c": "1"}, []),
        (
            "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
            NO_ACCESS,
            [],
            {"AccountId": ACCOUNT, "Fax": "1"},
            ["AccountId"],
        ),
        ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", NO_ACCESS, [], {"Id": ACCOUNT, "Fax": "1"}, []),
        (
            "MALFORMED_ID",
            "Account ID: id value of incorrect type: 0015g00000AbCdE",
            [],
            {"AccountId": ACCOUNT},
            ["AccountId"],
        ),
        (
            "CIRCULAR_DEPENDENCY",
            "attempt to violate hierarchy constraints",
            [],
            {"ParentId": "x", "Fax": "1"},
            ["ParentId"],
        ),
    ],
)
def test_named(code, message, fields, sent, expected):
    assert list(named(code, message, fields, sent)) == expected
