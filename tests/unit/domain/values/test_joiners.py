"""Joiners between letters, in the scripts that need them and in those that do not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.values.text import clean_text, fold, fold_words

ZWNJ, ZWJ = "\u200c", "\u200d"
NAMES = {
    "Persian": f"\u0639\u0644\u06cc{ZWNJ}\u0631\u0636\u0627",
    "Urdu": f"\u0639\u0628\u062f{ZWNJ}\u0627\u0644\u0644\u06c1",
    "Sinhala": f"\u0dc1\u0dca{ZWJ}\u0dbb\u0dd3 \u0dad\u0dd3\u0dbb",
    "Hindi": f"\u0936\u0930\u094d{ZWJ}\u092e\u093e",
    "Hindi without ligature": f"\u0915\u094d{ZWNJ}\u0937",
    "Malayalam chillu at the end": f"\u0d05\u0d35\u0d28\u0d4d{ZWJ}",
    "Malayalam chillu before a blank": f"\u0d05\u0d35\u0d28\u0d4d{ZWJ} \u0d05\u0d35\u0d28",
    "Bengali": f"\u09b0{ZWJ}\u09cd\u09af\u09be\u09ac",
    "Kannada": f"\u0cb0\u0ccd{ZWJ}\u0c95",
    "family": f"\U0001f468{ZWJ}\U0001f469{ZWJ}\U0001f467",
    "heart on fire": f"\u2764\ufe0f{ZWJ}\U0001f525",
    "woman pilot, dark skin": f"\U0001f469\U0001f3ff{ZWJ}\u2708\ufe0f",
}


@pytest.mark.parametrize("text", NAMES.values(), ids=NAMES)
def test_joiners_stay_where_a_script_needs_them(text):
    assert clean_text(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("joiner", [ZWNJ, ZWJ, ZWNJ + ZWJ])
@pytest.mark.parametrize(
    "text", ["Bra{}ndt", "{}Brandt", "Brandt{}", "Müll{}er", "Ива{}нов", "A {} B", "1{}2", "\u0639{} B"]
)
def test_joiners_go_where_no_script_needs_them(text, joiner):
    assert clean_text(text.format(joiner)) == clean_text(text.format(""))


@given(
    st.text(
        st.sampled_from(f"ab \u0639\u0644\u094d\u0915\u0d4d\u0d28\u0dca\U0001f468\ufe0fé\u0301{ZWNJ}{ZWJ}\u200b\n"),
        max_size=9,
    )
)
def test_cleaning_twice_changes_nothing(text):
    once = clean_text(text)
    assert once is None or clean_text(once) == once


@pytest.mark.parametrize(
    "unseen", ["\u200b", ZWNJ, ZWJ, "\u2060", "\ufeff", "\u00ad", "\u034f", "\u061c", "\u2066", "\ufe0f"]
)
def test_names_that_differ_in_an_invisible_character_compare_as_one(unseen):
    assert fold(f"Bra{unseen}ndt") == "brandt"
    assert fold_words(f"\u0639\u0644\u06cc{unseen}\u0631\u0636\u0627") == fold_words(
        "\u0639\u0644\u06cc\u0631\u0636\u0627"
    )


def test_kana_keep_their_voicing_marks():
    assert fold("がんた") != fold("かんた")
