"""Several changes of a ticket as few calls: last values, every comment, their order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.client.coalesce import apply_tags, coalesce, is_empty
from retail_sync_helpdesk.client.records import NewComment, TicketChange

TAGS = st.sampled_from(["vip", "odoo", "late", "gift"])
CHANGES = st.builds(
    TicketChange,
    values=st.dictionaries(st.sampled_from(["status", "priority", "subject"]), st.sampled_from(["a", "b", None])),
    custom=st.dictionaries(st.sampled_from(["1", "2"]), st.integers(0, 3)),
    tags=st.one_of(st.none(), st.lists(TAGS, unique=True, max_size=3).map(tuple)),
    add_tags=st.lists(TAGS, unique=True, max_size=2).map(tuple),
    remove_tags=st.just(()),
    comment=st.one_of(st.none(), st.builds(NewComment, text=st.sampled_from(["x", "y", "z"]))),
    version=st.sampled_from(["", "v1", "v2"]),
)
REMOVALS = st.builds(TicketChange, remove_tags=st.lists(TAGS, unique=True, min_size=1, max_size=2).map(tuple))
HISTORIES = st.lists(st.one_of(CHANGES, REMOVALS), max_size=12)


def written(changes, tags=("first", "vip")):
    """What a ticket has after changes: (values, custom fields, tags), as a desk applies them."""
    values, custom, present = {}, {}, tuple(tags)
    for change in changes:
        values.update(change.values)
        custom.update(change.custom)
        present = apply_tags(present, change)
    return values, custom, set(present)


@given(HISTORIES)
def test_the_ticket_ends_as_if_every_change_had_been_written(history):
    assert written(coalesce(history)) == written(history)


@given(HISTORIES)
def test_every_comment_is_written_once_and_in_its_order(history):
    wanted = [change.comment for change in history if change.comment]
    assert [change.comment for change in coalesce(history) if change.comment] == wanted


@given(HISTORIES)
def test_there_are_no_more_calls_than_comments_or_one(history):
    comments = sum(change.comment is not None for change in history)
    merged = coalesce(history)
    assert len(merged) <= max(1, comments)
    assert not any(is_empty(change) for change in merged)


@given(HISTORIES)
def test_no_value_is_written_that_a_later_call_replaces(history):
    seen: set[str] = set()
    for change in reversed(coalesce(history)):
        names = {*change.values, *change.custom}
        assert not names & seen
        assert "all tags" not in seen or not (change.tags is not None or change.add_tags or change.remove_tags)
        names |= {"all tags"} if change.tags is not None else set()
        seen |= names


@given(HISTORIES)
def test_the_version_that_was_read_first_guards_the_first_call_and_no_other(history):
    merged = coalesce(history)
    first = next((change.version for change in history if change.version), "")
    assert [change.version for change in merged] == ([first, *[""] * (len(merged) - 1)] if merged else [])


@given(HISTORIES)
def test_what_was_coalesced_coalesces_to_the_same(history):
    once = coalesce(history)
    assert [replace(change, version="") for change in coalesce(once)] == [
        replace(change, version="") for change in once
    ]


def test_tags_that_a_later_call_replaces_are_not_written_before():
    history = [
        TicketChange(add_tags=("late",), comment=NewComment("first")),
        TicketChange(tags=("gift",), comment=NewComment("second")),
    ]
    assert [(change.tags, change.add_tags) for change in coalesce(history)] == [(None, ()), (("gift",), ())]


def test_edits_of_one_field_become_one_call_with_the_last_value():
    history = [
        TicketChange({"status": "open"}),
        TicketChange({"status": "pending"}),
        TicketChange({"status": "solved"}),
    ]
    assert coalesce(history) == [TicketChange({"status": "solved"})]


def test_nothing_to_write_is_no_call():
    assert coalesce([]) == []
    assert coalesce([TicketChange(version="v1")]) == []


def test_emptying_all_tags_is_something_to_write():
    assert coalesce([TicketChange(tags=())]) == [TicketChange(tags=())]


def test_a_field_that_no_ticket_has_is_an_error():
    with pytest.raises(ValueError, match="colour"):
        TicketChange({"colour": "red"})
