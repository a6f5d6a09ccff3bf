"""The errors of the agent API: stable codes with a status, a title and what to do, as RFC 9457 writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["MEDIA_TYPE", "PROBLEMS", "Problem", "document"]

MEDIA_TYPE = "application/problem+json"
_TYPE = "/retail_sync/api/v1/problems/{code}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of error.

    :param code: stable, for programs
    :param title: for people; the same for every occurrence
    :param action: what the caller can do
    :param again: whether the same request may succeed later without a change
    """

    code: str
    status: int
    title: str
    action: str
    again: bool = False


_LIST = (
    # The request
    Problem("malformed_request", 400, "The request cannot be read", "Correct the request."),
    Problem("invalid_cursor", 400, "The cursor belongs to another list", "Read the list from its first page."),
    Problem(
        "idempotency_key_missing", 400, "The request has no idempotency key", "Send a new key with every new action."
    ),
    Problem("invalid_values", 422, "Values of the request do not fit", "Correct the values that are named."),
    Problem("payload_too_large", 413, "The request is too large", "Send less at once."),
    Problem("not_acceptable", 406, "No answer of this media type exists", "Accept application/json."),
    Problem("unsupported_media_type", 415, "The request has another media type", "Send application/json."),
    # The caller
    Problem("not_authenticated", 401, "The API key is missing, wrong or expired", "Send a valid key."),
    Problem("scope_missing", 403, "The key lacks the scope of this operation", "Ask an administrator for the scope."),
    Problem("read_only", 403, "The key may look up only", "Use a key that may act."),
    Problem("company_not_allowed", 403, "The key serves another company", "Use a key of this company."),
    Problem("verification_required", 403, "The customer is not verified", "Verify the customer and say how."),
    Problem("rate_limited", 429, "Too many requests", "Wait as long as Retry-After says.", True),
    Problem("quota_used_up", 429, "The quota of the key is used up", "Wait for the next window.", True),
    Problem("cap_reached", 403, "The cap of a machine is reached", "Hand the case to a person.", True),
    Problem("busy", 503, "Too many look-ups at the same time", "Repeat the request after Retry-After.", True),
    # The record
    Problem("not_found", 404, "There is no such record for this key", "Check the id."),
    Problem("method_not_allowed", 405, "The resource knows no such operation", "See the documentation of the API."),
    Problem("precondition_failed", 412, "The record has changed", "Read the record and decide anew."),
    # The action
    Problem("not_eligible", 409, "A rule does not allow this now", "See the rules that are named."),
    Problem("preview_required", 400, "The request has no preview token", "Ask for a preview first."),
    Problem("preview_invalid", 400, "The preview token is not valid here", "Ask for a preview of this action."),
    Problem("preview_expired", 409, "The preview has expired", "Ask for a new preview."),
    Problem("preview_stale", 409, "The order has changed since the preview", "Check the new preview and submit it."),
    Problem("approval_refused", 409, "An approver has refused this", "Talk to the approver, or propose another way."),
    Problem("own_approval", 403, "A request is approved by another person", "Ask another approver."),
    Problem("not_an_approver", 403, "This approver may not decide here", "Ask the group that is named."),
    Problem("override_reason_missing", 422, "An override has a reason", "Say why the rule is set aside."),
    # The key that makes it happen once
    Problem("request_in_progress", 409, "The same request is being worked on", "Repeat it after Retry-After.", True),
    Problem("idempotency_key_reused", 422, "The key stands for another request", "Use a new key for a new request."),
    Problem("idempotency_key_expired", 409, "The key is too old", "Look the action up; use a new key for a new one."),
    # Ourselves
    Problem("conflict", 409, "Another change came first", "Repeat the request.", True),
    Problem("unavailable", 503, "The service is not available", "Repeat the request after Retry-After.", True),
    Problem("internal_error", 500, "The service has failed", "Report the correlation id to the operators.", True),
)
PROBLEMS: Mapping[str, Problem] = {problem.code: problem for problem in _LIST}


def document(
    code: str,
    correlation_id: str,
    detail: str = "",
    rules: Sequence[Mapping[str, Any]] = (),
    errors: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> dict[str, Any]:
    """Return the body of an error.

    :param detail: a sentence about this occurrence, without values of masked fields
    :param rules: the rules that say no, as ``rules.Refusal.values`` gives them
    :param errors: values that do not fit, as {pointer, detail}
    :param more: further members, such as the new preview of a stale one
    :raises KeyError: there is no such problem
    """
    problem = PROBLEMS[code]
    members: dict[str, Any] = {
        "type": _TYPE.format(code=code),
        "title": problem.title,
        "status": problem.status,
        "code": code,
        "action": problem.action,
        "correlation_id": correlation_id,
    }
    optional = {"detail": detail, "rules": [dict(rule) for rule in rules], "errors": [dict(error) for error in errors]}
    members.update({name: value for name, value in optional.items() if value})
    clash = members.keys() & more.keys()
    if clash:
        raise ValueError(f"These members have a meaning of their own: {', '.join(sorted(clash))}")
    return {**members, **more}
