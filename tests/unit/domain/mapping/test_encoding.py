import pytest

from retail_sync.domain.mapping.decoding import MapRow
from retail_sync.domain.mapping.encoding import compile_encoder
from retail_sync.domain.mapping.transforms import TransformError

CREDIT = {"OK": "ok", "Near limit": "near_limit", "Hold": "hold"}


def row(field, path, transform="", **more):
    return MapRow(field, path, transform, **{"direction": "both", **more})


ROWS = [
    row("name", "Name|FirstName+LastName", "person_name", required=True),
    row("kind", "=company"),
    row("phone", "Phone|MobilePhone", "phone_e164"),
    row("owner", "Owner.Email", "lower"),
    row("vat", "VAT_Number__c", "vat"),
    row("active", "Inactive", "bool", options={"invert": True}),
    row("parent", "AccountId", "ref", options={"object": "Account"}),
    row("notes", "Description", "html_text"),
    row("street", "BillingStreet", "street_line1"),
    row("street2", "BillingStreet", "street_rest"),
    row("city", "BillingCity", "line"),
    row("state", "BillingStateCode|BillingState", "state"),
    row("country", "BillingCountryCode|BillingCountry", "country"),
    row("city", "ShippingCity", "line", part="delivery"),
    row("credit_state", "Credit", "value_map", options={"value_map": CREDIT}, direction="out"),
    row("amount_due", "Due", "number", direction="out"),
    row("job_title", "Title", "line", direction="in"),
]
MAIN = {
    "name": "Ada Byron",
    "kind": "person",
    "phone": "+39021234567",
    "owner": "sales@example.org",
    "vat": None,
    "active": True,
    "parent": "Account/001A",
    "notes": "hello",
    "street": "Via Roma 1",
    "street2": "Scala B",
    "city": "Milano",
    "state": "MI",
    "country": "IT",
    "credit_state": "hold",
    "amount_due": 10.005,
    "job_title": "Poet",
}
ALL = {
    "FirstName": "Ada",
    "LastName": "Byron",
    "Phone": "+39021234567",
    "VAT_Number__c": None,
    "Inactive": False,
    "AccountId": "001A",
    "BillingStreet": "Via Roma 1\nScala B",
    "BillingCity": "Milano",
    "BillingStateCode": "MI",
    "BillingCountryCode": "IT",
    "Credit": "Hold",
    "Due": 10.01,
}


@pytest.fixture
def encoder():
    return compile_encoder(ROWS, "customer")


def encode(rows, main, changed=None, **more):
    changed = None if changed is None else {"main": changed}
    return compile_encoder(rows, "customer").encode({"main": main}, changed, **more)


def test_a_new_record_is_sent_whole(encoder):
    encoded = encoder.encode({"main": MAIN})
    assert (encoded.fields, encoded.warnings, encoded.errors) == (ALL, [], [])


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        (set(), {}),
        ({"name"}, {"FirstName": "Ada", "LastName": "Byron"}),
        ({"first_name"}, {"FirstName": "Ada", "LastName": "Byron"}),
        ({"street"}, {"BillingStreet": "Via Roma 1\nScala B"}),
        ({"street2"}, {"BillingStreet": "Via Roma 1\nScala B"}),
        ({"vat"}, {"VAT_Number__c": None}),
        ({"active"}, {"Inactive": False}),
        ({"credit_state", "amount_due"}, {"Credit": "Hold", "Due": 10.01}),
        ({"kind", "owner", "notes", "job_title"}, {}),
        ({"unheard_of"}, {}),
        ({"address"}, {name: value for name, value in ALL.items() if name.startswith("Billing")}),
    ],
)
def test_only_what_has_changed_is_sent(encoder, changed, fields):
    encoded = encoder.encode({"main": MAIN}, {"main": changed})
    assert (encoded.fields, encoded.warnings, encoded.errors) == (fields, [], [])


def test_parts_change_independently(encoder):
    parts = {"main": MAIN, "delivery": {"city": "Genova"}}
    assert encoder.encode(parts, {"delivery": {"city"}}).fields == {"ShippingCity": "Genova"}
    assert encoder.encode(parts, {"main": {"city"}}).fields == {"BillingCity": "Milano"}
    assert encoder.encode(parts, {"delivery": set(), "main": {"city"}}).fields == {"BillingCity": "Milano"}
    assert encoder.encode(parts, {}).fields == {}


def test_an_empty_part_clears_and_an_absent_part_sends_nothing(encoder):
    assert encoder.encode({"main": MAIN, "delivery": None}, {"delivery": {"city"}}).fields == {"ShippingCity": None}
    assert encoder.encode({"delivery": None}).fields == {"ShippingCity": None}
    assert encoder.encode({"main": MAIN}, {"delivery": {"city"}}).fields == {}


def test_paths_digest_fields_and_what_is_never_written(encoder):
    assert sorted(encoder.paths) == sorted(
        [*ALL, "MiddleName", "Suffix", "MobilePhone", "BillingState", "BillingCountry", "ShippingCity"]
    )
    assert encoder.fields["delivery"] == {"city"}
    assert {"name", "first_name", "last_name", "amount_due"} <= encoder.fields["main"]
    assert not {"owner", "kind", "notes", "job_title"} & encoder.fields["main"]
    assert encoder.skipped == {
        ("main", "kind"): "Kind: '=company' names no field to write to.",
        ("main", "owner"): "Salesperson: 'Owner.Email' names no field to write to.",
        ("main", "notes"): "Notes: 'html_text' works one way only.",
    }
    same = compile_encoder(list(reversed(ROWS)), "customer")
    assert same.digest == encoder.digest and len(encoder.digest) == 32
    assert compile_encoder(ROWS[:-2], "customer").digest != encoder.digest
    assert compile_encoder(ROWS[:-1], "customer").digest == encoder.digest  # the line that is read only
    assert compile_encoder(ROWS, "customer", salt="x").digest != encoder.digest


@pytest.mark.parametrize(
    ("path", "paths"),
    [
        ("A", ["A"]),
        ("A | B", ["A", "B"]),
        ("B.C|A", ["A"]),
        ("A+B|C", ["C"]),
        ("A+B", []),
        ("B.C", []),
        ("=A", []),
        ("=A|B", []),
    ],
)
def test_which_paths_can_be_written(path, paths):
    assert compile_encoder([row("city", path)], "customer").paths == paths


def test_a_row_that_joins_the_parts_of_a_name_needs_an_inverse_that_splits_it():
    parts = {"first": "F", "last": "L"}
    assert compile_encoder([row("name", "Name", "line", options=parts)], "customer").paths == []
    assert compile_encoder([row("name", "Name", "person_name", options=parts)], "customer").paths == ["F", "L"]


@pytest.mark.parametrize(
    ("closed", "fields", "warned"),
    [
        ({"BillingStateCode"}, {"BillingState": "MI"}, 0),
        ({"BillingStateCode", "BillingState"}, {}, 1),
        ({"BillingState"}, {"BillingStateCode": "MI"}, 0),
    ],
)
def test_the_first_alternative_that_is_writable(encoder, closed, fields, warned):
    encoded = encoder.encode({"main": MAIN}, {"main": {"state"}}, writable=lambda path: path not in closed)
    assert encoded.fields == fields
    assert len(encoded.warnings) == warned
    if warned:
        assert encoded.warnings == [
            "State or province: BillingStateCode or BillingState can't be written; it was not sent."
        ]


def test_each_part_of_a_name_may_be_closed(encoder):
    encoded = encoder.encode({"main": MAIN}, {"main": {"name"}}, writable=lambda path: path != "FirstName")
    assert encoded.fields == {"LastName": "Byron"}
    assert encoded.warnings == ["Name: FirstName can't be written; it was not sent."]


def test_what_may_be_written_can_differ_from_record_to_record(encoder):
    for _again in range(2):
        for path in encoder.paths:
            closed = encoder.encode({"main": MAIN}, writable=lambda name, path=path: name != path).fields
            assert path not in closed
        assert encoder.encode({"main": MAIN}).fields == ALL


def test_errors_name_the_field_and_the_rest_is_still_there(encoder):
    encoded = encoder.encode({"main": {**MAIN, "credit_state": "unheard"}}, {"main": {"credit_state", "city"}})
    assert encoded.fields == {"BillingCity": "Milano"}
    (error,) = encoded.errors
    assert (error.code, error.field) == ("VALUE_NOT_MAPPED", "credit_state")
    assert error.message == "Credit state: The value map has no remote value for 'unheard'."


@pytest.mark.parametrize("main", [{"name": None}, {"name": ""}, {"city": "Milano"}])
def test_required(encoder, main):
    (error,) = encoder.encode({"main": main}).errors
    assert (error.code, error.field) == ("REQUIRED_FIELD", "name")
    assert error.message == "Name: is required, and the record has none."


def test_a_required_value_is_asked_for_only_when_its_field_is_sent(encoder):
    assert encoder.encode({"main": {"city": "Milano"}}, {"main": {"city"}}).errors == []
    assert encoder.encode({"delivery": {"city": "Genova"}}).errors == []
    assert encoder.encode({"main": {"last_name": "Byron"}}, {"main": {"last_name"}}).fields["LastName"] == "Byron"


def test_a_required_value_is_not_asked_for_when_another_row_of_its_path_has_changed():
    rows = [row("email", "E", "email"), row("owner", "E", "email", required=True)]
    encoded = encode(rows, {"email": "a@example.org", "owner": None}, {"email"})
    assert (encoded.fields, encoded.errors) == ({"E": "a@example.org"}, [])


def test_a_required_value_of_a_part_that_is_empty_is_not_missed():
    rows = [row("city", "ShippingCity", "line", part="delivery", required=True)]
    encoded = compile_encoder(rows, "customer").encode({"delivery": None})
    assert (encoded.fields, encoded.errors) == ({"ShippingCity": None}, [])


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (row("colour", "C"), "UNKNOWN_FIELD"),
        (row("email", "C", part="delivery"), "UNKNOWN_FIELD"),
        (row("city", "C", "no_such"), "UNKNOWN_TRANSFORM"),
    ],
)
def test_rows_that_can_not_be_compiled(bad, code):
    with pytest.raises(TransformError) as caught:
        compile_encoder([bad], "customer")
    assert caught.value.code == code


def test_rows_that_are_only_read_are_not_looked_at():
    assert compile_encoder([MapRow("colour", "C", "no_such", direction="in")], "customer").paths == []
