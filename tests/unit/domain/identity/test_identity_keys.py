"""Exact keys: what a dry run claims."""

import pytest

from retail_sync.domain.identity.blocking.exact_keys import email_key, match_keys, name_key, normalise_name, phone_key

VAT = "IT00743110157"
ACME = {"kind": "company", "name": "Acme S.p.A.", "vat": VAT, "email": "info@acme.it", "phone": "+39021234567"}
MARIA = {"kind": "person", "name": "Maria Rossi", "email": "maria@acme.it", "phone": "+393331234567"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ACME Ltd.", "Acme Limited"),
        ("Acme, Inc", "acme incorporated"),
        ("Acme S. p. A.", "ACME SPA"),
        ("Müller GmbH", "MULLER G.m.b.H."),
        ("Smith & Co.", "smith and company"),
        ("O'Neil", "ONeil"),
        ("Łódź  Meble", "lodz meble"),
        ("Rossi Società per Azioni", "Rossi S.p.A."),
    ],
)
def test_equal_names(left, right):
    assert normalise_name(left) == normalise_name(right) != ""


@pytest.mark.parametrize(
    ("left", "right"), [("Acme Ltd", "Acme Inc"), ("Acme", "Acme Ltd"), ("John Smith", "John Smith Jr")]
)
def test_names_that_stay_different(left, right):
    assert normalise_name(left) != normalise_name(right)


@pytest.mark.parametrize("name", ["", None, "n/a", "[not provided]", "--", "Unknown"])
def test_placeholder_names_are_no_names(name):
    assert normalise_name(name) == ""


def test_a_persons_name_may_be_turned_round():
    assert name_key("Rossi, Maria", "person") == name_key("Maria Rossi", "person")
    assert name_key("Rossi Maria", "company") != name_key("Maria Rossi", "company")


@pytest.mark.parametrize(
    ("email", "kind", "key"),
    [
        (" Maria@ACME.it ", "person", "maria@acme.it"),
        ("info@acme.it", "company", "info@acme.it"),
        ("info@acme.it", "person", ""),
        ("test@acme.it", "company", ""),
        ("noreply@acme.it", "company", ""),
        ("x7@marketplace.amazon.com", "person", ""),
        ("n/a", "person", ""),
        (None, "person", ""),
    ],
)
def test_email_key(email, kind, key):
    assert email_key(email, kind) == key


@pytest.mark.parametrize(
    ("phone", "key"),
    [
        ("+39021234567", "+39021234567"),
        ("+12125551212 ext. 5", "+12125551212"),
        ("02 1234567", ""),
        ("+10000000000", ""),
        ("+11234567890", ""),
        (None, ""),
    ],
)
def test_phone_key(phone, key):
    assert phone_key(phone) == key


def test_match_keys():
    assert match_keys(ACME) == [
        "vat:IT00743110157",
        "vat:00743110157",
        "email+name:info@acme.it|acme spa",
        "phone+name:+39021234567|acme spa",
    ]
    assert match_keys({"kind": "person", "name": "n/a", "email": "a@b.co"}) == []
    assert match_keys({}) == []


def test_a_branch_shares_no_key_with_its_head_office_but_with_its_duplicate():
    branch = match_keys(ACME, parent_key="Account/1")
    assert branch and not set(branch) & set(match_keys(ACME))
    assert branch == match_keys(dict(ACME), parent_key="Account/1")
    assert not set(branch) & set(match_keys({**ACME, "name": "Acme Torino"}, parent_key="Account/1"))
    assert match_keys(MARIA, parent_key="Account/1") == match_keys(MARIA)
