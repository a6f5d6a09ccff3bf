import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.customer import CUSTOMER
from retail_sync.domain.canonical.parts import repeating_parts
from retail_sync.domain.canonical.schema import ABSENT
from retail_sync.domain.mapping.decoding import MapRow, compile_decoder, compile_path
from retail_sync.domain.mapping.transforms import TRANSFORMS, TransformError, register

ROWS = [
    MapRow("name", "Name", "text", required=True),
    MapRow("kind", "=company"),
    MapRow("phone", "Phone|MobilePhone", "phone_e164", sequence=1),
    MapRow("owner", "Owner.Email", "email"),
    MapRow("active", "Inactive", "bool", options={"invert": True}),
    MapRow("street", "BillingStreet", "street_line1"),
    MapRow("street2", "BillingStreet", "street_rest"),
    MapRow("city", "BillingCity", "line"),
    MapRow("country", "BillingCountryCode|BillingCountry", "country", sequence=99),
    MapRow("kind", "=delivery", part="delivery"),
    MapRow("street", "ShippingStreet", "street_line1", part="delivery"),
    MapRow("city", "ShippingCity", "line", part="delivery"),
    MapRow("country", "ShippingCountry", "country", part="delivery"),
]
RECORD = {
    "Name": " Acme ",
    "Phone": None,
    "MobilePhone": "02 1234567",
    "Owner": {"Email": "Sales@EXAMPLE.org"},
    "Inactive": False,
    "BillingStreet": "Via Roma 1\nScala B",
    "BillingCity": "Milano",
    "BillingCountry": "Italia",
    "ShippingStreet": "Dock 4",
    "ShippingCity": "Genova",
    "ShippingCountry": "Italy",
}


@pytest.fixture
def decoder():
    return compile_decoder(ROWS, "customer")


def test_a_whole_record(decoder):
    decoded = decoder.decode(RECORD)
    assert decoded.errors == [] and decoded.warnings == []
    assert decoded.parts == {
        "main": {
            "name": "Acme",
            "kind": "company",
            "phone": "+39021234567",  # read in the light of the country, whose row comes last
            "owner": "Sales@example.org",
            "active": True,
            "street": "Via Roma 1",
            "street2": "Scala B",
            "city": "Milano",
            "country": "IT",
        },
        "delivery": {"kind": "delivery", "street": "Dock 4", "city": "Genova", "country": "IT"},
    }
    json.dumps(decoded.parts)


def test_a_flat_row_reads_like_a_nested_one(decoder):
    flat = {**RECORD, "Owner.Email": "Sales@EXAMPLE.org"}
    del flat["Owner"]
    assert decoder.decode(flat).parts == decoder.decode(RECORD).parts


def test_paths_to_ask_for(decoder):
    assert sorted(decoder.paths) == sorted(
        ["Name", "Phone", "MobilePhone", "Owner.Email", "Inactive", "BillingStreet", "BillingCity"]
        + ["BillingCountryCode", "BillingCountry", "ShippingStreet", "ShippingCity", "ShippingCountry"]
    )


@pytest.mark.parametrize(
    ("path", "record", "value"),
    [
        ("A", {}, ABSENT),
        ("A", {"A": None}, None),
        ("A.B", {}, ABSENT),
        ("A.B", {"A": None}, None),
        ("A.B", {"A": {}}, ABSENT),
        ("A.B", {"A": {"B": 1}}, 1),
        ("A.B", {"A": "text"}, ABSENT),
        ("A.B.C", {"A": {"B": None}}, None),
        ("A.B", {"A.B": 2, "A": {"B": 1}}, 2),
        ("A|B", {}, ABSENT),
        ("A|B", {"A": " "}, None),
        ("A|B", {"A": "", "B": 0}, 0),
        ("A|B", {"B": False}, False),
        ("A | B", {"A": "x", "B": "y"}, "x"),
        ("F+L|N", {"F": "Ada", "L": " Byron "}, "Ada Byron"),
        ("F+L|N", {"F": None, "L": "Byron", "N": "x"}, "Byron"),
        ("F+L|N", {"F": None, "L": "", "N": "Ada B."}, "Ada B."),
        ("F+L", {"F": None}, None),
        ("F+L", {}, ABSENT),
        ("=yes", {}, "yes"),
        ("=a|b", {}, "a|b"),
        ("=", {}, None),
    ],
)
def test_paths(path, record, value):
    found = compile_path(path)(record)
    assert found is value if value is ABSENT or value is None else found == value


def test_the_parts_of_a_name_may_stand_in_the_options():
    decoder = compile_decoder(
        [MapRow("name", "Name", "person_name", options={"first": "First", "last": "Last"})], "customer"
    )
    assert decoder.paths == ["First", "Last", "Name"]
    assert decoder.decode({"First": "Ada", "Last": "Byron", "Name": "x"}).parts["main"] == {"name": "Ada Byron"}
    assert decoder.decode({"First": None, "Last": "", "Name": "x"}).parts["main"] == {"name": "x"}


def test_absent_stays_absent_and_null_clears(decoder):
    main = decoder.decode({"Name": "A", "BillingCity": None}).parts["main"]
    assert main == {"name": "A", "kind": "company", "city": None}


def test_empty_text_clears_with_and_without_a_transform():
    decoder = compile_decoder([MapRow("city", "C"), MapRow("zip", "Z", "text")], "customer")
    assert decoder.decode({"C": "", "Z": " "}).parts == {"main": {"city": None, "zip": None}}


def test_an_empty_part_is_none_and_a_part_not_given_is_absent(decoder):
    decoded = decoder.decode({"Name": "A", "ShippingStreet": None, "ShippingCity": ""})
    assert decoded.parts["delivery"] is None
    assert "delivery" not in decoder.decode({"Name": "A"}).parts


def test_a_delivery_address_equal_to_the_main_one_is_read_all_the_same(decoder):
    same = {"ShippingStreet": "via roma 1, Scala B", "ShippingCity": "MILANO", "ShippingCountry": "IT"}
    found = decoder.decode({**RECORD, **same}).parts
    assert found["delivery"]["city"] == "MILANO"
    assert repeating_parts(found, CUSTOMER) == {"delivery"}


def test_required(decoder):
    for record in ({}, {"Name": None}, {"Name": "  "}):
        (error,) = decoder.decode(record).errors
        assert (error.code, error.field) == ("REQUIRED_FIELD", "name")
        assert error.message == "Name is required, and the record has none."


def test_a_required_field_of_an_empty_part_is_not_missed():
    rows = [MapRow("city", "C", part="invoice", required=True), MapRow("zip", "Z", part="invoice")]
    decoder = compile_decoder(rows, "customer")
    assert decoder.decode({"C": None, "Z": None}).errors == []
    assert decoder.decode({"C": None, "Z": "1"}).errors[0].code == "REQUIRED_FIELD"


def test_one_bad_value_leaves_the_others(decoder):
    decoded = decoder.decode({"Name": "A", "Inactive": "perhaps", "BillingCity": "B"})
    assert [(error.code, error.field) for error in decoded.errors] == [("BAD_BOOLEAN", "active")]
    assert decoded.errors[0].message.startswith("Active: ")
    assert decoded.parts["main"] == {"name": "A", "kind": "company", "city": "B"}


def test_warnings_name_the_field(decoder):
    decoded = decoder.decode({"Name": "A", "Phone": "call me", "BillingCountry": "Atlantis"})
    assert decoded.parts["main"]["phone"] == "call me"
    assert "country" not in decoded.parts["main"]
    assert [warning.split(":")[0] for warning in decoded.warnings] == ["Country", "Phone"]


def test_a_required_field_that_could_not_be_read_is_reported_once():
    decoder = compile_decoder([MapRow("active", "A", "bool", required=True)], "customer")
    assert [error.code for error in decoder.decode({"A": "?"}).errors] == ["BAD_BOOLEAN"]


def test_a_transform_that_breaks_is_an_error_of_its_record():
    @register("test_breaks")
    def breaks(value, ctx):
        return 1 / 0

    try:
        decoder = compile_decoder([MapRow("name", "N", "test_breaks"), MapRow("city", "C")], "customer")
        decoded = decoder.decode({"N": "secret value", "C": "x"})
    finally:
        del TRANSFORMS["test_breaks"]
    assert decoded.parts == {"main": {"city": "x"}}
    assert decoded.errors[0].code == "TRANSFORM_FAILED"
    assert "ZeroDivisionError" in decoded.errors[0].message and "secret" not in decoded.errors[0].message


def test_a_nested_value_without_a_transform_is_refused():
    decoder = compile_decoder([MapRow("owner", "Owner")], "customer")
    assert decoder.decode({"Owner": {"Email": "a@b.co"}}).errors[0].code == "BAD_VALUE"


@pytest.mark.parametrize("record", [None, "text", 5, ["a"]])
def test_what_is_no_record_is_an_error(decoder, record):
    assert decoder.decode(record).errors[0].code == "BAD_RECORD"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (MapRow("colour", "Colour"), "UNKNOWN_FIELD"),
        (MapRow("email", "Email", part="invoice"), "UNKNOWN_FIELD"),
        (MapRow("name", "Name", "no_such"), "UNKNOWN_TRANSFORM"),
        (MapRow("name", ""), "BAD_MAPPING"),
        (MapRow("name", " | "), "BAD_MAPPING"),
    ],
)
def test_a_mapping_that_makes_no_sense_does_not_compile(row, code):
    with pytest.raises(TransformError) as caught:
        compile_decoder([row], "customer")
    assert caught.value.code == code


def test_rows_of_the_other_direction_are_not_read():
    rows = [MapRow("name", "Name", direction="both"), MapRow("city", "City", direction="out")]
    decoder = compile_decoder(rows, "customer")
    assert decoder.paths == ["Name"]
    assert decoder.decode({"Name": "A", "City": "B"}).parts == {"main": {"name": "A"}}


def test_the_digest_follows_the_mapping_and_the_salt():
    digests = {
        compile_decoder(ROWS, "customer").digest,
        compile_decoder(ROWS[1:], "customer").digest,
        compile_decoder(ROWS, "customer", "salt").digest,
        compile_decoder([*ROWS[1:], MapRow("name", "Name", "line", required=True)], "customer").digest,
    }
    assert len(digests) == 4
    assert compile_decoder(list(reversed(ROWS)), "customer").digest == compile_decoder(ROWS, "customer").digest


def test_the_order_of_rows_is_only_their_sequence():
    assert (
        compile_decoder(list(reversed(ROWS)), "customer").decode(RECORD).parts
        == compile_decoder(ROWS, "customer").decode(RECORD).parts
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.sampled_from(["Email", "x"]), children),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*RECORD, "Owner.Email"]), json_values))
def test_no_record_breaks_the_decoder(record):
    """Whatever comes: no exception, JSON-able scalars, and each field named in an error is not in the values."""
    decoded = compile_decoder(ROWS, "customer").decode(record, {"default_country": "US"})
    for values in decoded.parts.values():
        for value in (values or {}).values():
            assert value is None or isinstance(value, (str, bool, int, float))
    assert all(isinstance(warning, str) and warning for warning in decoded.warnings)
    assert all(error.code and error.message for error in decoded.errors)
