import pytest

from retail_sync.domain.canonical.kinds import comparable, equal
from retail_sync.domain.reconcile.reasons import Reason
from retail_sync.domain.reconcile.three_way import (
    AGREED,
    APPLY,
    CONFLICT,
    PUSH,
    UNTOUCHED,
    OwnershipRule,
)

from ..customer_values import merge

NAME = "name"


def merged_field(base, remote, local, ownership_rule=None, remote_time=None, local_time=None, field=NAME):
    """Merge a single field; ``...`` as base stands for a first meeting."""
    return merge(
        {} if base is ... else {field: base},
        {field: remote},
        {field: local},
        [ownership_rule] if ownership_rule else [],
        remote_time_ms=remote_time,
        local_time_ms=local_time,
    )


def outcome(*args, field=NAME, **kwargs):
    return merged_field(*args, field=field, **kwargs).outcomes[field]


REMOTE_OWNS = OwnershipRule(NAME, "remote", "owner_wins")
ODOO_OWNS = OwnershipRule(NAME, "odoo", "owner_wins")


@pytest.mark.parametrize(
    ("base", "remote", "local", "shared", "remote_owned", "odoo_owned"),
    [
        ("A", "A", "A", AGREED, AGREED, AGREED),
        ("A", "B", "B", AGREED, AGREED, AGREED),
        ("A", "B", "A", APPLY, APPLY, PUSH),  # only the remote changed
        ("A", "A", "B", PUSH, APPLY, PUSH),  # only Odoo changed
        ("A", None, "A", APPLY, APPLY, PUSH),  # the remote cleared it
        ("A", "A", None, PUSH, APPLY, PUSH),
        (..., "A", None, APPLY, APPLY, APPLY),  # a first meeting: a blank never beats a value
        (..., None, "B", PUSH, PUSH, PUSH),
        (..., None, "", AGREED, AGREED, AGREED),
        (..., " A\n", "A", AGREED, AGREED, AGREED),
    ],
)
def test_ownership(base, remote, local, shared, remote_owned, odoo_owned):
    assert outcome(base, remote, local) == shared
    assert outcome(base, remote, local, REMOTE_OWNS) == remote_owned
    assert outcome(base, remote, local, ODOO_OWNS) == odoo_owned


@pytest.mark.parametrize("base", ["A", ...])
def test_both_changed_the_later_edit_wins(base):
    assert outcome(base, "R", "L", remote_time=2, local_time=1) == APPLY
    assert outcome(base, "R", "L", remote_time=1, local_time=2) == PUSH


@pytest.mark.parametrize("times", [(None, None), (1, None), (None, 1), (5, 5)])
def test_no_guess_which_edit_is_later(times):
    result = merged_field("A", "R", "L", remote_time=times[0], local_time=times[1])
    (conflict,) = result.conflicts
    assert (conflict.field, conflict.base, conflict.remote, conflict.local) == (NAME, "A", "R", "L")
    assert result.apply == result.push == {}
    assert result.base == {NAME: "A"}


@pytest.mark.parametrize(
    ("rule", "rank", "expected"),
    [
        ("ask", (), CONFLICT),
        ("owner_wins", (), CONFLICT),  # a shared field has no owner
        ("source_rank", ("odoo", "remote"), PUSH),
        ("source_rank", ("shop", "remote", "odoo"), APPLY),
        ("source_rank", (), CONFLICT),
        ("most_recent", (), APPLY),
    ],
)
def test_survivorship(rule, rank, expected):
    ownership_rule = OwnershipRule(NAME, "shared", rule, rank)
    assert outcome("A", "R", "L", ownership_rule, remote_time=2, local_time=1) == expected


def test_most_complete():
    ownership_rule = OwnershipRule(NAME, "shared", "most_complete")
    assert outcome("x", "Maria Anna Rossi", "M. Rossi", ownership_rule, remote_time=1, local_time=2) == APPLY
    assert outcome("x", None, "M. Rossi", ownership_rule, remote_time=2, local_time=1) == PUSH
    assert outcome("x", "aaa", "bbb", ownership_rule, remote_time=2, local_time=1) == APPLY  # equal: the later one
    assert outcome("x", "aaa", "bbb", ownership_rule) == CONFLICT


def test_ask_asks_only_when_both_changed():
    ownership_rule = OwnershipRule(NAME, "shared", "ask")
    assert outcome("A", "R", "A", ownership_rule) == APPLY
    assert outcome("A", "A", "L", ownership_rule) == PUSH
    assert outcome(..., "R", None, ownership_rule) == APPLY


def test_absent_is_untouched_on_both_sides():
    result = merge({"city": "A", "zip": "1"}, {"name": "N"}, {"city": "B", "name": "N"})
    assert result.outcomes == {"city": UNTOUCHED, "name": AGREED}
    assert result.decisions["city"] is Reason.not_reported
    assert merge({}, {"city": "A"}, {}).decisions == {"city": Reason.not_read}
    assert result.apply == result.push == {} and result.conflicts == []
    assert result.base == {"city": "A", "zip": "1", "name": "N"}


def test_an_overruled_remote_edit_does_not_come_back_with_the_next_edit_of_another_field():
    first = merge(
        {"name": "A", "city": "X"},
        {"name": "R", "city": "X"},
        {"name": "L", "city": "X"},
        remote_time_ms=1,
        local_time_ms=2,
    )
    assert first.push == {"name": "L"}
    # The push has not arrived. The remote now edits the city, which makes its record the more recent one.
    second = merge(
        first.base, {"name": "R", "city": "Y"}, {"name": "L", "city": "X"}, remote_time_ms=3, local_time_ms=2
    )
    assert second.apply == {"city": "Y"}
    assert second.push == {"name": "L"}


def test_the_difference_of_odoo_and_base_is_what_the_remote_has_to_get_back():
    result = merged_field("A", "B", "A", ODOO_OWNS)
    assert result.push == {NAME: "A"} and result.base == {NAME: "B"}


FLAG = "email_opt_out"


@pytest.mark.parametrize(
    ("base", "remote", "local", "owner", "expected"),
    [
        (..., True, False, "shared", True),
        (..., False, True, "shared", True),
        (..., False, True, "remote", True),  # at the first meeting even the owner can't know of it
        (..., True, False, "odoo", True),
        (False, True, False, "odoo", True),
        (False, False, True, "remote", True),
        (True, False, True, "shared", True),
        (True, True, False, "shared", True),
        (True, False, True, "odoo", True),
        (True, True, False, "remote", True),
        (True, None, True, "shared", True),  # cleared is not "opted in"
        (True, False, True, "remote", False),  # the owner lifts it
        (True, True, False, "odoo", False),
    ],
)
def test_an_opt_out_stands_unless_its_owner_lifts_it(base, remote, local, owner, expected):
    result = merged_field(base, remote, local, OwnershipRule(FLAG, owner, "restrictive"), 1, 2, field=FLAG)
    values = {**result.apply, **result.push}
    assert values == {FLAG: expected}
    assert bool(result.apply.get(FLAG, local)) == expected


def test_an_opt_out_flag_is_restrictive_without_a_ownership_rule_row():
    assert merged_field(True, False, True, remote_time=9, local_time=1, field=FLAG).push == {FLAG: True}
    # ... while any other flag follows the default: only the remote has changed it
    assert merged_field(True, False, True, remote_time=9, local_time=1, field="active").apply == {"active": False}


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        ("text", None, ""),
        ("text", "a  b", " a b "),
        ("bool", None, False),
        ("email", "A@B.co", "a@b.co"),
        ("url", "https://www.a.b/", "http://a.b"),
        ("phone", "+1 (302) 556", "+1302556"),
        ("vat", "it 01", "IT01"),
        ("html", "<p>a &amp; b<br>c</p>", "a & b c"),
        ("", ["1 Main", None, " X"], ("1 Main", "", "X")),
        ("", [None, ""], None),
    ],
)
def test_equal_spellings(kind, left, right):
    assert equal(left, right, kind)
    assert comparable(comparable(left, kind), kind) == comparable(left, kind)


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [("text", "A", "a"), ("text", "a", "b"), ("bool", True, False), ("", 0, None), ("", ["a"], ["b"])]
    + [("phone", "+1302", "1302")],
)
def test_different_values(kind, left, right):
    assert not equal(left, right, kind)


def test_lists_are_merged_as_one_value():
    """A folded address: street, city, zip."""
    result = merge({"addr": ["a", "b", None]}, {"addr": ["a", "c", None]}, {"addr": ["a", "b", ""]})
    assert result.apply == {"addr": ["a", "c", None]}
    ownership_rule = OwnershipRule("addr", "shared", "most_complete")
    assert merge({}, {"addr": ["a", "b"]}, {"addr": ["a", None]}, [ownership_rule]).apply == {"addr": ["a", "b"]}


@pytest.mark.parametrize(("owner", "rule"), [("neither", "ask"), ("shared", "coin_toss")])
def test_a_ownership_rule_refuses_unknown_words(owner, rule):
    with pytest.raises(ValueError, match="Unknown"):
        OwnershipRule(NAME, owner, rule)


def test_the_restrictive_rule_on_a_field_that_is_no_flag_asks():
    ownership_rule = OwnershipRule(NAME, "remote", "restrictive")
    assert outcome(..., "a", "b", ownership_rule) == CONFLICT
    assert outcome(..., "a", None, ownership_rule) == APPLY
    assert outcome(..., None, False, OwnershipRule("other", "shared", "restrictive"), field="other") == AGREED
