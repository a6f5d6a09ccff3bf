"""Errors have stable codes; entity tags tell versions of a record from each other."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.api.etag import etag_of, is_precondition_met, is_unchanged
from retail_sync_helpdesk.domain.api.idempotency import APPROVAL_REFUSED
from retail_sync_helpdesk.domain.api.problem import PROBLEMS, document
from retail_sync_helpdesk.domain.rules import RULES, Force, Refusal, is_lifted, refusal

TAG = etag_of(7, "2026-11-30T12:00:00")


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=lambda problem: problem.code)
def test_a_problem_says_what_happened_and_what_to_do(problem):
    assert re.fullmatch(r"[a-z_]+", problem.code)
    assert 400 <= problem.status <= 503
    assert problem.title and not problem.title.endswith(".")
    assert problem.action.endswith(".")
    found = document(problem.code, "c-1")
    assert (found["status"], found["code"], found["correlation_id"]) == (problem.status, problem.code, "c-1")
    assert found["type"].endswith(problem.code)


def test_problems_to_repeat_are_those_that_pass_without_a_change():
    again = {problem.code for problem in PROBLEMS.values() if problem.again}
    assert {"request_in_progress", "rate_limited", "conflict"} <= again
    assert not again & {"preview_stale", "not_eligible", "idempotency_key_reused"}


def test_the_problem_that_idempotency_keeps_exists():
    assert PROBLEMS[APPROVAL_REFUSED].status == 409


def test_rules_stand_in_the_document_and_empty_members_do_not():
    rules = [refusal("window_over", line=11, days=30, ended="2026-11-01").values()]
    found = document("not_eligible", "c", rules=rules, preview={"a": 1})
    assert found["rules"] == [
        {"rule": "window_over", "force": "policy", "line": "11", "days": "30", "ended": "2026-11-01"}
    ]
    assert found["preview"] == {"a": 1}
    assert "detail" not in found and "errors" not in found


def test_a_member_with_a_meaning_is_not_overwritten():
    with pytest.raises(ValueError, match="status"):
        document("not_eligible", "c", status=200)
    with pytest.raises(KeyError):
        document("no_such", "c")


def test_a_refusal_has_the_values_of_its_rule_and_no_others():
    with pytest.raises(ValueError, match="line days ended".split()[0]):
        refusal("window_over", line=1)
    with pytest.raises(KeyError):
        refusal("no_such")


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_an_approval_lifts_policies_and_neither_facts_nor_missing_rights(rule):
    refused = Refusal(rule.code)
    assert is_lifted(refused, True) is (rule.force is Force.policy)
    assert not is_lifted(refused, False)


def test_another_version_or_scope_has_another_tag():
    assert etag_of(7, "a") != etag_of(7, "b")
    assert etag_of(7, "a") == etag_of(7, "a")
    assert re.fullmatch(r'"[0-9a-f]{32}"', TAG)


@pytest.mark.parametrize(
    ("header", "unchanged", "met"),
    [
        (None, False, True),
        ("", False, False),
        (TAG, True, True),
        (f"W/{TAG}", True, False),
        (f'"x", {TAG}', True, True),
        (f"{TAG} , W/{TAG}", True, True),
        ('"x"', False, False),
        ("*", True, True),
        (TAG.strip('"'), False, False),
        (f"{TAG},", False, False),
        (f"{TAG} {TAG}", False, False),
    ],
)
def test_tags_of_a_caller(header, unchanged, met):
    assert is_unchanged(header, TAG) is unchanged
    assert is_precondition_met(header, TAG) is met


def test_a_write_to_what_does_not_exist_meets_no_condition():
    assert not is_precondition_met("*", None)
    assert not is_precondition_met(TAG, None)


@given(st.text(alphabet='W/"*, a', max_size=30))
def test_no_header_breaks_it_and_none_without_the_tag_lets_a_write_pass(header):
    is_unchanged(header, TAG)
    assert not is_precondition_met(header, TAG) or header.strip() == "*"
