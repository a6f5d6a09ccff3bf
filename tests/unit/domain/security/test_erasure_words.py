from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.security.erasure import as_pattern, longest_first, names_someone, words_of


def test_names_in_full_and_contacts_are_words():
    words = words_of([{"name": "Maria  Rossi", "email": "m@rossi.example", "phone": "+39 0432 1234", "city": "Udine"}])
    assert words == {"Maria  Rossi", "Maria Rossi", "m@rossi.example", "+39 0432 1234"}


def test_a_first_name_alone_would_be_found_everywhere():
    assert not names_someone("Alexander")
    assert not names_someone("A. B.")
    assert names_someone("Alexander Ho")


def test_values_of_parts_count():
    assert words_of([{"address": {"street": "Via Roma 1", "city": "Udine"}}]) == {"Via Roma 1"}


def test_other_values_are_no_words():
    assert words_of([{"active": True, "notes": "likes Maria Rossi", "name": None}]) == set()


def test_a_word_that_holds_another_one_goes_first():
    assert longest_first(["Maria Rossi", "Anna Maria Rossi", "m@rossi.example"])[0] == "Anna Maria Rossi"


@given(st.text(alphabet="ab%_\\ ", max_size=12))
def test_a_pattern_finds_its_word_and_no_other(word):
    assert _like(as_pattern(word), f"x{word}y")
    assert not word or not _like(as_pattern(word), "")


def _like(pattern: str, text: str) -> bool:
    """Match as SQL's LIKE does."""
    import re

    parts, escaped = [], False
    for char in pattern:
        if escaped:
            parts.append(re.escape(char))
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            parts.append({"%": ".*", "_": "."}.get(char, re.escape(char)))
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None
