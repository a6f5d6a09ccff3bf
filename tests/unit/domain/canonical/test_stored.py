import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical import stored
from retail_sync.domain.canonical.stored import StoredError, dump, load

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture(autouse=True)
def _kinds():
    stored.register_stored("plain", 1, {0: lambda value: value})
    stored.register_stored(
        "record",
        3,
        {
            0: lambda value: {**value, "ids": []},
            1: lambda value: {"part" if name == "part" else name: entry for name, entry in value.items()},
            2: lambda value: {**value, "part": value["part"] or "main"},
        },
    )
    yield
    stored.unregister_stored("plain")
    stored.unregister_stored("record")


def code_of(function, *args):
    with pytest.raises(StoredError) as caught:
        function(*args)
    return caught.value.code


@given(values.filter(lambda value: not isinstance(value, str)))
def test_what_was_stored_comes_back_from_json_and_from_text(value):
    envelope = dump("plain", 1, value)
    assert load("plain", envelope) == value
    assert load("plain", json.dumps(envelope)) == value
    assert load("plain", json.dumps(envelope).encode()) == value
    # What was stored without a version is version 0.
    assert load("plain", value) == value
    assert load("plain", json.dumps(value)) == value


def test_a_text_can_be_stored():
    assert load("plain", dump("plain", 1, "a")) == "a"
    assert load("plain", '"a"') == "a"


def test_older_versions_are_read_step_by_step():
    assert load("record", {"part": ""}) == {"part": "main", "ids": []}
    assert load("record", {"$kind": "record", "$version": 2, "$value": {"part": "x"}}) == {"part": "x"}
    assert load("record", dump("record", 3, {"part": "x"})) == {"part": "x"}


def test_a_version_of_the_future_is_refused_with_what_to_do():
    newer = {"$kind": "record", "$version": 4, "$value": {}}
    assert code_of(load, "record", newer) == "NEWER_VERSION"
    with pytest.raises(StoredError, match="reads up to 3.*Install"):
        load("record", newer)


def test_what_cannot_be_read_says_why():
    stored.register_stored("forgetful", 2, {1: lambda value: value})
    try:
        assert code_of(load, "forgetful", {}) == "NO_READER"
    finally:
        stored.unregister_stored("forgetful")
    assert code_of(load, "record", dump("plain", 1, {})) == "OTHER_KIND"
    assert code_of(load, "record", "{") == "NOT_JSON"
    assert code_of(load, "unheard", {}) == "UNKNOWN_KIND"
    assert code_of(dump, "unheard", 1, {}) == "UNKNOWN_KIND"


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object()])
def test_what_json_cannot_hold_is_not_stored(value):
    assert code_of(dump, "plain", 1, value) == "NOT_JSON"


def test_a_value_is_stored_in_the_present_version_only():
    with pytest.raises(ValueError, match="version 3, not 2"):
        dump("record", 2, {})


@pytest.mark.parametrize(("kind", "version", "readers"), [("plain", 1, {}), ("x", 0, {}), ("x", 1, {1: str})])
def test_a_kind_is_declared_once_and_soundly(kind, version, readers):
    with pytest.raises(ValueError, match=r"declared already|older ones"):
        stored.register_stored(kind, version, readers)
