"""What each inverse writes, and that its transform reads it back as the same value."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retail_sync.domain.canonical.schema import ABSENT
from retail_sync.domain.mapping.inverse_transforms import INVERSES, inverse, inverse_of
from retail_sync.domain.mapping.transform_registry import Inverse
from retail_sync.domain.mapping.transforms import TRANSFORMS, TransformContext, TransformError, takes_empty, transform
from retail_sync.domain.values.countries import country_code

texts = st.text(max_size=40)
COUNTRIES = sorted(
    code
    for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    if country_code(code := a + b) == code
)


def context(**options):
    warnings = []
    ctx = TransformContext(options=options, warn=warnings.append, field="x")
    return ctx, warnings


def out(name, value, **options):
    ctx, _warnings = context(**options)
    return inverse_of(name).function(value, ctx)


def back(name, value, **options):
    """As a decoder reads it: no transform for nothing, unless it wants to see that too."""
    if value is None and not takes_empty(name):
        return None
    ctx, _warnings = context(**options)
    return transform(name)(value, ctx)


def test_every_shipped_transform_but_one_has_an_inverse():
    shipped = {
        name for name, function in TRANSFORMS.items() if function.__module__ == "retail_sync.domain.mapping.transforms"
    }
    assert shipped - INVERSES.keys() == {"html_text"}


def test_no_transform_is_its_own_inverse_and_an_unknown_one_has_none():
    assert inverse_of("").function("x", TransformContext()) == "x"
    assert inverse_of("no such transform") is None


def test_an_inverse_is_added_once_and_a_reloaded_one_replaces_itself():
    def twice(value, ctx):
        return value + value

    try:
        inverse("test_twice", joins=" ", rank=3)(twice)
        inverse("test_twice", joins=" ", rank=3)(twice)
        assert inverse_of("test_twice") == Inverse(twice, joins=" ", rank=3)
        with pytest.raises(ValueError, match="already"):
            inverse("test_twice")(lambda value, ctx: value)
    finally:
        INVERSES.pop("test_twice")


@pytest.mark.parametrize("name", ["text", "line", "trim", "lower", "state", "email", "url", "vat"])
@given(texts)
def test_canonical_text_comes_back_as_it_was(name, raw):
    value = back(name, raw)
    assume(value is not None and value is not ABSENT)
    assume(back(name, value) == value)  # else it was no canonical value: the transform itself would change it
    assert back(name, out(name, value)) == value


@pytest.mark.parametrize("name", ["email", "url", "vat", "phone_e164", "language"])
@pytest.mark.parametrize(
    "value",
    ["Ada@example.org", "http://example.org/a", "IT00743110157", "+39021234567", "+39021234567 ext. 5", "en_US"],
)
def test_canonical_values_go_out_as_they_are(name, value):
    assert out(name, value) == value


@pytest.mark.parametrize("code", COUNTRIES)
def test_countries_by_code_and_by_name(code):
    assert out("country", code) == code
    named = out("country", code, write="name")
    assert len(named) > 2 and back("country", named) == code


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("value", [False, True])
def test_yes_and_no(value, invert):
    assert out("bool", value, invert=invert) is (value != invert)
    assert back("bool", out("bool", value, invert=invert), invert=invert) is value


def test_an_empty_flag_is_no():
    assert out("bool", None) is False
    assert out("bool", None, invert=True) is True
    assert inverse_of("bool").takes_empty


STATES = {"OK": "ok", "Fine": "ok", "Near limit": "near_limit", "Hold": "hold", "*": "ok"}


@pytest.mark.parametrize(
    ("mapping", "value", "remote"),
    [
        (STATES, "ok", "OK"),  # the first of two
        (STATES, "near_limit", "Near limit"),
        (STATES, "HOLD", "Hold"),
        (STATES, None, None),
        ({"Yes": True, "No": False}, True, "Yes"),
        ({"1": 1, "Yes": True}, True, "Yes"),
        ({"Yes": True, "1": 1}, 1, "1"),
        ({"": "person", "B": "company"}, "person", None),
        ({"None": None, "B": "company"}, None, "None"),
        ({"0": 0}, 0, "0"),
    ],
)
def test_a_value_map_read_backwards(mapping, value, remote):
    assert out("value_map", value, value_map=mapping) == remote


@pytest.mark.parametrize(
    ("mapping", "value"), [(STATES, "unheard"), ({}, "x"), ({"*": "x"}, "x"), ({"B": True}, 1), ({"B": 1}, True)]
)
def test_a_value_that_is_in_no_map_is_an_error(mapping, value):
    with pytest.raises(TransformError) as caught:
        out("value_map", value, value_map=mapping)
    assert caught.value.code == "VALUE_NOT_MAPPED" and caught.value.field == "x"


scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["a", "b", "A", ""])


@given(st.dictionaries(st.sampled_from(["", "*", "x", "y", "z"]), scalars, min_size=1), scalars)
def test_a_value_map_brings_back_what_it_could_write(mapping, value):
    try:
        remote = out("value_map", value, value_map=mapping)
    except TransformError:
        assert all(canonical != value for remote, canonical in mapping.items() if remote != "*") or value in (0, 1)
        return
    if value is None and remote is None:  # cleared: what the other side's emptiness means is its map's business
        return
    came = back("value_map", remote, value_map=mapping)
    assert came == value or (isinstance(came, str) and came.casefold() == value.casefold())


@pytest.mark.parametrize(
    ("value", "options", "remote"),
    [
        ("a;b", {}, "a;b"),
        ("a;b", {"separator": ","}, "a,b"),
        ("red;blue", {"value_map": {"R": "red"}}, "R;blue"),
        ("red", {"value_map": {"R": "red", "Rot": "red"}}, "R"),
        ("1", {"value_map": {"1": 1}}, "1"),
        (";", {}, None),
    ],
)
def test_several_values(value, options, remote):
    assert out("multi", value, **options) == remote


@pytest.mark.parametrize("options", [{"value_map": {"a": "b"}}, {"separator": "a"}])
def test_a_member_that_would_be_read_as_another_is_an_error(options):
    with pytest.raises(TransformError, match="no remote value for 'a'"):
        out("multi", "a", **options)


members = st.lists(st.sampled_from(["a", "b", "c d", "e,f"]), min_size=1, unique=True)
maps = st.dictionaries(st.sampled_from(["a", "b", "x"]), st.sampled_from(["a", "b", "c d"]))


@given(members, maps, st.sampled_from([";", ",", "|"]))
def test_several_values_come_back(values, mapping, separator):
    value = ";".join(sorted(values))
    options = {"value_map": mapping, "separator": separator}
    try:
        remote = out("multi", value, **options)
    except TransformError:
        return
    assert back("multi", remote, **options) == value


@given(st.dates())
def test_dates(value):
    assert out("date", value.isoformat()) == value.isoformat() == back("date", value.isoformat())
    assert out("date", f"{value.isoformat()} 10:00:00") == value.isoformat()


@pytest.mark.parametrize(("name", "value", "code"), [("date", "soon", "BAD_DATE"), ("number", "many", "BAD_NUMBER")])
def test_values_that_are_none(name, value, code):
    with pytest.raises(TransformError) as caught:
        out(name, value)
    assert caught.value.code == code


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers(value):
    assert back("number", out("number", value)) == value


def test_numbers_of_a_field_with_fewer_decimals():
    assert out("number", 12.3456, digits=2) == 12.35
    assert str(out("number", -0.001, digits=2)) == "0.0"
    assert out("number", 12, digits=2) == 12
    assert out("number", "12.5") == 12.5


def test_references():
    ctx, warnings = context(object="Account")
    ref = inverse_of("ref").function
    assert ref("Account/001A", ctx) == "001A"
    assert back("ref", "001A", object="Account") == "Account/001A"
    assert warnings == []
    for value in ("Contact/003A", "odoo/42", "nonsense", "Account/"):
        assert ref(value, ctx) is ABSENT
    assert len(warnings) == 4
    assert "42" not in warnings[1] and "not on the other side yet" in warnings[1]


def test_a_reference_needs_to_know_what_it_refers_to():
    with pytest.raises(TransformError, match="needs the option"):
        out("ref", "Account/001A")
