"""A customer moves to another country: numbers without a calling code or prefix stay what they were."""

import pytest

from retail_sync.domain.canonical.registry import get
from retail_sync.domain.mapping.decoding import compile_decoder
from retail_sync.domain.reconcile.former_readings import keep_former_readings, read_as_the_platforms

from ..mapping.mapping_table import address, row

CUSTOMER = get("customer")
DECODER = compile_decoder(
    [row("phone", "Phone", "phone_e164"), row("vat", "VAT", "vat"), *address("Billing")], "customer"
)


def read(base=None, **raw):
    decoded = DECODER.decode({"Phone": None, "VAT": None, **raw}, {"default_country": "US"})
    assert not decoded.errors
    values = decoded.parts["main"]
    if base is not None:
        folded = {**base, "address": [None] * 5 + [base.get("country")]}
        keep_former_readings(values, folded, decoded.read_in_country.get("main", {}), CUSTOMER)
    return {name: values[name] for name in ("phone", "vat", "country")}


def test_a_number_stays_the_same_number_in_another_country():
    raw = {"Phone": "02 1234567", "VAT": "00743110157"}
    before = read(**raw, BillingCountry="Italy")
    assert before == {"phone": "+39021234567", "vat": "IT00743110157", "country": "IT"}
    moved = read(before, **raw, BillingCountry="Germany")
    assert moved == {**before, "country": "DE"}
    # And it does so for good, with the new country agreed on.
    assert read(moved, **raw, BillingCountry="Germany") == moved
    assert read(moved, **raw, BillingCountry=None) == {**before, "country": None}


@pytest.mark.parametrize(
    ("phone", "found"),
    [("+49 2 1234567", "+4921234567"), ("030 7654321", "+49307654321"), (None, None), ("ask Ada", "ask Ada")],
)
def test_another_number_is_news(phone, found):
    before = read(Phone="02 1234567", BillingCountry="Italy")
    assert read(before, Phone=phone, BillingCountry="Germany")["phone"] == found


def test_an_extension_added_later_is_news():
    before = read(Phone="(212) 555-1212", BillingCountry="US")
    assert read(before, Phone="(212) 555-1212 x5", BillingCountry="Italy")["phone"] != before["phone"]


def test_a_country_that_comes_later_says_what_the_number_was():
    before = read(Phone="030 1234567", BillingCountry=None)
    assert read(before, Phone="030 1234567", BillingCountry="Germany")["phone"] == "+49301234567"


def test_a_greek_prefix_is_none_of_a_country():
    before = read(VAT="094259216", BillingCountry="Greece")
    assert before["vat"] == "EL094259216"
    assert read(before, VAT="094259216", BillingCountry="Italy")["vat"] == "EL094259216"


@pytest.mark.parametrize(
    ("kind", "text", "before", "country", "found"),
    [
        ("phone", "02 1234567", None, "IT", "+39021234567"),
        ("phone", "+39 02 1234567", None, "IT", "+39 02 1234567"),
        ("phone", "02 1234567", "+39021234567", "DE", "+39021234567"),
        ("phone", "02 7654321", "+39021234567", "DE", "+4927654321"),
        ("phone", "call me", None, "IT", "call me"),
        ("phone", None, "+39021234567", "IT", None),
        ("vat", "00743110157", None, "IT", "IT00743110157"),
        ("vat", "00743110157", "IT00743110157", "FR", "IT00743110157"),
        ("vat", "it 00743110157", None, "IT", "it 00743110157"),
        ("vat", "X-1234", None, "IT", "X-1234"),
    ],
)
def test_what_people_type_in_odoo_is_read_as_the_platforms_texts_are(kind, text, before, country, found):
    assert read_as_the_platforms(text, before, kind, country) == found
