import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.security.masking import HIDDEN, classify_name, mask_payload, mask_value, scrub_text


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
        (True, "", True),
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
    ("name", "sensitivity"),
    [
        ("PersonBirthdate", "sensitive"),
        ("client_secret", "secret"),
        ("AccessToken", "secret"),
        ("apiKey", "secret"),
        ("OwnerId", "internal"),
        ("attributes", "internal"),
        ("Name", "personal"),
        ("Whatever__c", "personal"),
    ],
)
def test_names_tell_a_class(name, sensitivity):
    assert classify_name(name) == sensitivity


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


def test_a_payload_is_masked_all_through():
    before = copy.deepcopy(PAYLOAD)
    masked = mask_payload(PAYLOAD, {})
    assert PAYLOAD == before
    assert masked == {
        "Id": "001D000000ISUr3IAH",
        "Type": "Customer",
        "Name": "A*** R***",
        "BillingStreet": HIDDEN,
        "Phone": HIDDEN + "67",
        "Score__c": 7,
        "IsDeleted": False,
        "Hobby__c": "S*** b***",
        "Birthdate": HIDDEN,
        "Owner": {"Email": "b***@e***.com", "Id": "0055g00000AbCdEAAV"},
        "Tags": ["A***", {"access_token": HIDDEN}],
    }


def test_classes_go_by_path_then_by_name_without_case():
    classes = {"owner.email": "public", "Email": "secret", "HOBBY__C": "internal", "score__c": "personal"}
    masked = mask_payload({**PAYLOAD, "Email": "x@y.zz"}, classes)
    assert masked["Owner"]["Email"] == "boss@example.com"
    assert masked["Email"] == HIDDEN
    assert masked["Hobby__c"] == "Sailing boats"
    assert masked["Score__c"] == HIDDEN


def test_a_secret_object_is_hidden_as_a_whole():
    assert mask_payload({"Owner": {"Email": "x"}}, {"owner": "sensitive"}) == {"Owner": HIDDEN}


def test_a_sentence_under_the_name_of_a_code_is_masked():
    assert mask_payload({"type": "call Anna Rossi", "status": "a@b.co"})["type"] == "c*** A*** R***"
    assert mask_payload({"status": "a@b.co"})["status"] == "a***@b***.co"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(["Id", "Name", "x", "token", "Birthdate"]), children, max_size=3)
    ),
    max_leaves=8,
)


@given(json_values)
def test_masking_keeps_the_shape_and_hides_secrets(payload):
    masked = mask_payload({"p": payload})
    json.dumps(masked)

    def check(before, after, name=""):
        if isinstance(before, dict):
            assert before.keys() == after.keys()
            for key in before:
                check(before[key], after[key], key)
        elif isinstance(before, list):
            assert len(before) == len(after)
            for left, right in zip(before, after, strict=True):
                check(left, right, name)
        elif name in ("token", "Birthdate") and before not in (None, ""):
            assert after == HIDDEN

    check({"p": payload}, masked)


TOKEN = "00D5g000004XyzA!AQ0AQk9v.Zx_31mBqRT"
SECRET = "s3cr3t-Value_0xyz"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {TOKEN}",
        f"authorization: bearer {SECRET}",
        f'{{"access_token":"{SECRET}","scope":"api"}}',
        f"{{'client_secret': '{SECRET}'}}",
        f"grant_type=client_credentials&client_id=abc&client_secret={SECRET}",
        f"password = {SECRET}",
        f"<sessionId>{SECRET}</sessionId>",
        f"<urn:password xsi:type='x'>{SECRET}</urn:password>",
        f"session {TOKEN} has expired",
        f"https://user:{SECRET}@example.com/x",
        f"assertion=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.{SECRET}",
        "jwt eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.s3cr3t-Value_0xyz end",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
        f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET} (cut off",
        f"set-cookie: sid={SECRET}; path=/",
    ],
)
def test_no_secret_survives(text):
    scrubbed = scrub_text(text)
    assert SECRET not in scrubbed and "AQ0AQ" not in scrubbed
    assert HIDDEN in scrubbed
    assert scrub_text(scrubbed) == scrubbed


def test_personal_data_in_text():
    assert scrub_text("mail jo.doe@example.com failed") == "mail j***@e***.com failed"
    assert scrub_text("call +39 02 1234567 now") == f"call {HIDDEN}67 now"
    assert scrub_text("call (302) 556-4395") == f"call {HIDDEN}95"
    assert scrub_text("call +1234 5678 now") == f"call {HIDDEN}78 now"
    assert scrub_text("call +123 456 789 012 345 now") == f"call {HIDDEN}45 now"
    assert scrub_text("sizes +123 4567 and +1234 5678 9012 3456") == "sizes +123 4567 and +1234 5678 9012 3456"


@pytest.mark.parametrize(
    "text",
    [
        "record 001D000000ISUr3IAH of 2025-11-21T22:09:00.000+0000 failed",
        "version 1763720000123, 20000 rows, HTTP 503",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION: Name: too long (max length=80)",
        "took 12.5 s on 2025-11-21 22:09:00",
        "https://acme.my.example.com/services/data/v62.0/query?q=SELECT",
        "the token endpoint did not answer",
    ],
)
def test_plain_technical_text_stays(text):
    assert scrub_text(text) == text


@given(st.text(max_size=80))
def test_scrubbing_any_text_is_stable(text):
    once = scrub_text(text)
    assert scrub_text(once) == once


@given(
    st.text("abcdefXYZ019._~+-/", min_size=8, max_size=40),
    st.sampled_from(["access_token", "client_secret", "password"]),
)
def test_no_value_of_a_secret_field_survives(secret, name):
    for text in (f'{{"{name}": "{secret}"}}', f"{name}={secret}", f"{name}: {secret}", f"<{name}>{secret}</{name}>"):
        assert secret not in scrub_text(f"before {text} after")
