"""What holds for every merge, whatever the values and ownership rules."""

from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.kinds import equal
from retail_sync.domain.reconcile.three_way import (
    AGREED,
    APPLY,
    CONFLICT,
    PUSH,
    UNTOUCHED,
    OwnershipRule,
)

from ..customer_values import SPECS, merge

FIELDS = ["name", "email", "email_opt_out", "website", "active", "notes"]
FLAGS = {"email_opt_out", "active"}
texts = st.sampled_from([None, "", "a", "A", "a b", " a  b ", "long text here"])
flags = st.sampled_from([None, False, True])


def records(fields=FIELDS):
    return st.fixed_dictionaries({}, optional={name: flags if name in FLAGS else texts for name in fields})


ownership_rules = st.lists(
    st.builds(
        OwnershipRule,
        st.sampled_from(FIELDS),
        st.sampled_from(["remote", "odoo", "shared"]),
        st.sampled_from(["owner_wins", "most_recent", "most_complete", "source_rank", "restrictive", "ask"]),
        st.sampled_from([(), ("remote", "odoo"), ("odoo", "remote"), ("odoo",)]),
    ),
    unique_by=lambda ownership_rule: ownership_rule.field,
)
times = st.none() | st.integers(0, 3)


@given(records(), records(), records(), ownership_rules, times, times)
def test_every_field_ends_in_exactly_one_place(base, remote, local, rows, remote_time, local_time):
    result = merge(base, remote, local, rows, remote_time_ms=remote_time, local_time_ms=local_time)
    assert set(result.outcomes) == set(result.decisions) == remote.keys() | local.keys()
    places = {
        APPLY: set(result.apply),
        PUSH: set(result.push),
        CONFLICT: {conflict.field for conflict in result.conflicts},
    }
    for name, where in result.outcomes.items():
        assert {place for place, names in places.items() if name in names} == ({where} if where in places else set())
        if where == UNTOUCHED:
            assert name not in remote or name not in local
        if where == AGREED:
            assert equal(remote[name], local[name], SPECS[name].kind)
        assert result.decisions[name]


@given(records(), records(), records(), ownership_rules, times, times)
def test_nothing_is_invented(base, remote, local, rows, remote_time, local_time):
    result = merge(base, remote, local, rows, remote_time_ms=remote_time, local_time_ms=local_time)
    assert all(value == remote[name] for name, value in result.apply.items())
    assert all(value == local[name] for name, value in result.push.items())
    for name, value in result.base.items():
        source = remote if result.outcomes.get(name) in (AGREED, APPLY, PUSH) else base
        # An empty text and no value are one thing, and the base keeps either.
        assert equal(value, source[name], SPECS[name].kind)


@given(records(), records(), records(), ownership_rules, times, times)
def test_merging_again_changes_nothing(base, remote, local, rows, remote_time, local_time):
    """Once what was decided is written, a second merge agrees, whether or not the push has arrived."""
    options = {"remote_time_ms": remote_time, "local_time_ms": local_time}
    first = merge(base, remote, local, rows, **options)
    local_after = {**local, **first.apply}
    pending = merge(first.base, remote, local_after, rows, **options)
    assert pending.apply == {}
    assert pending.push == first.push
    assert pending.conflicts == first.conflicts
    assert pending.base == first.base
    arrived = merge(first.base, {**remote, **first.push}, local_after, rows, **options)
    assert arrived.apply == {} and arrived.push == {}
    assert {c.field for c in arrived.conflicts} == {c.field for c in first.conflicts}


@given(records(), records(), records(), ownership_rules, times, times)
def test_swapping_the_roles_swaps_the_outcome(base, remote, local, rows, remote_time, local_time):
    swap = {"remote": "odoo", "odoo": "remote", "shared": "shared"}
    swapped = [OwnershipRule(p.field, swap[p.owner], p.survivorship, tuple(swap[s] for s in p.rank)) for p in rows]
    there = merge(base, remote, local, rows, remote_time_ms=remote_time, local_time_ms=local_time)
    back = merge(base, local, remote, swapped, remote_time_ms=local_time, local_time_ms=remote_time)
    mirror = {APPLY: PUSH, PUSH: APPLY}
    assert back.outcomes == {name: mirror.get(where, where) for name, where in there.outcomes.items()}
    assert (back.apply, back.push) == (there.push, there.apply)


@given(records(["email_opt_out"]), records(["email_opt_out"]), records(["email_opt_out"]), times, times)
def test_a_shared_opt_out_never_gets_lost(base, remote, local, remote_time, local_time):
    result = merge(base, remote, local, remote_time_ms=remote_time, local_time_ms=local_time)
    if "email_opt_out" in remote and "email_opt_out" in local and (remote["email_opt_out"] or local["email_opt_out"]):
        assert {**local, **result.apply}["email_opt_out"] is True
        assert {**remote, **result.push}["email_opt_out"] is True
