"""The audit trail as plain values: what a row may say, and what a verification finds."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.security.audit import (
    GENESIS,
    LABELS,
    LONGEST_WAIT,
    AuditKind,
    Damage,
    Sealed,
    Verification,
    codes_only,
    digest,
    seal,
    sign,
)
from retail_sync.domain.security.masking import HIDDEN

CODES = st.one_of(st.none(), st.booleans(), st.integers(), st.from_regex(r"[a-z_.0-9]{1,20}", fullmatch=True))
ROWS = st.lists(
    st.tuples(
        st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), CODES, max_size=3),
        st.one_of(st.none(), st.text()),
    ),
    min_size=1,
    max_size=12,
)


def chain(rows):
    """Return sealed rows of [(details, reason or None)]."""
    sealed, previous = [], GENESIS
    for seq, (details, reason) in enumerate(rows, start=1):
        text = None if reason is None else (f"salt{seq}", reason)
        text_digest = digest(*text) if text else None
        values = [seq, 100 + seq, "decision", details, text_digest]
        previous = seal(previous, values)
        sealed.append(Sealed(100 + seq, seq, previous, values, text_digest, text))
    return sealed


def verify(rows, head=None, key=None, erased=()):
    walk = Verification(erased=frozenset(erased))
    for row in rows:
        walk.walk(row)
    walk.end(head or (rows[-1].seq, rows[-1].hash, None), key)
    return walk


@given(ROWS)
def test_an_untouched_trail_is_unbroken(rows):
    sealed = chain(rows)
    walk = verify(sealed)
    assert (walk.damage, walk.seq, walk.hash) == (Damage.NONE, len(rows), sealed[-1].hash)


@given(ROWS, st.data())
def test_one_changed_value_is_found_in_its_row(rows, data):
    sealed = chain(rows)
    at = data.draw(st.integers(0, len(rows) - 1))
    sealed[at].values = [*sealed[at].values[:3], {"field": "other"}, "x"]
    walk = verify(sealed)
    assert (walk.damage, walk.at) == (Damage.ROW_CHANGED, at + 1)


@given(ROWS.filter(lambda rows: len(rows) > 1), st.data())
def test_a_missing_row_is_found_at_its_number(rows, data):
    sealed = chain(rows)
    at = data.draw(st.integers(0, len(rows) - 2))
    head = (sealed[-1].seq, sealed[-1].hash, None)
    del sealed[at]
    walk = verify(sealed, head)
    assert (walk.damage, walk.at) == (Damage.ROW_MISSING, at + 1)


@given(ROWS.filter(lambda rows: len(rows) > 1), st.data())
def test_two_rows_that_changed_places_are_found(rows, data):
    sealed = chain(rows)
    at = data.draw(st.integers(0, len(rows) - 2))
    first, second = sealed[at], sealed[at + 1]
    head = (sealed[-1].seq, sealed[-1].hash, None)
    first.seq, second.seq = second.seq, first.seq
    sealed[at], sealed[at + 1] = second, first
    assert verify(sealed, head).damage is Damage.ROW_CHANGED


@given(ROWS.filter(lambda rows: len(rows) > 1), st.data())
def test_rows_taken_off_the_end_are_found_by_the_head(rows, data):
    sealed = chain(rows)
    head = (sealed[-1].seq, sealed[-1].hash, None)
    kept = data.draw(st.integers(1, len(rows) - 1))
    walk = verify(sealed[:kept], head)
    assert (walk.damage, walk.at) == (Damage.END_MISSING, kept + 1)


@given(ROWS.filter(lambda rows: any(reason is not None for _details, reason in rows)), st.data())
def test_an_erased_reason_leaves_a_trace_and_a_missing_one_is_found(rows, data):
    sealed = chain(rows)
    row = data.draw(st.sampled_from([row for row in sealed if row.text]))
    row.text = None
    assert verify(sealed, erased=[row.id]).damage is Damage.NONE
    assert verify(sealed, erased=[row.id]).without_text == 1
    walk = verify(sealed)
    assert (walk.damage, walk.at) == (Damage.TEXT_MISSING, row.seq)


def test_a_changed_reason_is_found():
    sealed = chain([({}, "customer on the phone"), ({}, None)])
    sealed[0].text = (sealed[0].text[0], "the auditor asked")
    walk = verify(sealed)
    assert (walk.damage, walk.at) == (Damage.TEXT_CHANGED, 1)


def test_a_chain_that_was_computed_anew_needs_the_key_of_the_head():
    sealed = chain([({"field": "a"}, None)])
    forged = chain([({"field": "b"}, None)])
    signature = sign("key", 1, sealed[0].hash)
    assert verify(sealed, (1, sealed[0].hash, signature), "key").damage is Damage.NONE
    assert verify(forged, (1, forged[0].hash, signature), "key").damage is Damage.HEAD_FORGED
    assert verify(forged, (1, forged[0].hash, None), "key").damage is Damage.HEAD_UNSIGNED
    assert verify(forged, (1, sealed[0].hash, signature), "key").damage is Damage.HEAD_FORGED


def test_a_head_that_was_put_back_is_found():
    sealed = chain([({}, None), ({}, None)])
    assert verify(sealed, (1, sealed[0].hash, None)).damage is Damage.HEAD_FORGED
    walk = Verification()
    walk.walk(sealed[0])
    walk.end(None, None)
    assert walk.damage is Damage.HEAD_FORGED


def test_an_empty_trail_without_a_head_is_sound():
    walk = Verification()
    walk.end(None, None)
    assert walk.damage is Damage.NONE


def test_rows_that_nothing_seals_are_found():
    now = datetime(2026, 11, 30, 9, 0)
    for waited, damage in ((LONGEST_WAIT, Damage.NONE), (LONGEST_WAIT + timedelta(seconds=1), Damage.WAITS_TOO_LONG)):
        walk = Verification()
        walk.wait(now - waited, now)
        assert walk.damage is damage


def test_the_first_damage_counts():
    walk = Verification()
    walk.find(Damage.UNPROTECTED)
    walk.find(Damage.ROW_CHANGED, 7)
    assert (walk.damage, walk.at) == (Damage.UNPROTECTED, 0)


@pytest.mark.parametrize(
    "value",
    ["Marc Demo", "marc@demo.example", "Via Roma 1", "Müller", "a" * 121, "x\n", "+393471112223", 3.5, b"x"],
)
def test_what_could_be_personal_never_enters_a_row(value):
    assert codes_only({"field": value}) == {"field": HIDDEN}


def test_codes_ids_and_names_of_fields_stay():
    details = {"fields": {"email", "account.block"}, "key": "001A-9/x", "ids": (3, 4), "on": True, "none": None}
    assert codes_only({**details, "kind": AuditKind.MERGE}) == {
        "fields": ["account.block", "email"],
        "key": "001A-9/x",
        "ids": [3, 4],
        "on": True,
        "none": None,
        "kind": "merge",
    }


def test_every_kind_has_a_label():
    assert set(LABELS) == set(AuditKind)
