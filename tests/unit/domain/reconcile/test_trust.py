"""Reads that cross our own writes tell less than they show."""

from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.reconcile.three_way import OwnershipRule

from ..customer_values import base_with_ours, merge, tells_otherwise

VALUES = st.sampled_from([None, "a", "b", "c"])
NAMES = st.sampled_from(["job_title", "website"])
RECORDS = st.dictionaries(NAMES, VALUES)
LATEST = {"job_title": OwnershipRule("job_title", "shared", "most_recent")}


def test_a_record_that_shows_what_was_agreed_tells_nothing_new():
    assert not tells_otherwise({"phone": "+39 0432 1", "name": "Rossi"}, {"phone": "+3904321"})


def test_a_record_that_differs_in_any_field_tells_otherwise():
    assert tells_otherwise({"phone": "1", "name": "Rossi"}, {"phone": "1", "name": "Bianchi"})


def test_a_field_that_was_never_agreed_on_tells_otherwise_unless_it_is_empty():
    assert tells_otherwise({}, {"name": "Rossi"})
    assert not tells_otherwise({}, {"name": ""})


def test_a_value_that_we_sent_is_no_edit_of_the_platform():
    """A worker died between the platform's answer and our note of it; the platform's clock was ahead."""
    base = base_with_ours({"job_title": "Buyer"}, {"job_title": "Sent"}, [{"job_title": "Sent"}])
    result = merge(base, {"job_title": "Sent"}, {"job_title": "Later"}, LATEST, remote_time_ms=9, local_time_ms=1)
    assert result.push == {"job_title": "Later"}


def test_without_the_note_the_clock_would_decide():
    result = merge(
        {"job_title": "Buyer"}, {"job_title": "Sent"}, {"job_title": "Later"}, LATEST, remote_time_ms=9, local_time_ms=1
    )
    assert result.apply == {"job_title": "Sent"}


def test_a_lifted_flag_is_not_set_again_by_our_own_setting_of_it():
    ownership_rule = {"account_block": OwnershipRule("account_block", "odoo", "restrictive")}
    base = base_with_ours({"account_block": False}, {"account_block": True}, [{"account_block": True}])
    result = merge(base, {"account_block": True}, {"account_block": False}, ownership_rule)
    assert result.push == {"account_block": False}


def test_spellings_of_the_platform_count_as_ours():
    assert base_with_ours({"phone": None}, {"phone": "+39 0432 1"}, [{"phone": "+3904321"}]) == {"phone": "+39 0432 1"}


@given(RECORDS, RECORDS, st.lists(RECORDS, max_size=3))
def test_only_what_was_sent_and_is_shown_moves_the_base(base, remote, sent):
    found = base_with_ours(base, remote, sent)
    for name in base.keys() | found.keys():
        ours = name in remote and any(name in values and (values[name] or None) == remote[name] for values in sent)
        assert found.get(name) == (remote[name] if ours else base.get(name))


@given(RECORDS, VALUES, VALUES)
def test_an_edit_in_odoo_is_never_lost_to_our_own_former_value(base, sent, later):
    """Whatever the clocks say."""
    remote = {"job_title": sent}
    found = base_with_ours(base, remote, [{"job_title": sent}])
    result = merge(found, remote, {"job_title": later}, LATEST, remote_time_ms=9, local_time_ms=1)
    assert not result.apply and not result.conflicts
