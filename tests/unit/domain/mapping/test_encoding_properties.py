"""What holds for every record that is encoded, whatever its values and whatever has changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.kinds import comparable, equal, form_of
from retail_sync.domain.mapping.decoding import compile_decoder
from retail_sync.domain.mapping.encoding import compile_encoder

from ..customer_values import SPECS
from .mapping_table import CREDIT, address, row

PARENTS = {"object": "Account"}
ROWS = [
    row("name", "Name|FirstName+LastName", "person_name"),
    row("job_title", "Title", "line"),
    row("email", "Email", "email"),
    row("phone", "Phone|MobilePhone", "phone_e164"),
    row("website", "Website", "url"),
    row("vat", "VAT_Number__c", "vat"),
    row("customer_number", "AccountNumber", "trim"),
    row("language", "Language__c", "language"),
    row("notes", "Description", "text"),
    row("active", "Inactive", "bool", invert=True),
    row("email_opt_out", "HasOptedOutOfEmail", "bool"),
    row("owner", "Owner_Email__c", "lower"),
    row("parent", "AccountId", "ref", **PARENTS),
    row("payment_terms", "Terms"),
    row("tax_class", "Classes", "multi", value_map={"R": "red"}),
    row("block_until", "Until", "date"),
    row("credit_limit", "Limit", "number"),
    row("amount_due", "Due", "number", digits=2),
    row("credit_state", "State", "value_map", value_map=CREDIT),
    *address("Billing"),
    *address("Shipping", "delivery"),
]
FEEDS = {
    **{path: {("main", name)} for name, path in ((r.field, r.path) for r in ROWS) if "|" not in path},
    **{name: {("main", n) for n in ("name", "first_name", "last_name")} for name in ("FirstName", "LastName")},
    "Phone": {("main", "phone")},
}
for _prefix, _part in (("Billing", "main"), ("Shipping", "delivery")):
    FEEDS[f"{_prefix}Street"] = {(_part, "street"), (_part, "street2")}
    FEEDS.update({f"{_prefix}{part}": {(_part, name)} for part, name in (("City", "city"), ("PostalCode", "zip"))})
    FEEDS.update({f"{_prefix}{part}Code": {(_part, part.lower())} for part in ("State", "Country")})

words = st.from_regex(r"[a-zà-ü]{1,6}( [A-Z0-9]{1,4}){0,2}", fullmatch=True)
ONE_WORD = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
places = {
    "street": words,
    "street2": st.none() | words,
    "city": st.none() | words,
    "zip": st.none() | st.from_regex(r"[0-9]{5}", fullmatch=True),
    "state": st.none() | st.sampled_from(["MI", "CA", "Bayern"]),
    "country": st.none() | st.sampled_from(["IT", "DE", "US", "GB"]),
}
VALUES = {
    "name": words,
    "job_title": st.none() | words,
    "email": st.none() | ONE_WORD.map(lambda word: f"{word.title()}@example.org"),
    "phone": st.none() | st.sampled_from(["+39021234567", "+4915112345678", "+390212345678 ext. 5"]),
    "website": st.none() | ONE_WORD.map(lambda word: f"https://{word}.example/Path"),
    "vat": st.none() | st.sampled_from(["IT00743110157", "DE136695976", "X1234"]),
    "customer_number": st.none() | ONE_WORD,
    "language": st.none() | st.sampled_from(["en", "en_US", "pt_BR"]),
    "notes": st.none() | st.lists(words, min_size=1, max_size=3).map("\n".join),
    "active": st.booleans(),
    "email_opt_out": st.booleans(),
    "owner": st.none() | ONE_WORD.map(lambda word: f"{word}@example.org"),
    "parent": st.none() | ONE_WORD.map(lambda word: f"Account/{word}"),
    "payment_terms": st.none() | words,
    "tax_class": st.none() | st.sets(st.sampled_from(["red", "blue", "green"]), min_size=1).map(sorted).map(";".join),
    "block_until": st.none() | st.dates().map(str),
    "credit_limit": st.none() | st.integers(-(10**9), 10**9).map(lambda cents: cents / 100),
    "amount_due": st.none() | st.integers(-(10**9), 10**9).map(lambda cents: cents / 100),
    "credit_state": st.none() | st.sampled_from(["ok", "near_limit", "hold"]),
    **places,
}
records = st.fixed_dictionaries(
    {"main": st.fixed_dictionaries(VALUES)}, optional={"delivery": st.none() | st.fixed_dictionaries(places)}
)
ENCODER = compile_encoder(ROWS, "customer")
DECODER = compile_decoder(ROWS, "customer")


def changes(parts):
    """{part: some of its fields}, and now and then a field without a mapping."""
    names = {"main": [*VALUES, "first_name", "colour"], "delivery": [*places, "name"]}
    return st.fixed_dictionaries({}, optional={part: st.sets(st.sampled_from(names[part])) for part in parts})


def read(fields):
    """As the other side gives it back: with the full name, which it joins itself."""
    joined = " ".join(filter(None, [fields.get("FirstName"), fields.get("LastName")]))
    return DECODER.decode({**dict.fromkeys(ENCODER.paths), **fields, "Name": joined or None})


def test_the_test_knows_every_path():
    assert set(FEEDS) == set(ENCODER.paths) - {"MobilePhone", "MiddleName", "Suffix"} - {
        f"{prefix}{name}" for prefix in ("Billing", "Shipping") for name in ("State", "Country")
    }
    assert {name for part, name in set().union(*FEEDS.values()) if part == "main"} == {
        *VALUES, "first_name", "last_name"
    }  # fmt: skip


@given(records)
def test_what_is_sent_is_read_back_as_it_was(parts):
    encoded = ENCODER.encode(parts)
    assert encoded.errors == [] and encoded.warnings == []
    decoded = read(encoded.fields)
    assert decoded.errors == []
    main = decoded.parts["main"]
    for name, value in parts["main"].items():
        # A neutral value, such as an amount due of 0, says no more than none.
        assert main[name] == value or equal(main[name], value, *form_of(SPECS[name]))
    if parts.get("delivery"):
        empty = not any(parts["delivery"].values())
        assert decoded.parts["delivery"] == (None if empty else parts["delivery"])
    elif "delivery" in parts:
        assert decoded.parts["delivery"] is None


@given(records, st.data())
def test_exactly_the_fields_fed_by_what_has_changed_are_sent(parts, data):
    changed = data.draw(changes(("main", "delivery")))
    fields = ENCODER.encode(parts, changed).fields
    hit = {(part, name) for part, names in changed.items() if part in parts for name in names}
    assert set(fields) == {path for path, feeding in FEEDS.items() if feeding & hit}
    # What is sent is the same whole value, however little of it has changed.
    whole = ENCODER.encode(parts).fields
    neutral = {"Due": 0, "State": "OK"}
    assert fields == {path: whole.get(path, fields[path]) for path in fields}
    assert all(fields[path] in (None, neutral.get(path)) for path in fields.keys() - whole.keys())


@given(records, st.data())
def test_what_is_absent_is_never_sent_and_none_always_clears(parts, data):
    names = sorted(data.draw(st.sets(st.sampled_from(sorted(VALUES)))))
    absent = {"main": {name: value for name, value in parts["main"].items() if name not in names}}
    fields = ENCODER.encode(absent, {"main": set(VALUES)}).fields
    assert not any(feeding <= {("main", name) for name in names} for path, feeding in FEEDS.items() if path in fields)
    cleared = ENCODER.encode({"main": dict.fromkeys(VALUES)}, {"main": set(names)}).fields
    flags = {"Inactive": True, "HasOptedOutOfEmail": False}  # a checkbox is never empty, and "not active" is its yes
    assert cleared == {
        path: flags.get(path) for path, feeding in FEEDS.items() if feeding & {("main", name) for name in names}
    }


@given(records, st.data())
def test_only_writable_fields_are_sent_and_each_loss_is_said(parts, data):
    closed = data.draw(st.sets(st.sampled_from(ENCODER.paths)))
    encoded = ENCODER.encode(parts, writable=lambda path: path not in closed)
    assert not closed & encoded.fields.keys()
    warnings = " ".join(encoded.warnings)
    for path in ENCODER.encode(parts).fields.keys() & closed:
        other = {"Phone": "MobilePhone"}.get(path) or path.replace("Code", "")
        assert path in warnings or other in encoded.fields


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)


@given(
    st.dictionaries(
        st.sampled_from(["main", "delivery", "invoice", "x"]),
        st.none() | st.dictionaries(st.sampled_from([*VALUES, "first_name", "last_name", "x"]), anything),
    ),
    st.none() | st.dictionaries(st.sampled_from(["main", "delivery", "x"]), st.sets(st.sampled_from([*VALUES, "x"]))),
)
def test_no_value_breaks_it(parts, changed):
    encoded = ENCODER.encode(parts, changed)
    assert encoded.fields.keys() <= set(ENCODER.paths)
    assert all(error.code and error.field and error.message for error in encoded.errors)
    assert all(value is None or isinstance(value, (str, bool, int, float)) for value in encoded.fields.values())


@pytest.mark.parametrize("entity_row", ROWS, ids=lambda entity_row: f"{entity_row.part}.{entity_row.field}")
def test_a_round_trip_of_one_field_is_no_edit_in_the_eyes_of_the_merge(entity_row):
    """Empty values too: what comes back compares as empty, so that the next read changes nothing."""
    parts = {entity_row.part: {entity_row.field: None}}
    decoded = read(ENCODER.encode(parts).fields).parts.get(entity_row.part) or {}
    kind = SPECS[entity_row.field].kind
    assert comparable(decoded.get(entity_row.field), kind) == comparable(None, kind)
