import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.kinds import KindError, LineField, Options
from retail_sync.domain.reconcile.keyed_lines import LINE, ODOO, REMOTE, LineConflict, LockedChange, merge_lines

FIELDS = (
    LineField("sku", "code"),
    LineField("qty", "quantity", Options(digits=3)),
    LineField("price", "amount", Options(currency="EUR")),
)


def lines(*keys, **changes):
    """Lines of the keys given; a change is key__field=value."""
    found = {key: {"key": key, "sku": f"S{key}", "qty": 1} for key in keys}
    for name, value in changes.items():
        key, field = name.split("__")
        found[key][field] = value
    return list(found.values())


def keys(found):
    return [line["key"] for line in found]


def merged(base, remote, local, **options):
    """The lines that both sides have afterwards, where they agree."""
    result = merge_lines(base, remote, local, FIELDS, **options)
    assert result.remote == result.local == result.base
    assert not result.conflicts and not result.order_conflict and not result.refused
    return result.local


# -- one case each


def test_a_change_of_one_side_counts():
    base = lines("a", "b")
    assert merged(base, lines("a", "b", a__qty=2), base) == lines("a", "b", a__qty=2)
    assert merged(base, base, lines("a", "b", a__qty=2)) == lines("a", "b", a__qty=2)


def test_two_fields_of_one_line_may_change_on_two_sides():
    base = lines("a")
    assert merged(base, lines("a", a__qty=2), lines("a", a__sku="X")) == lines("a", a__qty=2, a__sku="X")


def test_a_field_changed_on_both_sides_is_a_conflict_and_each_side_keeps_its_own():
    remote, local = lines("a", "b", a__qty=2, b__sku="X"), lines("a", "b", a__qty=3)
    result = merge_lines(lines("a", "b"), remote, local, FIELDS)
    assert result.conflicts == [LineConflict("a", "qty", 1, 2, 3)]
    assert result.remote == remote
    assert result.local == lines("a", "b", a__qty=3, b__sku="X")
    assert result.base == lines("a", "b", b__sku="X")


def test_lines_are_added_on_both_sides():
    base = lines("a", "b")
    assert keys(merged(base, lines("a", "x", "b"), lines("a", "b", "y"))) == ["a", "x", "b", "y"]
    assert keys(merged(base, lines("a", "b", "y", "z"), lines("a", "b", "x"))) == ["a", "b", "x", "y", "z"]
    assert keys(merged(base, lines("x", "a", "b"), base)) == ["x", "a", "b"]
    assert keys(merged([], lines("b", "a"), [])) == ["b", "a"]


def test_the_same_line_added_on_both_sides_is_one_line():
    assert merged([], lines("a", a__qty=None), lines("a")) == lines("a")
    result = merge_lines([], lines("a", a__qty=2), lines("a"), FIELDS)
    assert result.conflicts == [LineConflict("a", "qty", None, 2, 1)]
    assert keys(result.base) == ["a"] and "qty" not in result.base[0]


def test_a_line_removed_on_one_side_goes():
    assert merged(lines("a", "b"), lines("b"), lines("a", "b")) == lines("b")
    assert merged(lines("a", "b"), lines("a", "b"), lines("b")) == lines("b")
    assert merged(lines("a", "b"), lines("b"), lines("b")) == lines("b")


def test_a_line_removed_here_and_changed_there_is_a_conflict():
    base = lines("a", "b")
    result = merge_lines(base, lines("a", "b", a__qty=5), lines("b"), FIELDS)
    assert result.conflicts == [LineConflict("a", LINE, base[0], lines("a", a__qty=5)[0], None)]
    assert result.remote == lines("a", "b", a__qty=5)
    assert result.local == lines("b")
    assert result.base == base


def test_at_a_first_meeting_a_value_goes_before_a_blank_and_no_line_is_lost():
    remote, local = lines("a", "b", a__sku=None), lines("a", "c", a__qty=None)
    assert merged(None, remote, local) == lines("a", "b", "c")


def test_a_field_that_one_side_does_not_report_stays_as_it_is():
    result = merge_lines(lines("a"), [{"key": "a", "qty": 2}], lines("a", a__sku="X"), FIELDS)
    assert result.remote == [{"key": "a", "qty": 2}]
    assert result.local == lines("a", a__qty=2, a__sku="X")
    assert result.base == lines("a", a__qty=2)


def test_two_spellings_of_a_value_are_no_change():
    result = merge_lines(lines("a"), lines("a", a__qty="1.0004"), lines("a", a__sku="sA"), FIELDS)
    assert not result.conflicts
    assert result.remote[0]["sku"] == "Sa" and result.local[0]["sku"] == "sA"


def test_a_move_of_one_side_counts():
    base = lines("a", "b", "c")
    assert keys(merged(base, lines("c", "a", "b"), base)) == ["c", "a", "b"]
    assert keys(merged(base, base, lines("c", "a", "x", "b"))) == ["c", "a", "x", "b"]
    assert keys(merged(base, lines("c", "b", "a"), lines("a", "c"))) == ["c", "a"]


def test_two_different_moves_are_reported_and_each_side_keeps_its_order():
    result = merge_lines(lines("a", "b", "c"), lines("c", "a", "b"), lines("b", "a", "c"), FIELDS)
    assert result.order_conflict
    assert (keys(result.remote), keys(result.local)) == (["c", "a", "b"], ["b", "a", "c"])
    assert keys(result.base) == ["a", "b", "c"]


def test_where_the_order_says_nothing_no_side_is_reordered():
    result = merge_lines(lines("a", "b"), lines("b", "a", "x"), lines("a", "b"), FIELDS, ordered=False)
    assert not result.order_conflict
    assert (keys(result.remote), keys(result.local)) == (["b", "a", "x"], ["a", "x", "b"])


def test_lines_without_a_sound_key_are_refused():
    for wrong in ([{"qty": 1}], [{"key": "a"}, {"key": "a"}], [{"key": ""}]):
        with pytest.raises(KindError):
            merge_lines([], wrong, [], FIELDS)


# -- locks


def locked(*blocked):
    return lambda side, key, field: (side, key, field) not in blocked


def test_a_locked_field_is_taken_back_and_reported():
    base = lines("a")
    rule = locked((REMOTE, "a", "qty"))
    result = merge_lines(base, lines("a", a__qty=9), base, FIELDS, may_change=rule)
    assert result.remote == result.local == result.base == base
    assert result.refused == [LockedChange(REMOTE, "a", "qty", 1, 9)]


def test_a_change_of_the_other_side_prevails_over_a_locked_one():
    rule = locked((REMOTE, "a", "qty"))
    result = merge_lines(lines("a"), lines("a", a__qty=9), lines("a", a__qty=3), FIELDS, may_change=rule)
    assert result.remote == result.local == lines("a", a__qty=3)
    assert not result.conflicts and len(result.refused) == 1


def test_a_locked_line_cannot_be_added_or_removed():
    rule = locked((REMOTE, "a", LINE), (REMOTE, "x", LINE))
    result = merge_lines(lines("a", "b"), lines("b", "x"), lines("a", "b"), FIELDS, may_change=rule)
    assert result.remote == result.local == result.base == lines("a", "b")
    assert [(entry.key, entry.field) for entry in result.refused] == [("a", LINE), ("x", LINE)]


def test_at_a_first_meeting_nothing_was_agreed_on_that_a_lock_could_keep():
    result = merge_lines(None, lines("a"), lines("b"), FIELDS, may_change=lambda *_change: False)
    assert sorted(keys(result.remote)) == sorted(keys(result.local)) == ["a", "b"]
    assert not result.refused


def test_a_removal_is_not_held_up_by_a_change_that_is_locked():
    rule = locked((REMOTE, "a", "qty"))
    result = merge_lines(lines("a", "b"), lines("a", "b", a__qty=9), lines("b"), FIELDS, may_change=rule)
    assert result.remote == result.local == lines("b")


# -- what holds for all

line_values = st.fixed_dictionaries(
    {}, optional={"sku": st.sampled_from([None, "A", "B"]), "qty": st.sampled_from([None, 0, 1, 2])}
)
full_values = st.fixed_dictionaries({"sku": st.sampled_from([None, "A", "B"]), "qty": st.sampled_from([None, 0, 1, 2])})


def lists(values=line_values, alphabet="abcdef"):
    def build(pairs):
        return [{"key": key, **entry} for key, entry in pairs]

    return st.lists(st.tuples(st.sampled_from(alphabet), values), max_size=6, unique_by=lambda p: p[0]).map(build)


@given(st.none() | lists(), lists(full_values))
def test_equal_sides_stay_as_they_are(base, side):
    result = merge_lines(base, side, side, FIELDS)
    assert result.remote == result.local == side
    assert not result.conflicts and not result.order_conflict
    assert keys(result.base) == keys(side)


@given(lists(full_values), lists(full_values))
def test_a_side_that_changed_alone_wins(base, side):
    for result in (merge_lines(base, side, base, FIELDS), merge_lines(base, base, side, FIELDS)):
        assert result.remote == result.local == result.base == side
        assert not result.conflicts and not result.order_conflict


@given(st.none() | lists(), lists(), lists())
def test_no_line_is_lost_unless_a_side_removed_it_and_none_is_invented(base, remote, local):
    result = merge_lines(base, remote, local, FIELDS)
    was, there, here = set(keys(base or [])), set(keys(remote)), set(keys(local))
    kept = set(keys(result.remote)) | set(keys(result.local))
    undecided = {conflict.key for conflict in result.conflicts if conflict.field == LINE}
    assert kept == (there & here) | ((there ^ here) - was) | undecided
    for found in (result.remote, result.local, result.base):
        assert len(set(keys(found))) == len(found)
    for name, found in ((REMOTE, result.remote), (ODOO, result.local)):
        side = there if name == REMOTE else here
        assert kept - set(keys(found)) <= undecided - side


@given(st.none() | lists(), lists(), lists())
def test_it_is_the_same_whichever_side_is_named_first(base, remote, local):
    first, second = merge_lines(base, remote, local, FIELDS), merge_lines(base, local, remote, FIELDS)
    assert (first.remote, first.local) == (second.local, second.remote)
    assert first.order_conflict == second.order_conflict
    assert [(c.key, c.field, c.remote, c.local) for c in first.conflicts] == [
        (c.key, c.field, c.local, c.remote) for c in second.conflicts
    ]


@given(st.none() | lists(full_values), lists(full_values), lists(full_values))
def test_once_written_a_second_time_changes_nothing(base, remote, local):
    first = merge_lines(base, remote, local, FIELDS)
    second = merge_lines(first.base, first.remote, first.local, FIELDS)
    assert (second.remote, second.local) == (first.remote, first.local)
    assert second.conflicts == first.conflicts or base is None
    if not first.conflicts and not first.order_conflict:
        assert first.remote == first.local == first.base == second.base


@given(st.data(), lists(full_values))
def test_edits_of_different_lines_are_both_kept(data, base):
    """Each side changes, removes or adds lines that the other one leaves alone."""
    names = sorted({*keys(base), "x", "y"})
    ours = set(data.draw(st.lists(st.sampled_from(names), unique=True)))

    def edited(lines):
        found = []
        for line in base:
            action = data.draw(st.sampled_from(["keep", "change", "remove"])) if line["key"] in lines else "keep"
            if action != "remove":
                found.append({**line, "qty": 7} if action == "change" else line)
        return found + [
            {"key": key, "sku": "N", "qty": 1} for key in ("x", "y") if key in lines and data.draw(st.booleans())
        ]

    remote, local = edited(ours), edited(set(names) - ours)
    result = merge_lines(base, remote, local, FIELDS)
    assert not result.conflicts and not result.order_conflict
    expected = {}
    for name in names:
        side = remote if name in ours else local
        expected.update({line["key"]: line for line in side if line["key"] == name})
    assert {line["key"]: line for line in result.local} == expected
    assert result.remote == result.local == result.base
    assert result == merge_lines(base, local, remote, FIELDS)


@given(lists(full_values), lists(full_values), lists(full_values), st.sets(st.sampled_from(["sku", "qty", LINE])))
def test_a_locked_field_keeps_its_agreed_value_on_both_sides(base, remote, local, locked_fields):
    def may(_side, _key, name):
        return name not in locked_fields

    result = merge_lines(base, remote, local, FIELDS, may_change=may)
    agreed, there, here = ({line["key"]: line for line in side} for side in (base, remote, local))
    if LINE in locked_fields:
        both = there.keys() & here.keys()
        assert (
            set(keys(result.remote)) == set(keys(result.local)) == both | (agreed.keys() & (there.keys() | here.keys()))
        )
    for line in (*result.remote, *result.local):
        key = line["key"]
        for name in locked_fields - {LINE}:
            if key in agreed and key in there and key in here and there[key][name] != here[key][name]:
                assert line[name] == agreed[key][name]
    for entry in result.refused:
        assert entry.field in locked_fields


def test_what_both_sides_changed_alike_is_agreed_on_although_it_is_locked():
    base = lines("a", "b")
    result = merge_lines(base, lines("a", a__qty=2), lines("a", a__qty=2), FIELDS, may_change=lambda *_change: False)
    assert result.remote == result.local == result.base == lines("a", a__qty=2)
    assert not result.refused
