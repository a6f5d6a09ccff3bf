"""Who must agree to an action, and who may: never the one who asked, and never a machine."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.control.approvals import (
    ApprovalRule,
    Approver,
    Matter,
    Need,
    Waiting,
    may_approve,
    may_override,
    needs,
)
from retail_sync_helpdesk.domain.rules import RULES, Force, Refusal, refusal

D = Decimal
NOW = datetime(2026, 11, 30, 12)
MATTER = Matter("refund", D(100), "damaged", "north", 1, frozenset({"vip"}))
LARGE = ApprovalRule("large", "finance", above=D(50))
WAITING = Waiting("finance", 5, 1, expires_at=NOW + timedelta(days=1), money_version=3)
LEAD = Approver(6, frozenset({"finance"}), frozenset({1}))
refusals = st.lists(st.sampled_from(sorted(RULES)).map(Refusal), max_size=4)


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        ({}, True),
        ({"above": D(100)}, False),
        ({"above": None}, True),
        ({"actions": frozenset({"refund"})}, True),
        ({"actions": frozenset({"goodwill"})}, False),
        ({"reasons": frozenset({"late"})}, False),
        ({"brands": frozenset({"north", "south"})}, True),
        ({"brands": frozenset({"south"})}, False),
        ({"customer_tags": frozenset({"vip", "new"})}, True),
        ({"customer_tags": frozenset({"new"})}, False),
        ({"company_id": 2}, False),
        ({"machines": True}, False),
        ({"machines": False}, True),
    ],
)
def test_an_action_waits_if_all_conditions_of_a_rule_hold(changes, asks):
    assert needs(MATTER, [replace(LARGE, **changes)]) == ([Need("finance", ("large",))] if asks else [])


def test_each_group_is_asked_once_with_all_its_reasons():
    found = needs(
        MATTER,
        [LARGE, ApprovalRule("reason", "finance", reasons=frozenset({"damaged"})), ApprovalRule("all", "lead")],
        [refusal("window_over", line=1, days=30, ended="2026-10-31"), refusal("goods_left", shipment="OUT/1")],
        "lead",
    )
    assert found == [Need("finance", ("large", "reason")), Need("lead", ("all", "window_over"))]


def test_a_machine_has_lower_thresholds():
    rules = [LARGE, ApprovalRule("machine", "lead", above=D(10), machines=True)]
    assert [need.group for need in needs(replace(MATTER, amount=D(20), machine=True), rules)] == ["lead"]
    assert needs(replace(MATTER, amount=D(20)), rules) == []


@pytest.mark.parametrize(
    ("waiting", "approver", "version", "code"),
    [
        ({"state": "approved"}, {}, 3, "request_not_waiting"),
        ({"expires_at": NOW}, {}, 3, "request_expired"),
        ({}, {}, 4, "facts_changed"),
        ({}, {"machine": True}, 3, "machines_do_not_approve"),
        ({"requested_by": 6}, {}, 3, "own_request"),
        ({}, {"groups": frozenset({"lead"})}, 3, "not_in_group"),
        ({}, {"companies": frozenset({2})}, 3, "company_not_allowed"),
    ],
)
def test_who_may_not_decide(waiting, approver, version, code):
    found = may_approve(replace(WAITING, **waiting), replace(LEAD, **approver), version, NOW)
    assert [refused.code for refused in found] == [code]


def test_who_may_decide():
    assert may_approve(WAITING, LEAD, 3, NOW) == ()
    assert may_approve(replace(WAITING, expires_at=None), LEAD, 3, NOW) == ()


@given(st.integers(1, 3), st.integers(1, 3), st.booleans())
def test_no_one_decides_on_what_they_asked_for_whatever_their_rights(requested_by, user_id, machine):
    approver = Approver(user_id, frozenset({"finance"}), frozenset({1}), machine)
    allowed = not may_approve(replace(WAITING, requested_by=requested_by), approver, 3, NOW)
    assert allowed is (requested_by != user_id and not machine)


@given(refusals, st.booleans(), st.booleans(), st.sampled_from(["", "  ", "The parcel was wet."]))
def test_an_override_sets_policies_aside_and_nothing_else(refused, may, machine, reason):
    left = may_override(refused, may, machine, reason)
    hard = tuple(found for found in refused if found.force is not Force.policy)
    assert set(hard) <= set(left)
    if len(hard) == len(refused):
        assert left == tuple(refused)
    elif may and not machine and reason.strip():
        assert left == hard
    else:
        assert left[:-1] == tuple(refused) and left[-1].code.startswith("override_")


def test_an_override_says_what_it_lacks():
    soft = [refusal("no_policy")]
    assert may_override(soft, False, False, "why")[-1].code == "override_not_allowed"
    assert may_override(soft, True, True, "why")[-1].code == "override_not_allowed"
    assert may_override(soft, True, False, "")[-1].code == "override_without_reason"
