"""Building SOQL."""

import re
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_salesforce.client import soql

LAST = "0035g00000BcDeFAAV"


def test_first_page():
    assert soql.build_page("Contact", ["LastName", "Owner.Email"]) == (
        "SELECT Id,SystemModstamp,LastName,Owner.Email FROM Contact ORDER BY SystemModstamp, Id LIMIT 2000"
    )


def test_first_page_since():
    since = "2026-05-20T09:44:32.000+0000"
    statement = soql.build_page("Contact", ["Id"], where="Email != null", since=since, limit=5)
    assert statement == (
        "SELECT Id,SystemModstamp FROM Contact WHERE (Email != null) AND SystemModstamp >= 2026-05-20T09:44:32Z "
        "ORDER BY SystemModstamp, Id LIMIT 5"
    )


def test_next_page_goes_on_after_the_last_row():
    statement = soql.build_page(
        "Contact",
        ["id"],
        where="A = 1 OR B = 2",
        cursor=("2026-05-20T09:44:32.120Z", LAST[:15]),
        since="2020-01-01T00:00:00Z",
        limit=100,
    )
    assert statement == (
        "SELECT Id,SystemModstamp FROM Contact WHERE (A = 1 OR B = 2) AND "
        f"(SystemModstamp > 2026-05-20T09:44:32.120Z OR "
        f"(SystemModstamp = 2026-05-20T09:44:32.120Z AND Id > '{LAST}')) ORDER BY SystemModstamp, Id LIMIT 100"
    )


@pytest.mark.parametrize("limit", [0, 2001, -1])
def test_page_sizes(limit):
    with pytest.raises(ValueError):
        soql.build_page("Contact", ["Id"], limit=limit)


@pytest.mark.parametrize("name", ["", "Con tact", "Contact;", "Contact WHERE", "1A", "A.B", "Contact\n"])
def test_odd_objects_are_refused(name):
    with pytest.raises(ValueError):
        soql.build_page(name, ["Id"])


@pytest.mark.parametrize("path", ["", "A B", "A,B", "(SELECT Id FROM Contacts)", "COUNT()", "A..B", "A.", "A'", "A\n"])
def test_odd_fields_are_refused(path):
    with pytest.raises(ValueError):
        soql.field_list([path])


def test_fields_are_named_once():
    assert soql.field_list(["Id", "id", "Owner.Email", "OWNER.email", "Name"]) == "Id,Owner.Email,Name"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (12, "12"),
        (1.5, "1.5"),
        ('O\'Neil \\ "x"\n', "'O\\'Neil \\\\ \\\"x\\\"\\n'"),
        (date(2026, 5, 20), "2026-05-20"),
        (datetime(2026, 5, 20, 11, 44, 32, 5, timezone(timedelta(hours=2))), "2026-05-20T09:44:32Z"),
        (["a", "b'"], "('a','b\\'')"),
    ],
)
def test_literals(value, text):
    assert soql.literal(value) == text


@pytest.mark.parametrize("value", [datetime(2026, 5, 20), [], float("nan"), float("inf"), object(), {}])
def test_what_has_no_literal(value):
    with pytest.raises((ValueError, TypeError)):
        soql.literal(value)


@given(st.text())
def test_no_text_ends_its_literal(text):
    quoted = soql.literal(text)
    assert re.fullmatch(r"'(?:[^'\\]|\\['\"\\nrtbf])*'", quoted, re.DOTALL)
    back = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
    assert re.sub(r"\\(.)", lambda m: back.get(m[1], m[1]), quoted[1:-1], flags=re.DOTALL) == text


GOOD = [
    "Type = 'Customer'",
    "  BillingCountry IN ('IT','DE') AND (NOT Name LIKE 'Test%') ",
    "Name = 'ORDER BY; LIMIT 1 ) ('",
    "Name = 'it\\'s (fine)'",
    "Order.Status = 'Draft' AND Group.Name = 'x'",
    "Limit__c > 5 AND My_Order__c = null",
    "Id IN (SELECT AccountId FROM Opportunity WHERE IsWon = true)",
    "CreatedDate = LAST_N_DAYS:30",
    "Name = 'WHERE'",
]
BAD = [
    "",
    "   ",
    "Name = 'a",
    "Name = 'a\\'",
    "Name = 'a'; DELETE",
    "(Name = 'a'",
    "Name = 'a')",
    "Name = 'a') OR (Name = 'b'",
    "Name = 'a' ORDER BY Name",
    "Name = 'a' order  by Name",
    "Name = 'a' LIMIT 5",
    "Name = 'a' LIMIT(5)",
    "Name='a'LIMIT 5",
    "Name = 'a' OFFSET 5",
    "Name = 'a' GROUP BY Name",
    "Name = 'a' HAVING COUNT(Id) > 1",
    "Name = 'a' FOR UPDATE",
    "Name = 'a' ALL ROWS",
    "Name = 'a' WITH SECURITY_ENFORCED",
    "WHERE Name = 'a'",
    "where Name = 'a'",
    "SELECT Id FROM Account",
    "Name = 'a' AND SELECT",
    "Name = 'a'\x00",
    "Name = 'a'\u0007",
]


@pytest.mark.parametrize("text", GOOD)
def test_conditions_pass(text):
    assert soql.validate_filter(text) == text.strip()


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(soql.FilterError, match=r"\w+.*\."):
        soql.validate_filter(text)


@given(
    st.lists(st.sampled_from(["Name", "=", "'a'", "(", ")", "'", "\\", ";", " ", "AND", "LIMIT 1", "OR"]), max_size=12)
)
def test_an_accepted_condition_never_reaches_beyond_its_brackets(parts):
    text = "".join(parts)
    try:
        accepted = soql.validate_filter(text)
    except soql.FilterError:
        return
    depth, quoted, escaped = 0, False, False
    for char in accepted:
        if quoted:
            escaped, quoted = char == "\\" and not escaped, not (char == "'" and not escaped)
            continue
        quoted = char == "'"
        depth += (char == "(") - (char == ")")
        assert depth >= 0
        assert char != ";"
    assert depth == 0
    assert not quoted


@given(st.lists(st.text("abc", min_size=1, max_size=3)), st.integers(1, 5))
def test_chunks_hold_each_value_once(values, size):
    chunks = list(soql.chunks(values, size))
    assert [value for chunk in chunks for value in chunk] == list(dict.fromkeys(values))
    assert all(1 <= len(chunk) <= size for chunk in chunks)


def test_id_conditions():
    assert list(soql.id_conditions([LAST[:15], LAST])) == [f"Id IN ('{LAST}')"]
    with pytest.raises(ValueError, match="not a Salesforce record id"):
        list(soql.id_conditions(["x') OR ('a'='a"]))
