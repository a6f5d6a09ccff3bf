"""Names of persons, divided among the parts that a platform keeps."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retail_sync.domain.mapping.decoding import MapRow
from retail_sync.domain.mapping.encoding import compile_encoder
from retail_sync.domain.mapping.person_names import FIRST, LAST, MIDDLE, SUFFIX, divide

ALL = (FIRST, MIDDLE, LAST, SUFFIX)
WESTERN, EASTERN = ALL, (LAST, FIRST, MIDDLE, SUFFIX)
PATHS = {FIRST: "FirstName", MIDDLE: "MiddleName", LAST: "LastName", SUFFIX: "Suffix"}
ENCODER = compile_encoder(
    [MapRow("name", "Name|FirstName+LastName", "person_name", direction="both", required=True)], "customer"
)


def joined(parts, order=WESTERN):
    return " ".join(filter(None, (parts.get(part) for part in order)))


def record(first, middle, last, suffix, order=WESTERN):
    parts = dict(zip(ALL, (first, middle, last, suffix), strict=True))
    return {**{PATHS[part]: text for part, text in parts.items()}, "Name": joined(parts, order)}


def edit(known, typed, closed=()):
    """What is sent, and the name that the platform composes afterwards."""
    encoded = ENCODER.encode(
        {"main": {"name": typed}}, {"main": {"name"}}, {}, lambda path: path not in ("Name", *closed), remote=known
    )
    after = {**known, **encoded.fields}
    return encoded, " ".join(filter(None, (after.get(PATHS[part]) for part in ALL)))


ARLO = record("Arlo", "Quill", "Vantonger", "Jr.")


@pytest.mark.parametrize(
    ("known", "typed", "sent"),
    [
        (ARLO, "Arlo Quill Vantonger-Ruiz Jr.", {"LastName": "Vantonger-Ruiz"}),
        (ARLO, "Arlo Quill Vantonger", {"Suffix": None}),
        (ARLO, "Arlo Vantonger Jr.", {"MiddleName": None}),
        (ARLO, "Arlo Q. Vantonger Jr.", {"MiddleName": "Q."}),
        (ARLO, "Arlo  Quill Vantonger Jr.", {}),
        (ARLO, "Arlo Vantonger", {"MiddleName": None, "Suffix": None}),
        (ARLO, "Bert Smith", {"FirstName": "Bert", "LastName": "Smith", "MiddleName": None, "Suffix": None}),
        (ARLO, "Vantonger", {"FirstName": None, "MiddleName": None, "Suffix": None}),
        (record("Mirela", "van", "Ooster", None), "Mirella van Ooster", {"FirstName": "Mirella"}),
        (record("Mirela", "van", "Ooster", None), "Mirela van den Ooster", {"MiddleName": "van den"}),
        (record("Arlo", None, "Vantonger", None), "Arlo Quill Vantonger", {"FirstName": "Arlo Quill"}),
        (record(None, None, "Vantonger", None), "Arlo Vantonger", {"FirstName": "Arlo"}),
    ],
)
def test_few_parts_change_and_together_they_are_what_was_typed(known, typed, sent):
    encoded, shown = edit(known, typed)
    assert encoded.fields == sent
    assert encoded.warnings == [] and shown == " ".join(typed.split())


def test_an_org_that_puts_the_last_name_first():
    known = record("Mirela", None, "Ooster", None, EASTERN)
    encoded, _shown = edit(known, "Ooster Mirella")
    assert encoded.fields == {"FirstName": "Mirella"}


def test_a_part_that_may_not_be_written_stays_and_is_said():
    encoded, _shown = edit(ARLO, "Arlo Vantonger-Ruiz", closed=("MiddleName", "Suffix"))
    assert encoded.fields == {"LastName": "Vantonger-Ruiz"}
    assert len(encoded.warnings) == 2
    encoded, shown = edit(ARLO, "Arlo Quill Vantonger-Ruiz Jr.", closed=("MiddleName", "Suffix"))
    assert encoded.fields == {"LastName": "Vantonger-Ruiz"} and encoded.warnings == []


def test_a_part_that_is_hidden_is_known_from_the_whole_name():
    known = {name: text for name, text in ARLO.items() if name not in ("MiddleName", "Suffix")}
    encoded, _shown = edit(known, "Arlo Quill Vantonger-Ruiz Jr.", closed=("MiddleName", "Suffix"))
    assert encoded.fields == {"LastName": "Vantonger-Ruiz"} and encoded.warnings == []
    encoded, _shown = edit(known, "Arnold Quill Vantonger Jr.", closed=("MiddleName", "Suffix"))
    assert encoded.fields == {"FirstName": "Arnold"} and encoded.warnings == []


def test_a_first_name_that_is_hidden_stays_and_is_said_where_the_name_needs_another():
    known = {"Name": "Arlo Vantonger", "MiddleName": None, "LastName": "Vantonger", "Suffix": None}
    encoded, _shown = edit(known, "Arlo Vantonger-Ruiz", closed=("FirstName",))
    assert encoded.fields == {"LastName": "Vantonger-Ruiz"} and encoded.warnings == []
    encoded, _shown = edit(known, "Vantonger", closed=("FirstName",))
    assert encoded.fields == {} and ["FirstName" in warning for warning in encoded.warnings] == [True]
    encoded, _shown = edit({**known, "Name": "Vantonger Arlo"}, "Ooster Arlo", closed=("FirstName",))
    assert encoded.fields == {"LastName": "Ooster"} and encoded.warnings == []


words = st.lists(st.text("abc", min_size=1, max_size=2), min_size=1, max_size=2).map(" ".join)


@given(
    st.tuples(st.none() | words, st.none() | words, words, st.none() | words),
    st.lists(st.text("abcd", min_size=1, max_size=2), min_size=1, max_size=5).map(" ".join),
    st.sampled_from([WESTERN, EASTERN]),
)
def test_the_parts_make_the_name_that_was_typed(known, typed, order):
    known = dict(zip(ALL, known, strict=True))
    shown = joined(known, order)
    assume(order == WESTERN or joined(known, WESTERN) != shown)
    division = divide(typed, known, shown, frozenset(ALL))
    assert joined({**known, **division.parts}, order) == typed
    assert division.parts[LAST] and division.stuck == []


@given(
    st.tuples(st.none() | words, st.none() | words, words, st.none() | words),
    st.lists(st.text("abcd", min_size=1, max_size=2), min_size=1, max_size=5).map(" ".join),
    st.sets(st.sampled_from(ALL)),
)
def test_only_open_parts_change_and_what_keeps_the_name_from_being_made_is_said(known, typed, may_write):
    known = dict(zip(ALL, known, strict=True))
    division = divide(typed, known, joined(known), may_write)
    assert division.parts.keys() <= may_write
    assert joined({**known, **division.parts}) == typed or division.stuck


@given(
    st.tuples(st.none() | words, st.none() | words, words, st.none() | words),
    st.lists(st.text("abcd", min_size=1, max_size=2), min_size=1, max_size=5).map(" ".join),
    st.sets(st.sampled_from([FIRST, MIDDLE, SUFFIX])),
)
def test_what_hidden_parts_hold_is_made_part_of_the_name_or_said(held, typed, hidden):
    held = dict(zip(ALL, held, strict=True))
    # A last name that stands twice in the name leaves open where it stands.
    assume(f" {joined(held)} ".count(f" {held[LAST]} ") == 1)
    known = {part: text for part, text in held.items() if part not in hidden}
    division = divide(typed, known, joined(held), known.keys())
    assert division.parts.keys() <= known.keys()
    assert joined({**held, **division.parts}) == typed or division.stuck


def test_the_same_name_changes_nothing():
    known = dict(zip(ALL, ("Arlo Q", "Quill", "de Vantonger", "Jr."), strict=True))
    assert divide(joined(known), known, joined(known), frozenset(ALL)).parts == known
