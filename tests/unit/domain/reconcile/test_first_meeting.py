"""First meetings: a blank never beats a value, whoever owns the field, in both directions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.customer import ADDRESS_FIELDS
from retail_sync.domain.canonical.kinds import is_empty
from retail_sync.domain.reconcile.reasons import Reason
from retail_sync.domain.reconcile.three_way import AGREED, APPLY, CONFLICT, PUSH, UNTOUCHED, OwnershipRule

from ..customer_values import SPECS, merge

OWNERS = ["remote", "odoo", "shared"]
RULES = ["owner_wins", "most_recent", "most_complete", "source_rank", "ask"]
TEXTS = ("name", "email", "website", "vat", "notes", "owner", "parent", "language")
texts = st.sampled_from([None, "", " ", "a", "b c"])
times = st.none() | st.integers(0, 2)
parts = st.sampled_from([None, "", "a", "b", "B "])
addresses = st.none() | st.lists(parts, min_size=6, max_size=6)
rules = st.builds(OwnershipRule, st.just("address"), st.sampled_from(OWNERS), st.sampled_from(RULES))


def address(**values):
    return [values.get(name) for name in ADDRESS_FIELDS]


def met(remote, local, owner="odoo", survivorship="owner_wins", **options):
    rule = OwnershipRule("address", owner, survivorship)
    return merge(None, {"address": remote}, {"address": local}, [rule], **options)


def sides(result, name, remote, local):
    """What both sides have once the decision is carried out: (the platform, Odoo)."""
    return result.push.get(name, remote), result.apply.get(name, local)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(TEXTS, texts)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(TEXTS, texts)),
    st.sampled_from(OWNERS),
    st.sampled_from(RULES),
    times,
    times,
)
def test_no_value_of_either_side_is_emptied(remote, local, owner, survivorship, remote_time, local_time):
    rows = [OwnershipRule(name, owner, survivorship) for name in TEXTS]
    options = {"remote_time_ms": remote_time, "local_time_ms": local_time}
    result = merge(None, remote, local, rows, **options)
    for name in remote.keys() & local.keys():
        there, here = sides(result, name, remote[name], local[name])
        kind = SPECS[name].kind
        assert is_empty(there, kind) <= is_empty(remote[name], kind)
        assert is_empty(here, kind) <= is_empty(local[name], kind)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(TEXTS, texts)),
    st.fixed_dictionaries({}, optional=dict.fromkeys(TEXTS, texts)),
    st.sampled_from(OWNERS),
    st.sampled_from(RULES),
)
def test_nor_at_the_next_reading_while_nothing_may_be_sent(remote, local, owner, survivorship):
    """A stream that only reads applies its side of the decision and reads the same record again and again."""
    rows = [OwnershipRule(name, owner, survivorship) for name in TEXTS]
    first = merge(None, remote, local, rows)
    here = {**local, **first.apply}
    again = merge(first.base, remote, here, rows)
    assert again.apply == {}
    assert again.push == first.push


@given(addresses, addresses, rules, times, times)
def test_no_part_of_an_address_is_emptied_without_consent(remote, local, rule, remote_time, local_time):
    result = merge(
        None, {"address": remote}, {"address": local}, [rule], remote_time_ms=remote_time, local_time_ms=local_time
    )
    for before, after in zip((remote, local), sides(result, "address", remote, local), strict=True):
        for old, new in zip(before or [None] * 6, after or [None] * 6, strict=True):
            assert not ((old or "").strip() and not (new or "").strip())
    # What is written to both sides is one value.
    if "address" in result.apply and "address" in result.push:
        assert result.apply["address"] == result.push["address"]


@given(addresses, addresses, rules)
def test_an_address_is_decided_once(remote, local, rule):
    first = merge(None, {"address": remote}, {"address": local}, [rule])
    there, here = sides(first, "address", remote, local)
    again = merge(first.base, {"address": there}, {"address": here}, [rule])
    assert again.apply == again.push == {}


def test_what_one_address_lacks_comes_from_the_other():
    """ERP data without a country meets a full address of the same place."""
    erp = address(street="Hauptstr. 5", zip="50667", city="Köln")
    crm = address(street="Hauptstr. 5", zip="50667", city="Köln", state="NW", country="DE")
    result = met(crm, erp)
    assert (result.apply, result.push) == ({"address": crm}, {})
    assert result.decisions["address"] == Reason.filled_up
    result = met(erp, crm, owner="remote")
    assert (result.apply, result.push) == ({}, {"address": crm})


def test_both_sides_get_what_the_other_has():
    left = address(street="Via Roma 1", street2="Scala B", zip="20121", city="Milano")
    right = address(street="Via Roma 1", zip="20121", state="MI", country="IT")
    result = met(left, right)
    full = address(street="Via Roma 1", street2="Scala B", zip="20121", city="Milano", state="MI", country="IT")
    assert result.apply == result.push == {"address": full}


def test_another_spelling_of_what_a_side_has_is_not_written_there():
    """An address that differed in a space was written to Odoo beside the part that the platform lacked."""
    erp = address(street="Hauptstr. 5", zip="50667", city="Köln")
    crm = address(street="Hauptstr.  5", zip="50667")
    result = met(crm, erp, owner="remote")
    assert (result.apply, result.push) == ({}, {"address": address(street="Hauptstr.  5", zip="50667", city="Köln")})
    assert result.outcomes["address"] == PUSH


def test_the_owner_decides_what_differs_and_blanks_of_the_same_place_are_filled():
    erp = address(street="Neue Str. 7", zip="50667", city="Köln")
    crm = address(street="Alte Str. 1", zip="50667", city="Köln", state="NW", country="DE")
    result = met(crm, erp)
    expected = address(street="Neue Str. 7", zip="50667", city="Köln", state="NW", country="DE")
    assert result.apply == result.push == {"address": expected}


def test_another_address_replaces_no_part_by_a_blank_until_someone_agreed():
    erp = address(street="Neue Str. 7", zip="50667", city="Köln")
    crm = address(street="Alte Str. 1", street2="Hinterhaus", zip="10115", city="Berlin", country="DE")
    result = met(crm, erp)
    assert result.outcomes["address"] == CONFLICT
    assert [conflict.reason for conflict in result.conflicts] == [Reason.would_empty]
    agreed = met(crm, erp, may_empty=True)
    assert (agreed.apply, agreed.push) == ({}, {"address": erp})
    assert met(crm, erp, owner="remote").apply == {"address": crm}


def test_what_odoo_alone_decides_is_not_taken_in_and_not_cleared():
    result = merge(None, {"block_reason": "old"}, {"block_reason": None})
    assert result.outcomes["block_reason"] == UNTOUCHED
    assert (result.apply, result.push, result.base) == ({}, {}, {})
    assert merge(result.base, {"block_reason": "old"}, {"block_reason": "unpaid"}).push == {"block_reason": "unpaid"}


@pytest.mark.parametrize("owner", OWNERS)
def test_a_flag_is_never_blank_and_an_opt_out_stands(owner):
    rule = OwnershipRule("email_opt_out", owner, "restrictive")
    for remote, local in ((True, False), (False, True), (True, None), (None, True)):
        result = merge(None, {"email_opt_out": remote}, {"email_opt_out": local}, [rule])
        assert sides(result, "email_opt_out", remote, local) == (True, True)
    assert merge(None, {"email_opt_out": None}, {"email_opt_out": False}).outcomes["email_opt_out"] == AGREED
    plain = OwnershipRule("active", owner, "owner_wins")
    expected = {"remote": APPLY, "odoo": PUSH, "shared": CONFLICT}[owner]
    assert merge(None, {"active": False}, {"active": True}, [plain]).outcomes["active"] == expected


def test_what_was_agreed_on_may_be_cleared_by_its_owner():
    base = {"website": "a.example"}
    assert merge(base, {"website": None}, {"website": "a.example"}).apply == {"website": None}
    assert merge(base, {"website": "a.example"}, {"website": None}).push == {"website": None}


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("blank", [None, "", " "])
def test_what_is_filled_in_after_both_agreed_on_a_blank_stays_whoever_owns_the_field(owner, blank):
    rules = [OwnershipRule("vat", owner, "most_recent" if owner == "shared" else "owner_wins")]
    typed_there = merge({"vat": blank}, {"vat": "IT1"}, {"vat": None}, rules)
    assert (typed_there.apply, typed_there.push) == ({"vat": "IT1"}, {})
    typed_here = merge({"vat": blank}, {"vat": None}, {"vat": "IT2"}, rules)
    assert (typed_here.apply, typed_here.push) == ({}, {"vat": "IT2"})
    # Once it has a value, the owner decides about it.
    merged = merge(typed_there.base, {"vat": "IT3"}, {"vat": "IT1"}, rules)
    assert (merged.push == {"vat": "IT1"}) is (owner == "odoo")


def test_two_who_fill_an_agreed_blank_at_once_leave_it_to_the_owner():
    for owner, apply, push in (("odoo", {}, {"vat": "IT2"}), ("remote", {"vat": "IT1"}, {})):
        result = merge({"vat": None}, {"vat": "IT1"}, {"vat": "IT2"}, [OwnershipRule("vat", owner, "owner_wins")])
        assert (result.apply, result.push) == (apply, push)


def test_an_owner_who_empties_a_value_prevails_over_the_value_and_over_an_edit_that_it_crossed():
    odoo, remote = (OwnershipRule("vat", owner, "owner_wins") for owner in ("odoo", "remote"))
    for there in ("IT1", "IT9"):
        assert merge({"vat": "IT1"}, {"vat": there}, {"vat": None}, [odoo]).push == {"vat": None}
        assert merge({"vat": "IT1"}, {"vat": None}, {"vat": there}, [remote]).apply == {"vat": None}


def test_what_odoo_alone_decides_stays_blank_after_both_agreed_on_it():
    assert merge({"block_reason": None}, {"block_reason": "typed"}, {"block_reason": None}).push == {
        "block_reason": None
    }


def agreed(base, remote, local, owner):
    rule = OwnershipRule("address", owner, "owner_wins")
    return merge({"address": base}, {"address": remote}, {"address": local}, [rule])


OLD = address(street="Via Roma 1", zip="20121", city="Milano")
FILLED = address(street="Via Roma 1", street2="Scala B", zip="20121", city="Milano", country="IT")


def test_what_is_filled_in_where_an_address_had_an_agreed_blank_stays_whoever_owns_the_address():
    typed_there, typed_here = agreed(OLD, FILLED, OLD, "odoo"), agreed(OLD, OLD, FILLED, "remote")
    assert (typed_there.apply, typed_there.push) == ({"address": FILLED}, {})
    assert (typed_here.apply, typed_here.push) == ({}, {"address": FILLED})
    # Once both have it, it is the owner's: over there, an edit of it is taken back.
    again = agreed(typed_there.base["address"], OLD, FILLED, "odoo")
    assert (again.apply, again.push) == ({}, {"address": FILLED})


@pytest.mark.parametrize(("times", "reason"), [((1, 2), Reason.odoo_later), ((2, 1), Reason.remote_later)])
def test_what_was_filled_in_survives_the_later_edit_of_another_part_of_the_address(times, reason):
    """The later edit won as a whole, and its blank emptied the postal code that the other side had filled in."""
    base = address(street="Via A 1", city="Milano", country="IT")
    remote = address(street="Via A 1", city="Milano", zip="20121", country="IT")
    local = address(street="Via A 1", street2="Int 3", city="Milano", country="IT")
    both = address(street="Via A 1", street2="Int 3", city="Milano", zip="20121", country="IT")
    result = merge({"address": base}, {"address": remote}, {"address": local}, [],
                   remote_time_ms=times[0], local_time_ms=times[1])  # fmt: skip
    assert sides(result, "address", remote, local) == (both, both)
    assert result.decisions["address"] is reason


def test_what_was_filled_in_is_none_of_another_place_to_which_the_later_edit_moved():
    base = address(street="Via A 1", city="Milano", country="IT")
    remote = address(street="Via A 1", city="Milano", zip="20121", country="IT")
    local = address(street="Via B 9", city="Roma", country="IT")
    result = merge({"address": base}, {"address": remote}, {"address": local}, [], remote_time_ms=1, local_time_ms=2)
    assert sides(result, "address", remote, local) == (local, local)


def test_two_numbers_of_a_street_are_not_one_number():
    """Unit 12 of house 4 was the same street as unit 1 of house 24, and replaced it silently."""
    remote, local = address(street="1/24 Smith St", zip="114 55"), address(street="12/4 Smith St", zip="11455")
    result = met(remote, local, "shared", "most_recent")
    assert result.outcomes["address"] == CONFLICT
    same = met(address(street="Smith St 4, 12"), address(street="smith st. 4 12", city="Perth"), "shared", "ask")
    assert same.outcomes["address"] != CONFLICT


def test_an_owner_who_empties_a_part_of_an_address_prevails():
    assert agreed(FILLED, FILLED, OLD, "odoo").push == {"address": OLD}
    assert agreed(FILLED, OLD, FILLED, "remote").apply == {"address": OLD}


def test_what_was_filled_in_goes_with_the_street_or_address_that_the_owner_has_emptied():
    without_street = address(zip="20121", city="Milano")
    assert agreed(OLD, FILLED, without_street, "odoo").push == {
        "address": address(zip="20121", city="Milano", country="IT")
    }
    assert agreed(OLD, FILLED, None, "odoo").push == {"address": None}
    assert agreed(OLD, FILLED, address(), "odoo").push == {"address": address()}


def test_what_was_filled_in_beside_an_edit_that_the_owner_takes_back_is_kept_where_it_belongs_to_the_owners_address():
    there = address(street="Via Verdi 9", street2="Scala B", zip="20121", city="Milano", country="IT")
    kept = address(street="Via Roma 1", zip="20121", city="Milano", country="IT")
    result = agreed(OLD, there, OLD, "odoo")
    assert result.apply == result.push == {"address": kept}


@given(addresses, addresses, addresses, st.sampled_from(["odoo", "remote"]))
def test_an_owned_address_is_decided_once_and_no_value_of_its_owner_is_lost(base, remote, local, owner):
    first = agreed(base, remote, local, owner)
    there, here = sides(first, "address", remote, local)
    before, after = (local, here) if owner == "odoo" else (remote, there)
    if isinstance(before, list) and isinstance(after, list):
        assert all(is_empty(old, "") or old == new for old, new in zip(before, after, strict=True))
    again = merge(first.base, {"address": there}, {"address": here}, [OwnershipRule("address", owner, "owner_wins")])
    assert again.apply == {} and (again.push == {} or owner == "remote")
