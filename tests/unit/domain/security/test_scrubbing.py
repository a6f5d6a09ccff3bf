import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.security import scrubbing
from retail_sync.domain.security.masking import HIDDEN
from retail_sync.domain.security.scrubbing import (
    LONGEST,
    scrub_text,
    without_error_texts,
    without_quoted,
    without_values,
)

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
        "tax code of the order is missing",
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


@pytest.mark.parametrize(
    "text",
    [
        "X-Api-Key: abcd1234efg",
        "x-amz-security-token=abcd1234efg",
        "API-KEY = 'abcd1234efg",
        '{"password":"abcd1234efg',
    ],
)
def test_headers_and_values_that_were_cut_off_are_secrets_too(text):
    assert "abcd1234" not in scrub_text(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("IBAN DE89 3704 0044 0532 0130 00 is closed", "3704"),
        ("no12 DE89370400440532013000.", "3704"),
        ("account gb29nwbk60161331926819", "nwbk"),
        ("VAT IT12345678901 is not valid", "345678"),
        ("ATU12345678", "1234"),
        ("Tax ID: 12-3456789 is taken", "3456"),
        ("vat number [XY12345] for", "12345"),
        ("RSSMRA85T10A562S is no tax number", "RSSMRA"),
        ("Passport no. X1234567", "1234567"),
    ],
)
def test_bank_accounts_and_tax_numbers_are_hidden(text, number):
    assert number not in scrub_text(text)
    assert scrub_text(scrub_text(text)) == scrub_text(text)


def test_a_number_that_only_looks_like_an_iban_stays():
    assert scrub_text("order DE00 3704 0044 0532 0130 00") == "order DE00 3704 0044 0532 0130 00"


def test_a_text_without_end_is_cut_before_it_is_searched():
    """Each pattern is bounded, so that the length of the text bounds the time."""
    for unit in ("1 ", "a.", "x@", "password ", "<password ", "DE8", "a://", "'", '"', "+1"):
        assert len(scrub_text(unit * LONGEST)) <= LONGEST
    patterns = [found for found, _replacement in scrubbing._SECRETS]
    for pattern in (*patterns, scrubbing._PHONE, scrubbing._NAMED_NUMBER, scrubbing._QUOTED):
        assert not re.search(r"\(\?:[^()]*[*+]\)[*+]", pattern.pattern), "a repeated repeat takes exponential time"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("value 'Val d'Is\u00e8re' is bad", f"value '{HIDDEN}' is bad"),
        ("value 'cut off", f"value '{HIDDEN}"),
        ('"O\'Brien" is bad', f'"{HIDDEN}" is bad'),
        ("No such column 'Foo__c' on 'Anna'", f"No such column 'Foo__c' on '{HIDDEN}'"),
        ("Key (email)=(x at y) already exists.", f"Key (email)=({HIDDEN}) already exists."),
        ("The VAT number [1] for partner [Anna Rossi] is", f"The VAT number [{HIDDEN}] for partner [{HIDDEN}] is"),
        ("\u201eZum Ochsen\u201c and \u00abLe Pr\u00e9\u00bb", f"\u201e{HIDDEN}\u201c and \u00ab{HIDDEN}\u00bb"),
        ('violates "res_partner_check_name"', 'violates "res_partner_check_name"'),
        ("Required fields are missing: [LastName]", "Required fields are missing: [LastName]"),
        ("it isn't his, it's hers", "it isn't his, it's hers"),
    ],
)
def test_quoted_values_are_hidden_and_names_of_fields_stay(text, shown):
    assert without_quoted(text, keep={"LastName"}) == shown


def test_the_values_of_a_record_are_hidden_in_a_text_about_it():
    text = "Name: data value too large: Anna Rossi (max length=80); see rossi, 1980"
    shown = without_values(text, ["Anna Rossi", 1980, True, None, ["x"], {"a": "too"}])
    assert shown == f"Name: data value {HIDDEN} large: {HIDDEN} (max length=80); see {HIDDEN}, {HIDDEN}"


def test_no_word_inside_another_is_hidden():
    assert without_values("The error is in Marketing", ["err", "Mark"]) == "The error is in Marketing"


@given(st.text(st.characters(categories=["L", "N"]), min_size=4, max_size=20), st.text(" .,:;()", max_size=3))
def test_no_value_survives_in_a_text_about_its_record(value, between):
    assert value not in without_values(f"x {between}{value}{between} y", [value])


def test_a_traceback_keeps_its_frames_and_no_text_of_an_error():
    trace = (
        "Traceback (most recent call last):\n"
        '  File "/x/y.py", line 3, in step\n'
        "    insert(row)\n"
        "    ^^^^^^^^^^^\n"
        "psycopg2.errors.UniqueViolation: duplicate key\n"
        "DETAIL:  Key (email)=(anna@example.com) already exists.\n"
        "    anna rossi\n"
        "anna.rossi\n"
        "\n"
        "During handling of the above exception, another exception occurred:\n"
        "ValueError: Anna Rossi"
    )
    shown = without_error_texts(trace)
    assert "anna" not in shown.lower()
    assert "insert(row)" in shown and "psycopg2.errors.UniqueViolation" in shown and shown.endswith("ValueError")
