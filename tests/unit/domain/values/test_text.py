import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.values.text import clean_text, fold, fold_words, single_line, storable


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Acme  ", "Acme"),
        ("", None),
        (" \t\n ", None),
        ("a\x00b\x07\x1bc", "a b c"),
        ("line 1\r\nline 2\rline 3", "line 1\nline 2\nline 3"),
        ("Ac\u200bme\ufeff", "Acme"),
        ("A\u00a0B", "A B"),
        ("e\u0301", "é"),
        ("\ufa19\u8c37 e\u0301", "\ufa19\u8c37 é"),  # a variant with which a name is written
        ("broken \ud800 half", "broken \ufffd half"),
        ("tab\tbed", "tab bed"),
        (42, "42"),
    ],
)
def test_clean_text(raw, clean):
    assert clean_text(raw) == clean


def test_single_line_closes_up_white_space():
    assert single_line("  A \n\n B\t C ") == "A B C"
    assert single_line("\n") is None


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("MÜLLER", "muller"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ørsted", "orsted"),
        ("İstanbul", "istanbul"),
        ("Þór Æsir", "thor aesir"),
        ("A   B", "a b"),
        ("Ελλάδα", "ελλαδα"),
    ],
)
def test_fold(raw, folded):
    assert fold(raw) == folded


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("S.p.A.", "spa"),
        ("Acme S.r.l", "acme srl"),
        ("G.m.b.H. & Co. KG", "gmbh and co kg"),
        ("O'Neil", "oneil"),
        ("St. John", "st john"),
        ("amazon.com", "amazon com"),
        ("--", ""),
    ],
)
def test_fold_words(raw, words):
    assert fold_words(raw) == words


@given(st.text())
def test_clean_text_is_safe_to_store_and_idempotent(raw):
    clean = clean_text(raw)
    if clean is not None:
        clean.encode("utf-8")
        assert clean == clean.strip()
        assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in clean)
        assert clean_text(clean) == clean


@given(st.text())
def test_fold_words_is_idempotent(raw):
    assert fold_words(fold_words(raw)) == fold_words(raw)


def test_what_no_database_takes_is_replaced_wherever_it_stands():
    value = {"a\x00": ["b\x00c", "\ud83d", "\ud83d\ude00", "😀", 5, None, {"d": True}]}
    assert storable([1e999, -1e999, 1.5]) == ["inf", "-inf", 1.5]
    assert storable(value) == {"a\ufffd": ["b\ufffdc", "\ufffd", "\ufffd\ufffd", "😀", 5, None, {"d": True}]}
