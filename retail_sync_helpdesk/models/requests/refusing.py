"""A request that a rule refuses: which problem it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...api.errors import ApiProblem
from ...domain.rules import Refusal
from ..access.texts import rule_document

__all__ = ["problem_of"]

_CODES: Mapping[str, str] = {
    "scope_missing": "scope_missing",
    "read_only": "read_only",
    "company_not_allowed": "company_not_allowed",
    "verification_missing": "verification_required",
    "verification_too_old": "verification_required",
    "machine_cap_single": "cap_reached",
    "machine_cap_count": "cap_reached",
    "machine_cap_amount": "cap_reached",
    "override_without_reason": "override_reason_missing",
}


def problem_of(env: Any, refusals: Sequence[Refusal]) -> ApiProblem:
    """Return the problem of a refused request, with all of its rules, in the language of env."""
    code = next((_CODES[found.code] for found in refusals if found.code in _CODES), "not_eligible")
    rules = [rule_document(env, found).model_dump(mode="json") for found in refusals]
    return ApiProblem(code, rules=rules)
