"""Files for ingest jobs, and the lines of their results."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_salesforce.client import bulk_files, ids

KEY = "Odoo_External_Id__c"
RECORD_ID = ids.to_18("0015g00000A0001")


def parsed(file):
    return list(csv.DictReader(io.StringIO(file.data.decode("utf-8"), newline="")))


def test_cells():
    record = {
        "Id": RECORD_ID,
        "Name": 'Rossi "& Co", Udine',
        "Street": "a\nb\u2028c",
        "Phone": None,
        "Fax": "",
        "Blocked": True,
        "Free": False,
        "Amount": 12.5,
        "Site": "#N/A",
        "Account": {KEY: "ab:1"},
    }
    (file,) = bulk_files.build([record, {"Id": "x", "Extra": " kept "}], "Id")
    first, second = parsed(file)
    assert first == {
        "Id": RECORD_ID,
        "Name": 'Rossi "& Co", Udine',
        "Street": "a\nb\u2028c",
        "Phone": "#N/A",
        "Fax": "#N/A",
        "Blocked": "true",
        "Free": "false",
        "Amount": "12.5",
        "Site": "#N/A ",
        f"Account.{KEY}": "ab:1",
        "Extra": "",
    }
    assert (second["Id"], second["Extra"], second["Name"]) == ("x", " kept ", "")
    assert b"\r" not in file.data
    assert file.keys == [RECORD_ID, "x"]


def test_files_stay_below_their_limit():
    records = [{"Id": f"{i:018d}", "Name": "ü" * 20} for i in range(100)]
    files = list(bulk_files.build(records, "Id", max_bytes=1000))
    assert all(len(file.data) <= 1000 for file in files)
    assert [row["Id"] for file in files for row in parsed(file)] == [record["Id"] for record in records]
    assert [key for file in files for key in file.keys] == [record["Id"] for record in records]
    assert 1 < len(files) < 20
    with pytest.raises(ValueError, match="too large"):
        list(bulk_files.build([{"Id": "1", "Name": "x" * 2000}], "Id", max_bytes=1000))


def test_a_key_stands_once_in_a_file():
    records = [{KEY: "a", "N": "1"}, {KEY: "b", "N": "2"}, {KEY: "a", "N": "3"}, {KEY: "a", "N": "4"}]
    files = [[row["N"] for row in parsed(file)] for file in bulk_files.build(records, KEY)]
    assert files == [["1", "2"], ["3"], ["4"]]


@pytest.mark.parametrize("record", [{"N": "1"}, {KEY: None}, {KEY: ""}])
def test_a_row_needs_its_key(record):
    with pytest.raises(ValueError, match=KEY):
        list(bulk_files.build([record], KEY))


def test_no_records_no_file():
    assert list(bulk_files.build([], "Id")) == []


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


@given(st.lists(st.tuples(cells, st.one_of(cells, st.none(), st.booleans())), max_size=6))
def test_any_text_survives_the_way(pairs):
    records = [{"Id": str(i), "A": a, "B": b} for i, (a, b) in enumerate(pairs)]
    rows = [row for file in bulk_files.build(records, "Id") for row in parsed(file)]
    back = [bulk_files.record_of(row) for row in rows]
    for record, found in zip(records, back, strict=True):
        assert found["A"] == (record["A"] or None) or (record["A"], found["A"]) == ("#N/A", "#N/A ")
        expected = str(record["B"]).lower() if isinstance(record["B"], bool) else record["B"] or None
        assert found["B"] == expected or expected == "#N/A"


def test_a_result_row_as_a_record():
    row = {"sf__Id": "", "sf__Error": "X:y:--", "Id": "1", "Phone": "#N/A", "Fax": "", f"Account.{KEY}": "ab:1"}
    assert bulk_files.record_of(row) == {"Id": "1", "Phone": None, "Account": {KEY: "ab:1"}}


@pytest.mark.parametrize(
    ("text", "code", "message", "fields"),
    [
        ("REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --",
         "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", ["LastName"]),
        ("X:a:A__c,B.C --", "X", "a", ["A__c", "B.C"]),
        ("UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: 0015g:--",
         "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: 0015g", []),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION:Fill it in: please do so!",
         "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Fill it in: please do so!", []),
        ("ODD", "ODD", "", []),
        ("", "", "", []),
    ],
)  # fmt: skip
def test_errors(text, code, message, fields):
    assert bulk_files.read_error(text) == {"statusCode": code, "message": message, "fields": fields}


def test_a_collision_names_the_other_record():
    text = f"DUPLICATE_VALUE:duplicate value found: X duplicates value on record with id: {RECORD_ID[:15]}:--"
    result = bulk_files.read_result({"sf__Id": "", "sf__Error": text})
    assert (result.error.kind, result.error.record_ids) == ("duplicate", (RECORD_ID,))
