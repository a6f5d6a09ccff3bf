import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.stored import StoredError
from retail_sync.domain.merge.journal import Journal, changed, to_restore

ROWS = st.dictionaries(st.sampled_from(["name", "email", "vat", "write_date"]), st.none() | st.integers(0, 3))


def test_the_stamps_of_a_touch_are_no_change():
    assert changed({"name": "a", "write_date": "1"}, {"name": "a", "write_date": "2"}) == {}


def test_what_was_edited_since_stays():
    difference = changed({"name": "a", "vat": None, "email": "x"}, {"name": "b", "vat": "1", "email": "x"})
    assert to_restore(difference, {"name": "b", "vat": "2", "email": "y"}) == ({"name": "a"}, ["vat"])


def test_a_column_that_an_upgrade_dropped_is_left_out():
    assert to_restore(changed({"name": "a"}, {"name": "b"}), {}) == ({}, [])


@given(ROWS, ROWS)
def test_nothing_edited_means_all_is_as_before(before, after):
    full = {name: None for name in before.keys() | after.keys()}
    before, after = {**full, **before}, {**full, **after}
    difference = changed(before, after)
    if difference:
        values, kept = to_restore(difference, after)
        assert not kept
        restored = {**after, **values}
        assert {n: v for n, v in restored.items() if n != "write_date"} == {
            n: v for n, v in before.items() if n != "write_date"
        }
        assert to_restore(difference, before) == ({}, [])


def test_a_journal_survives_json_and_other_versions():
    journal = Journal(moved=[{"table": "sale_order", "column": "partner_id", "ids": [1, 2], "old": 5, "new": 4}])
    assert Journal.of(json.loads(json.dumps(journal.as_json()))) == journal
    before_versions = json.loads(json.dumps({**asdict(journal), "unheard_of": 1}))
    assert Journal.of(before_versions) == journal
    assert Journal.of(None) == Journal()


def test_a_journal_of_a_later_version_is_refused():
    with pytest.raises(StoredError):
        Journal.of({**Journal().as_json(), "$version": 99})


def test_a_document_that_names_the_loser_twice_counts_once():
    move = {"table": "sale_order", "ids": [1, 2], "old": 5, "new": 4}
    pair = {"table": "rel", "column": "a", "other": "b", "old": 5, "new": 4, "values": [7, 8], "added": [8]}
    journal = Journal(moved=[{**move, "column": "partner_id"}, {**move, "column": "partner_invoice_id"}], pairs=[pair])
    assert journal.counts() == {"sale_order": 2, "rel": 1}
