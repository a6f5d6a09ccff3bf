import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.security.masking import (
    HIDDEN,
    FieldClass,
    closed_values,
    is_secret_name,
    mask_payload,
    mask_value,
    stricter,
)


@pytest.mark.parametrize(
    ("value", "kind", "masked"),
    [
        ("anna@dundermifflin.com", "", "a***@d***.com"),
        ("anna@dunder.co.uk", "email", "a***@d***.uk"),
        ("+39 02 1234567", "", HIDDEN + "67"),
        ("+39021234567", "phone", HIDDEN + "67"),
        ("Anna Maria Rossi", "", "A*** M*** R***"),
        ("Via Roma 1", "location", HIDDEN),
        ("a note\nof two lines", "", HIDDEN),
        ("x" * 100, "", HIDDEN),
        ("1980-01-05", "", HIDDEN),
        (1980, "", HIDDEN),
        (True, "", HIDDEN),
        (False, "", HIDDEN),
        (12.5, "", HIDDEN),
        (None, "", None),
        ("", "", ""),
    ],
)
def test_personal_values(value, kind, masked):
    assert mask_value(value, "personal", kind) == masked


@pytest.mark.parametrize("sensitivity", ["secret", "sensitive"])
def test_secret_values_leave_no_trace(sensitivity):
    for value in ("hunter2", 5, True, ["x"]):
        assert mask_value(value, sensitivity) == HIDDEN


def test_open_values_stay():
    assert mask_value("Gold", "internal") == mask_value("Gold", "public") == "Gold"


def test_unknown_sensitivity():
    with pytest.raises(ValueError, match="sensitivity"):
        mask_value("x", "hush")


@pytest.mark.parametrize(
    "name", ["client_secret", "AccessToken", "apiKey", "ApiKey__c", "Portal_Password__c", "cookie"]
)
def test_a_credential_shows_by_its_name(name):
    assert is_secret_name(name)
    assert mask_payload({name: "Gold"}, {name: "public"}) == {name: HIDDEN}


@pytest.mark.parametrize("name", ["Key", "Name", "KeyAccount__c", "Whatever__c"])
def test_other_names_are_no_credentials(name):
    assert not is_secret_name(name)


def test_the_stricter_class_wins():
    assert stricter("public", "personal") == stricter("personal", "internal") == "personal"


PAYLOAD = {
    "Id": "001D000000ISUr3IAH",
    "Type": "Customer",
    "Name": "Anna Rossi",
    "BillingStreet": "Via Roma 1",
    "Phone": "+39 02 1234567",
    "Score__c": 7,
    "IsDeleted": False,
    "Hobby__c": "Sailing boats",
    "Birthdate": "1980-01-05",
    "Owner": {"Email": "boss@example.com", "Id": "0055g00000AbCdEAAV"},
    "Tags": ["Anna", {"access_token": "zzz"}],
}


CLASSES = {
    "Type": "internal",
    "Name": "personal",
    "BillingStreet": FieldClass("personal", "text"),
    "Phone": "personal",
    "Owner.Email": "personal",
    "Birthdate": "sensitive",
}


def test_only_what_is_classed_as_open_is_shown():
    before = copy.deepcopy(PAYLOAD)
    masked = mask_payload(PAYLOAD, CLASSES, clear=["001D000000ISUr3IAH"])
    assert PAYLOAD == before
    assert masked == {
        "Id": "001D000000ISUr3IAH",
        "Type": "Customer",
        "Name": "A*** R***",
        "BillingStreet": HIDDEN,
        "Phone": HIDDEN + "67",
        "Score__c": HIDDEN,
        "IsDeleted": HIDDEN,
        "Hobby__c": HIDDEN,
        "Birthdate": HIDDEN,
        "Owner": {"Email": "b***@e***.com", "Id": HIDDEN},
        "Tags": [HIDDEN, {"access_token": HIDDEN}],
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Tax_Id__c", "DE123456789"),
        ("National_ID__c", "12345"),
        ("SocialSecurityId__c", "123-45-6789"),
        ("Driver_License_Id__c", "B072RRE2I55"),
        ("BankAccountId__c", "DE89370400440532013000"),
        ("LinkedIn_Url__c", "https://example.com/in/anna"),
        ("Marital_Status__c", "Divorced"),
        ("Phone_Number__c", 390212345678),
        ("PIN__c", 4711),
        ("Income__c", 81000.5),
        ("HasHIV__c", True),
        ("Location__Latitude__s", 45.4642),
        ("Status", "Deceased"),
        ("Country", "Italy"),
    ],
)
def test_a_field_that_no_mapping_names_is_hidden_whatever_its_name_and_type(name, value):
    assert mask_payload({name: value}) == {name: HIDDEN}
    assert closed_values({name: value}) == ([] if value is True else [value])


def test_classes_go_by_path_then_by_name_without_case():
    classes = {"owner.email": "public", "Email": "secret", "HOBBY__C": "internal", "score__c": "personal"}
    masked = mask_payload({**PAYLOAD, "Email": "x@y.zz"}, classes)
    assert masked["Owner"]["Email"] == "boss@example.com"
    assert masked["Email"] == HIDDEN
    assert masked["Hobby__c"] == "Sailing boats"
    assert masked["Score__c"] == HIDDEN


def test_an_open_name_opens_no_field_of_another_object():
    masked = mask_payload({"Name": "Screw", "Owner": {"Name": "Anna Rossi"}}, {"Name": "internal"})
    assert masked == {"Name": "Screw", "Owner": {"Name": HIDDEN}}


def test_a_secret_object_is_hidden_as_a_whole():
    assert mask_payload({"Owner": {"Email": "x"}}, {"owner": "sensitive"}) == {"Owner": HIDDEN}


def test_the_values_that_no_text_may_quote_are_those_that_are_masked():
    closed = closed_values(PAYLOAD, CLASSES, clear=["001D000000ISUr3IAH"])
    assert "Customer" not in closed and "001D000000ISUr3IAH" not in closed
    assert {"Anna Rossi", "Via Roma 1", "Sailing boats", 7, "boss@example.com", "zzz"} <= set(closed)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(["Id", "Name", "x", "token", "Birthdate"]), children, max_size=3)
    ),
    max_leaves=8,
)


@given(json_values)
def test_masking_keeps_the_shape_and_hides_each_value(payload):
    masked = mask_payload({"p": payload})
    json.dumps(masked)

    def check(before, after, name=""):
        if name == "token" and isinstance(before, dict):
            assert after == HIDDEN
        elif isinstance(before, dict):
            assert before.keys() == after.keys()
            for key in before:
                check(before[key], after[key], key)
        elif isinstance(before, list):
            assert len(before) == len(after)
            for left, right in zip(before, after, strict=True):
                check(left, right, name)
        else:
            assert after == (before if before in (None, "") and before is not False and before != 0 else HIDDEN)

    check({"p": payload}, masked)
