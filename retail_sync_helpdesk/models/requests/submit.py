"""An action is carried out once for a key, in one transaction; the caller commits.

The order of the steps is that of ADR 0038: lock and row of the key, lock of the order, facts and preview, verdict, caps
and approvals, executor, audit and answer. Serialization failures go up: Odoo repeats the request, which sees then what
the other one has done. Nothing here has an effect outside the database.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from odoo import fields

from ...api.errors import ApiProblem, answer_of
from ...api.schemas.requests import Submission
from ...api.service import StoredAnswer
from ...domain.api.canonical_json import NotCanonical
from ...domain.api.idempotency import lifetime, request_hash
from ...domain.api.preview_token import TokenState, check_token
from ...domain.control.approvals import Need, may_override, without_policies
from ...domain.control.caller import Caller
from ...domain.rules import Refusal
from ..access.caps import spend
from ..access.signing import signing_keys
from ..actions.executors import EXECUTORS
from ..look_up.reach import reach_order
from ..service_facts.locks import lock_order
from . import keys
from .answers import action_result
from .approving import ask_for_approval
from .carrying import carry_out
from .checks import check_request
from .documents import preview_document
from .notes import note_of_action
from .record import add_action, set_done
from .refusing import problem_of
from .situation import Prepared, prepare, read_situation

__all__ = ["hash_of", "submit"]

_CREATED = 201


class _Refused(Exception):
    """A rule says no: what was locked and written for the request is undone, and its audit row is kept."""

    def __init__(self, prepared: Prepared, refusals: Sequence[Refusal], money_version: int) -> None:
        super().__init__(refusals)
        self.prepared, self.refusals, self.money_version = prepared, refusals, money_version


def submit(env: Any, caller: Caller, order_id: int, submission: Submission, key: str, body: bytes) -> StoredAnswer:
    """Return the answer to a submitted action: a new one, or the stored one of its key, byte for byte.

    A refusal by a rule is returned as an answer, so that the row of the audit is committed; it is not stored under the
    key, since facts change.

    :param key: idempotency key
    :param body: the request as it came: the key stands for these bytes
    :raises ApiProblem: nothing is to be kept: the preview is stale, the key is in use, a value does not fit
    """
    now = fields.Datetime.now()
    try:
        hash_now = hash_of(caller, order_id, body)
    except NotCanonical as error:
        raise ApiProblem("malformed_request", str(error)) from None
    outcome, row = keys.look(env, caller.reference, key, hash_now, now)
    if not outcome.acts:
        return StoredAnswer(outcome.status, outcome.answer, replayed=True)
    try:
        with env.cr.savepoint():
            expires = now + lifetime(EXECUTORS[submission.request.action].moves_money)
            row = row or keys.insert(env, caller.reference, key, hash_now, expires)
            return _act(env, caller, order_id, submission, row, now)
    except _Refused as refused:
        return _refusal(refused, caller, submission)


def hash_of(caller: Caller, order_id: int, body: bytes) -> str:
    """Return the hash of a submitted action, for which its key stands.

    :raises NotCanonical: the body is no JSON, or ambiguous
    """
    return request_hash("POST", f"/orders/{order_id}/actions", caller.reference, body)


def _act(env: Any, caller: Caller, order_id: int, submission: Submission, row: Any, now: datetime) -> StoredAnswer:
    request = submission.request
    order = reach_order(env, caller, order_id)
    check_request(env, order, request)
    version = lock_order(order.env, order.id) - 1
    situation = read_situation(env, caller, order, request, now)
    prepared = prepare(situation)
    _check_token(submission.token, prepared, version, now)
    refused, approvals = _decide(prepared, submission.override_reason)
    if refused:
        raise _Refused(prepared, refused, version)
    if caller.machine:
        refused = spend(env, caller, request.action, prepared.given_away, situation.order.company_id)
        if refused:
            raise _Refused(prepared, refused, version)
    action = add_action(
        prepared,
        "waiting",
        money_version=version,
        override_reason=submission.override_reason,
        refusals=situation.verdict.refusals,
    )
    if approvals:
        ask_for_approval(action, prepared, approvals, version + 1)
    else:
        done = carry_out(prepared, action)
        set_done(action, prepared, done)
        note_of_action(action, done.note)
    answer = action_result(env, caller, action).model_dump_json()
    keys.finish(row, _CREATED, answer, action, now, situation.executor.moves_money)
    return StoredAnswer(_CREATED, answer)


def _check_token(token: str, prepared: Prepared, version: int, now: datetime) -> None:
    env = prepared.situation.order.env
    verdict = check_token(token, prepared.token_preview(version), now, signing_keys(env))
    if verdict.accepted:
        return
    if verdict.state is TokenState.stale:
        preview = preview_document(prepared, version).model_dump(mode="json")
        raise ApiProblem("preview_stale", more={"changed": list(verdict.changed), "preview": preview})
    raise ApiProblem("preview_expired" if verdict.state is TokenState.expired else "preview_invalid")


def _decide(prepared: Prepared, override_reason: str) -> tuple[tuple[Refusal, ...], tuple[Need, ...]]:
    """Return (the rules that say no, who has to agree before the action is carried out)."""
    situation = prepared.situation
    verdict, caller = situation.verdict, situation.caller
    if verdict.allowed:
        return (), prepared.needs
    if situation.effective is None:
        # What a policy forbids besides is said too: the facts may change.
        return tuple(dict.fromkeys((*situation.lifted.refusals, *verdict.refusals))), ()
    if not override_reason.strip():
        return (), prepared.needs
    left = may_override(verdict.refusals, caller.may_override, caller.machine, override_reason)
    if left:
        return left, ()
    return (), without_policies(prepared.needs, {refused.code for refused in verdict.refusals})


def _refusal(refused: _Refused, caller: Caller, submission: Submission) -> StoredAnswer:
    add_action(
        refused.prepared,
        "refused",
        money_version=refused.money_version,
        override_reason=submission.override_reason,
        refusals=refused.refusals,
    )
    problem = problem_of(refused.prepared.situation.order.env, refused.refusals)
    answer = answer_of(problem, caller.correlation_id)
    headers = {**answer.headers, "Content-Type": answer.media_type}
    return StoredAnswer(answer.status, json.dumps(answer.body, ensure_ascii=False), headers=headers)
