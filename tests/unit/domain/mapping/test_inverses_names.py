"""How the name of a person is taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.mapping.inverse_transforms import inverse_of, name_parts
from retail_sync.domain.mapping.transforms import TransformContext

STANDARD = {"first": "FirstName", "middle": "MiddleName", "last": "LastName", "suffix": "Suffix"}


@pytest.mark.parametrize(
    ("path", "options", "parts"),
    [
        ("Name", {}, STANDARD),
        ("Name|FirstName+LastName", {}, STANDARD),
        ("given + family|full", {}, {"first": "given", "last": "family"}),
        ("a+b+c", {}, {"first": "a", "middle": "b", "last": "c"}),
        ("Name", {"first": "F", "last": "L"}, {"first": "F", "last": "L"}),
        ("Name|a+b", {"middle": "M"}, {**STANDARD, "middle": "M"}),
    ],
)
def test_where_the_parts_of_a_name_are(path, options, parts):
    assert name_parts(path, options) == parts


def split(name, known=None, record=None, **options):
    ctx = TransformContext(options=options, out=known or {}, record=record or {})
    return inverse_of("person_name").function(name, ctx)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ada Byron", "Ada", "Byron"),
        ("Ada King Byron", "Ada King", "Byron"),
        (" Ada \n Byron ", "Ada", "Byron"),
        ("Plato", None, "Plato"),
        (None, None, None),
    ],
)
def test_the_last_word_is_the_last_name(name, first, last):
    assert split(name) == {"FirstName": first, "LastName": last}
    assert split(name, first="F", last="L") == {"F": first, "L": last}


def test_a_field_for_the_middle_name_is_emptied_since_the_first_takes_it_in():
    known = {"M": "King", "FirstName": "Ada", "LastName": None}
    assert split("Ada King Byron", record=known, middle="M") == {
        "M": None,
        "FirstName": "Ada King",
        "LastName": "Byron",
    }


def test_canonical_parts_win_where_known():
    known = {"first_name": "Ludwig", "last_name": "van Beethoven"}
    assert split("Someone Else", known) == {"FirstName": "Ludwig", "LastName": "van Beethoven"}
    assert split("X Y", {"last_name": "Y", "first_name": None}) == {"FirstName": None, "LastName": "Y"}
    assert split("Anna Maria De Rossi", {"first_name": "Anna Maria"}) == {
        "FirstName": "Anna Maria",
        "LastName": "De Rossi",
    }


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ludwig M. van Beethoven", "Ludwig M.", "van Beethoven"),
        ("Karl van Beethoven", "Karl", "van Beethoven"),
        ("Ludwig van der Beek", "Ludwig", "van der Beek"),
        ("Karl van der Beek", "Karl van der", "Beek"),
    ],
)
def test_the_parts_that_the_remote_has_stay_together(name, first, last):
    record = {"FirstName": "Ludwig", "LastName": "van Beethoven"}
    assert {**record, **split(name, record=record)} == {"FirstName": first, "LastName": last}


@given(
    st.lists(st.text("abé'-", min_size=1, max_size=5), min_size=1, max_size=4),
    st.fixed_dictionaries(
        {}, optional={"FirstName": st.text("ab ", max_size=5), "LastName": st.text("ab ", max_size=5)}
    ),
)
def test_no_word_of_a_name_is_lost(words, record):
    name = " ".join(words)
    parts = {"FirstName": None, **record, **split(name, record=record)}
    parts = {path: " ".join((text or "").split()) for path, text in parts.items()}
    assert " ".join(filter(None, [parts["FirstName"], parts["LastName"]])) == name
    assert parts["LastName"]
