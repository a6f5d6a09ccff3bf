"""Fields of kind lines under ownership and survivorship: each line is decided on its own."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retail_sync.domain.canonical.entity_spec import FieldSpec, declare
from retail_sync.domain.reconcile.three_way import (
    AGREED,
    APPLY,
    CONFLICT,
    PUSH,
    OwnershipRule,
    Reason,
    merge,
)

LINES = FieldSpec(
    "lines",
    "lines",
    lines=(
        FieldSpec("quantity", "quantity", digits=2),
        FieldSpec("price", "number", digits=4, owner="odoo"),
        FieldSpec("note", "text"),
    ),
)
SPECS = declare("order", 1, [FieldSpec("number", "code"), LINES]).merge_specs()
ASK = OwnershipRule("lines", "shared", "ask")


def line(key, **values):
    return {"key": key, **values}


def merged_lines(base, remote, local, *rules, **more):
    agreed = {} if base is ... else {"lines": base}
    return merge(agreed, {"lines": remote}, {"lines": local}, rules, specs=SPECS, **more)


A, B = line("a", note="x"), line("b", note="y")


def test_changes_of_different_lines_go_both_ways_at_once():
    result = merged_lines([A, B], [line("a", note="remote"), B], [A, line("b", note="odoo")], ASK)
    both = [line("a", note="remote"), line("b", note="odoo")]
    assert result.apply == {"lines": both} and result.push == {"lines": both}
    assert not result.conflicts
    assert result.decisions == {"lines": Reason.lines_reconciled}


def test_a_change_that_waits_to_be_sent_is_sent_again_and_not_taken_for_an_edit_of_the_platform():
    first = merged_lines([A], [A], [line("a", note="odoo"), B], remote_time_ms=1, local_time_ms=2)
    assert first.push == {"lines": [line("a", note="odoo"), B]}
    again = merged_lines(first.base["lines"], [A], [line("a", note="odoo"), B], remote_time_ms=9, local_time_ms=2)
    assert (again.apply, again.push) == ({}, first.push)


@pytest.mark.parametrize(("remote_time", "outcome", "note"), [(9, APPLY, "r"), (1, PUSH, "l")])
def test_the_later_edit_of_a_line_wins(remote_time, outcome, note):
    remote, local = [line("a", note="r"), B], [line("a", note="l"), B]
    result = merged_lines([A, B], remote, local, remote_time_ms=remote_time, local_time_ms=5)
    assert result.outcomes == {"lines": outcome}
    assert (result.apply or result.push) == {"lines": [line("a", note=note), B]}


def test_an_undecided_line_stays_on_both_sides_and_holds_back_no_other():
    result = merged_lines([A, B], [line("a", note="r"), B], [line("a", note="l"), B, line("c")], ASK)
    assert result.outcomes == {"lines": CONFLICT}
    assert result.apply == {}
    assert result.push == {"lines": [line("a", note="r"), B, line("c")]}
    (conflict,) = result.conflicts
    (undecided,) = conflict.lines
    assert (undecided.key, undecided.field, undecided.base) == ("a", "note", "x")
    assert result.base["lines"] == [A, B]


def test_a_line_removed_here_and_changed_there_follows_the_rule_of_the_lines():
    removed = [A, B], [A], [A, line("b", note="l")]
    assert merged_lines(*removed, ASK).conflicts[0].lines[0].field == ""
    later = merged_lines(*removed, remote_time_ms=9, local_time_ms=5)
    assert later.apply == {"lines": [A]} and later.push == {}
    fuller = merged_lines(*removed, OwnershipRule("lines", "shared", "most_complete"))
    assert fuller.push == {"lines": [A, line("b", note="l")]} and fuller.apply == {}


def test_the_owner_of_a_field_of_the_lines_wins_whoever_was_later():
    base, remote, local = [line("a", price=1)], [line("a", price=2)], [line("a", price=1.5)]
    result = merged_lines(base, remote, local, remote_time_ms=9, local_time_ms=1)
    assert result.push == {"lines": local} and result.apply == {}
    taken_back = merged_lines(base, remote, base, remote_time_ms=9, local_time_ms=1)
    assert taken_back.push == {"lines": base} and taken_back.apply == {}
    # A row of its own goes before the declaration.
    rows = OwnershipRule("lines", "shared"), OwnershipRule("lines.price", "remote", "owner_wins")
    assert merged_lines(base, remote, local, *rows).apply == {"lines": remote}


def test_lines_that_belong_to_one_side_are_written_as_it_has_them():
    base, remote, local = [A, B], [A], [A, B, line("c")]
    assert merged_lines(base, remote, local, OwnershipRule("lines", "odoo", "owner_wins")).push == {"lines": local}
    assert merged_lines(base, remote, local, OwnershipRule("lines", "remote", "owner_wins")).apply == {"lines": remote}


def test_lines_that_the_state_locks_are_given_back_as_they_were():
    def may_change(name, side, key, field):
        return (name, key) != ("lines", "a")

    result = merged_lines([A, B], [line("a", note="r"), B], [A, line("b", note="l")], may_change=may_change)
    assert result.push == {"lines": [A, line("b", note="l")]} and result.apply == {}
    remote, local = [line("a", note="r"), B], [A, line("b", note="l")]
    again = merged_lines(result.base["lines"], remote, local, may_change=may_change)
    assert again.push == result.push and again.apply == {}


def test_both_sides_moved_lines():
    c = line("c", note="z")
    moved = [A, B, c], [B, A, c], [A, c, B]
    (conflict,) = merged_lines(*moved, ASK).conflicts
    assert conflict.lines[0].remote == ["b", "a", "c"] and conflict.lines[0].local == ["a", "c", "b"]
    later = merged_lines(*moved, remote_time_ms=9, local_time_ms=1)
    assert later.apply == {"lines": [B, A, c]} and not later.push and not later.conflicts


def test_a_first_meeting_keeps_the_lines_of_both():
    result = merged_lines(..., [A, line("b", note=None)], [line("b", note="l"), line("c")], ASK)
    assert not result.conflicts
    assert result.apply["lines"] == result.push["lines"]
    assert {entry["key"]: entry.get("note") for entry in result.push["lines"]} == {"a": "x", "b": "l", "c": None}


def test_spellings_of_a_value_are_no_change():
    base = [line("a", quantity={"quantity": "1", "unit": None}, price=0.1234)]
    same = [line("a", quantity={"quantity": "1.00", "unit": None}, price=0.12341)]
    assert merged_lines(base, same, base).outcomes == {"lines": AGREED}
    other = [line("a", quantity={"quantity": "1", "unit": None}, price=0.12)]
    assert merged_lines(base, base, other).outcomes == {"lines": PUSH}


NOTES = st.sampled_from([None, "x", "y", "z"])
ROWS = st.dictionaries(st.sampled_from("abcd"), NOTES, max_size=4).map(
    lambda notes: [line(key, note=note) for key, note in notes.items()]
)


@given(ROWS, ROWS, ROWS, st.sampled_from(["ask", "most_recent", "most_complete"]), st.integers(0, 2))
@example([line("b", note=None)], [line("c", note=None), line("b", note="x")], [line("a", note=None)], "ask", 0)
@example(
    [line(key, note=None) for key in "acb"],
    [line(key, note=note) for key, note in (("a", "x"), ("b", None), ("c", "x"))],
    [line(key, note=note) for key, note in (("b", "x"), ("a", None), ("c", "x"))],
    "most_complete",
    1,
)
# Each of them was decided otherwise the next time: a line that one side alone had moved the others.
@example(
    [line("a", note=None), line("b", note="x")], [line(k, note=None) for k in "acb"], [line("c"), line("a")], "ask", 0
)
@example(
    [line("a", note="x"), line("c", note=None), line("b", note=None)],
    [line("b", note=None), line("a", note=None)],
    [line("a", note="x"), line("b", note="x"), line("c", note="x")],
    "most_complete",
    1,
)
@example(
    [line("a", note=None), line("c", note=None)],
    [line("c", note="x"), line("a", note="x")],
    [line("b", note=None)],
    "ask",
    0,
)
@example(
    [line(key, note=None) for key in "dba"],
    [line(key, note=None) for key in "acdb"],
    [line(key, note=None) for key in "cdab"],
    "ask",
    2,
)
def test_what_was_decided_is_decided_the_same_again(base, remote, local, rule, remote_time):
    rules = [OwnershipRule("lines", "shared", rule)]
    times = {"remote_time_ms": remote_time, "local_time_ms": 1}
    first = merged_lines(base, remote, local, *rules, **times)
    local_after = first.apply.get("lines", local)
    pending = merged_lines(first.base["lines"], remote, local_after, *rules, **times)
    assert pending.apply == {}
    assert pending.push == first.push
    assert [c.lines for c in pending.conflicts] == [c.lines for c in first.conflicts]
    remote_after = first.push.get("lines", remote)
    arrived = merged_lines(first.base["lines"], remote_after, local_after, *rules, **times)
    # A line that one side only has, while a person is asked about it, may still move others; no value changes.
    assert by_key(arrived.apply.get("lines", local_after)) == by_key(local_after)
    assert by_key(arrived.push.get("lines", remote_after)) == by_key(remote_after)
    assert bool(arrived.conflicts) == bool(first.conflicts)


def by_key(lines):
    return {entry["key"]: entry for entry in lines}
