"""Signed texts come back as they were, or are refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.api.paging import Place, cursor_of, limit_of, place_of
from retail_sync_helpdesk.domain.api.signed_text import MALFORMED, MISMATCH, SigningKey, open_text, sign_text

OLD, NEW = SigningKey("k1", b"o" * 32), SigningKey("k2", b"n" * 32)
payloads = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=9) | st.none(), max_size=4)
# Half of a pair of surrogates is a text of Python, and none of JSON that is sent.
payloads = payloads.filter(lambda found: not any("\ud800" <= char <= "\udfff" for char in str(found)))


@given(payloads)
def test_what_is_signed_is_opened(payload):
    opened = open_text("a", sign_text("a", payload, [NEW]), [NEW])
    assert (opened.payload, opened.error, opened.key_id) == (payload, "", "k2")


@settings(max_examples=300)
@given(payloads, st.integers(0, 10_000), st.sampled_from("AZaz09-_.=é \n"))
def test_a_text_with_any_other_character_is_refused(payload, position, character):
    text = sign_text("a", payload, [NEW])
    position %= len(text)
    other = text[:position] + character + text[position + 1 :]
    if other != text:
        assert open_text("a", other, [NEW, OLD]).payload is None


@given(st.none() | st.integers() | st.text() | st.binary() | st.lists(st.text(alphabet="ab.", max_size=9), max_size=3))
def test_nothing_breaks_it(text):
    assert open_text("a", text, [NEW]).error in (MALFORMED, MISMATCH)


def test_a_text_of_another_purpose_is_refused():
    assert open_text("b", sign_text("a", {}, [NEW]), [NEW]).error == MISMATCH


def test_the_first_key_signs_and_all_open():
    during, after = [NEW, OLD], [NEW]
    before = sign_text("a", {"x": 1}, [OLD])
    assert open_text("a", before, during).payload == {"x": 1}
    assert open_text("a", before, after).error == MISMATCH
    assert open_text("a", sign_text("a", {"x": 1}, during), after).payload == {"x": 1}


def test_a_key_of_the_same_id_and_another_secret_opens_nothing():
    assert open_text("a", sign_text("a", {}, [OLD]), [SigningKey("k1", b"x" * 32)]).error == MISMATCH


def test_the_stand_in_for_an_unknown_key_opens_nothing():
    forged = sign_text("a", {}, [SigningKey("none", b"\0" * 32)])
    assert open_text("a", forged, [NEW]).error == MISMATCH
    assert open_text("a", forged, []).error == MISMATCH


def test_weak_keys_and_no_key_are_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        SigningKey("k", b"short")
    with pytest.raises(ValueError, match="short id"):
        SigningKey("a.b", b"x" * 32)
    with pytest.raises(ValueError, match="no signature"):
        sign_text("a", {}, [])


def test_a_secret_is_not_shown():
    assert "oooo" not in repr(OLD) + str(OLD)


QUERY = {"customer": 7, "sort": "-date"}


@given(st.lists(st.none() | st.integers() | st.text(alphabet="aé", max_size=5), max_size=3).map(tuple))
def test_a_cursor_leads_back_to_its_place(after):
    cursor = cursor_of(Place(after), "key/3", QUERY, [NEW])
    assert place_of(cursor, "key/3", dict(reversed(QUERY.items())), [NEW]) == Place(after)


@pytest.mark.parametrize(
    ("actor", "query"), [("key/4", QUERY), ("key/3", {**QUERY, "customer": 8}), ("key/3", {"customer": 7})]
)
def test_a_cursor_of_another_list_or_actor_leads_nowhere(actor, query):
    assert place_of(cursor_of(Place((1,)), "key/3", QUERY, [NEW]), actor, query, [NEW]) is None


def test_pages_have_a_size():
    assert [limit_of(asked) for asked in (None, 0, -5, 1, 200, 10**9)] == [50, 1, 1, 1, 200, 200]
