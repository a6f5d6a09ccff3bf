"""Equal values of JSON have one text, and different values never the same."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.api.canonical_json import NotCanonical, canonical, digest, read

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(max_size=4)
    | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["", "#", "a", "b"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(left, right):
    """Whether two values mean the same: true is no number, and numbers are equal by value."""
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) in (int, Decimal) and type(right) in (int, Decimal) and left == right or (
        isinstance(left, str) and isinstance(right, str) and left == right
    )  # fmt: skip


@given(values, values)
def test_two_values_have_one_text_only_if_they_mean_the_same(left, right):
    assert (canonical(left) == canonical(right)) is same(left, right)


@given(values)
def test_white_space_and_the_order_of_names_do_not_count(value):
    text = json.dumps(value, default=str, indent=2)
    turned = json.dumps(_turned(json.loads(text)), separators=(",", ":"))
    assert digest(read(text)) == digest(read(turned))


def _turned(value):
    if isinstance(value, dict):
        return {name: _turned(value[name]) for name in reversed(list(value))}
    return [_turned(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("left", "right"), [("1", "1.0"), ("1e2", "100"), ("-0.0", "0"), ('{"a":0.10}', '{"a": 0.1}')])
def test_spellings_of_a_number_are_one_value(left, right):
    assert digest(read(left)) == digest(read(right))


@pytest.mark.parametrize(
    ("left", "right"), [("1", '"1"'), ("true", "1"), ("[]", "{}"), ("null", "0"), ('{"#":"1"}', "1")]
)
def test_values_of_another_kind_differ(left, right):
    assert digest(read(left)) != digest(read(right))


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', "NaN", "Infinity", "-Infinity", "1e999999999", "{", b"\xff", "[" * 100_000, ""]
)
def test_ambiguous_and_absurd_texts_are_refused(text):
    with pytest.raises(NotCanonical):
        read(text)


@pytest.mark.parametrize("value", [1.5, {1: "a"}, b"a", object(), Decimal("NaN"), Decimal("1e60")])
def test_what_json_does_not_know_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical(value)


def test_nesting_ends():
    value = []
    for _level in range(40):
        value = [value]
    with pytest.raises(NotCanonical):
        canonical(value)
