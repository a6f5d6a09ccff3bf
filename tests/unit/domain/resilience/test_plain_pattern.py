import re
from fnmatch import translate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.resilience import plain_pattern
from retail_sync.domain.resilience.plain_pattern import contains, fits_code, has_pieces, looks_like_regular_expression


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("", "anything", True),
        ("credit", "The CREDIT limit", True),
        ("unable to * row", "Sorry, unable to lock this row now", True),
        ("row * unable", "unable to lock row", False),
        ("a*a", "a", False),
        ("(x)", "Foreign key (X) is missing", True),
        ("50%", "more than 50% off", True),
    ],
)
def test_words_are_looked_for_in_their_order(pattern, text, found):
    assert contains(pattern, text) is found


def test_only_the_beginning_of_a_text_is_searched():
    assert contains("end", " " * 497 + "end")
    assert not contains("end", " " * 498 + "end")


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"^([a-z. ]+)+[0-9]$", "(a+)+", "a.*b", ".+", "[a-z]", "[^x]", "(?i)x", r"\d", r"\bword", "^Start", "end$"),
        *("unable to (obtain|lock)", "one|two", "(ab){3}", "[ab]+"),
    ],
)
def test_a_regular_expression_is_recognised(pattern):
    assert looks_like_regular_expression(pattern)


@pytest.mark.parametrize(
    "words", ["", "Concurrent", "Odoo_External_Id__c", "value (x) is too long", "a * b", "costs $5", "[Name]", "e.g. x"]
)
def test_plain_words_are_no_regular_expression(words):
    assert not looks_like_regular_expression(words)


class _Counted(str):
    """A text that counts how many characters are looked at: each search goes on from where it starts."""

    steps = 0

    def find(self, piece, start=0):
        at = super().find(piece, start)
        self.steps += (len(self) if at < 0 else at + len(piece)) - start
        return at


@given(
    st.lists(st.text("ab", max_size=8), min_size=1, max_size=40),
    st.text("ab", max_size=500) | st.sampled_from(["a" * 500, "ab" * 250, "a" * 499 + "b"]),
)
def test_each_character_is_passed_once_whatever_the_pattern(pieces, text):
    """A rule with the text ^([a-z. ]+)+[0-9]$ held a worker until it was killed after two minutes."""
    counted = _Counted(text)
    has_pieces(pieces, counted)
    assert counted.steps <= len(text)


@given(st.text("ab*", max_size=10), st.text("ab", max_size=20))
def test_words_are_found_as_a_search_for_them_would(pattern, text):
    assert contains(pattern, text) is bool(re.search(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL))


@given(st.text("AB*?", max_size=10), st.text("AB_", max_size=12))
def test_a_code_fits_as_a_file_name_fits_its_pattern(pattern, code):
    assert fits_code(pattern, code) is bool(re.match(translate(pattern), code))


@given(st.integers(1, 60), st.integers(0, 300))
def test_a_code_costs_at_most_its_length_for_each_sign_of_the_pattern(stars, length):
    compared = 0
    stands_at = plain_pattern._stands_at

    def counted(piece, code, at):
        nonlocal compared
        compared += max(1, len(piece))
        return stands_at(piece, code, at)

    plain_pattern._stands_at = counted
    try:
        pattern = "A*" * stars + "B"
        fits_code(pattern, "A" * length)
    finally:
        plain_pattern._stands_at = stands_at
    assert compared <= (length + 1) * len(pattern)
