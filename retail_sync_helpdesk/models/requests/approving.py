"""Requests that wait for people: asked for, agreed to, refused, withdrawn, expired.

What is agreed to is what the approver sees: facts, verdict and effects are calculated anew under the lock of the order,
and a difference is shown instead of being carried out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from odoo import fields
from odoo.exceptions import UserError

from ...api.errors import ApiProblem
from ...api.schemas.requests import ActionRequest
from ...domain.control.approvals import Approver, Need, Waiting, may_approve, without_policies
from ...domain.control.caller import Caller
from ...domain.rules import Refusal, refusal
from ..access.texts import rule_document
from ..service_facts.locks import lock_order
from .carrying import carry_out
from .documents import because_text, preview_document
from .notes import note_of_action
from .record import basis_of, effect_lines, set_done
from .situation import Prepared, prepare, read_situation

__all__ = ["AGREED", "CHANGED", "DONE", "agree", "ask_for_approval", "check_decision", "end", "request_of"]

LIFETIME = timedelta(days=7)
_REQUEST: TypeAdapter[Any] = TypeAdapter(ActionRequest)
# What an agreement led to.
DONE, AGREED, CHANGED = "done", "agreed", "changed"
_OFTEN_NOTIFIED = 50


def ask_for_approval(action: Any, prepared: Prepared, needs: Sequence[Need], money_version: int) -> None:
    """Add the approvals of an action that waits, and let the groups know.

    :param money_version: of the order, after the lock has raised it
    """
    shown = _shown(prepared, money_version)
    action.write({"preview": shown["shown"]})
    approvals = _ask(action, prepared, needs, shown)
    note_of_action(action)
    _notify(approvals)


def _ask(action: Any, prepared: Prepared, needs: Sequence[Need], shown: dict[str, Any]) -> Any:
    """Return the new approvals of an action, one for each group."""
    env = action.env
    return env["retail.sync.approval"].create(
        [
            {
                "action_id": action.id,
                "group_id": env.ref(need.group).id,
                "because": list(need.because),
                "because_text": because_text(env, need, prepared.situation.verdict.refusals),
                "expires_at": action.submitted_at + LIFETIME,
                **shown,
            }
            for need in needs
        ]
    )


def request_of(action: Any) -> Any:
    """Return the request of an action, as it was submitted.

    :raises UserError: the customer was erased, and the request with them
    """
    if not action.request:
        raise UserError(action.env._("The customer was erased, and what was asked for with them. Refuse the request."))
    return _REQUEST.validate_json(action.request)


def agree(approval: Any, user: Any, reason: str, seen: int | None = None) -> str:
    """Agree to an action for one group; carry it out once all groups have agreed. Return what it led to.

    :param approval: with the right of the system
    :param user: who decides
    :param seen: version of the money that the user's screen was made of; None: not known
    :raises UserError: the user may not decide, or a rule says no by now
    """
    env, action = approval.env, approval.action_id
    version = lock_order(env, action.order_id.id) - 1
    now = fields.Datetime.now()
    check_decision(approval, user, version, now)
    if seen is not None and seen != approval.money_version:
        # Another approver has met a change meanwhile: this one has not read it.
        return CHANGED
    _check_actor(action, user)
    prepared = _prepare_anew(action, now)
    if basis_of(prepared) != approval.basis:
        _show_anew(action, prepared, version + 1)
        return CHANGED
    decided = {"decided_by_id": user.id, "decided_at": now, "reason": reason}
    approval.write({"state": "approved", **decided})
    waiting = action.approval_ids.filtered(lambda found: found.state == "waiting")
    if waiting:
        waiting.write({"money_version": version + 1})
        return AGREED
    try:
        done = carry_out(prepared, action)
    except ApiProblem as problem:
        raise UserError(env._("Odoo refuses the action: %s", problem.detail or problem.problem.title)) from problem
    set_done(action, prepared, done, decided_at=now, decided_by_id=user.id, decision=reason)
    note_of_action(action, done.note)
    return DONE


def check_decision(approval: Any, user: Any, money_version: int, now: datetime) -> None:
    """Check that a user may decide on what waits.

    :param money_version: of the order now
    :raises UserError: a rule says no
    """
    refusals = _refusals(approval, user, money_version, now)
    # A change is shown to the approver, who decides anew.
    _raise(approval.env, [refused for refused in refusals if refused.code != "facts_changed"])


def end(action: Any, state: str, *, user: Any = None, reason: str = "", approval: Any = None) -> None:
    """End a request that waits without carrying it out.

    :param state: refused, withdrawn or expired
    :param approval: the one that was refused; the others are withdrawn with it
    """
    now = fields.Datetime.now()
    decided = {"decided_by_id": user.id if user else False, "decided_at": now}
    waiting = action.approval_ids.filtered(lambda found: found.state == "waiting")
    if approval:
        approval.write({"state": state, "reason": reason, **decided})
        (waiting - approval).write({"state": "withdrawn", "decided_at": now})
    else:
        waiting.write({"state": state, "reason": reason, **decided})
    action.write({"state": state, "decision": reason, **decided})
    note_of_action(action, reason)


def _check_actor(action: Any, user: Any) -> None:
    """Check that who asked for an action may still ask, and is not the approver with a key of another person.

    :raises UserError: the key has ended, the person behind is archived, or the approver knows the key's secret
    """
    kind, _slash, number = action.actor_reference.partition("/")
    key = action.env["retail.sync.api.key"].with_context(active_test=False).browse(int(number) if kind == "key" else ())
    key = key.exists()
    if not action.user_id.active or (key and key.state in ("revoked", "archived", "ownerless")):
        raise UserError(
            action.env._(
                "%s may not ask for actions any more: the key was revoked or archived, or its owner was. Refuse the "
                "request.",
                action.actor_name,
            )
        )
    if key and key.issued_by_id == user:
        _raise(action.env, [refusal("own_request")])


def _prepare_anew(action: Any, now: datetime) -> Prepared:
    situation = read_situation(
        action.env, _requester(action), action.order_id, request_of(action), now, action.submitted_at
    )
    if situation.effective is None:
        _raise(action.env, situation.lifted.refusals)
    return prepare(situation)


def _requester(action: Any) -> Caller:
    """Return who asked, with the rights of then: the approver answers for what is done now."""
    return Caller(
        reference=action.actor_reference,
        name=action.actor_name or "",
        user_id=action.user_id.id,
        machine=action.actor_kind == "machine",
        # What was shown with money is to be judged with the scope that it was shown by.
        scopes=frozenset((action.action, "refund_lines") if (action.amounts or {}).get("money") else (action.action,)),
        companies=frozenset(action.company_id.ids),
        verified_by=action.verified_by or "",
        verified_at=action.verified_at or None,
        language=action.env.lang or "",
        correlation_id=action.correlation_id or "",
        channel="screen",
    )


def _show_anew(action: Any, prepared: Prepared, money_version: int) -> None:
    """Show what would be done now; who has agreed to something else is asked again, and so is who has to agree now."""
    undone = {"state": "waiting", "decided_by_id": False, "decided_at": False, "reason": False}
    approvals = action.approval_ids.filtered(lambda found: found.state in ("waiting", "approved"))
    shown = _shown(prepared, money_version)
    approvals.write({**shown, **undone})
    set_aside = {rule["rule"] for rule in action.rules or ()} if action.override_reason else set()
    asked = approvals.group_id
    missing = [need for need in without_policies(prepared.needs, set_aside) if action.env.ref(need.group) not in asked]
    _notify(_ask(action, prepared, missing, shown))


def _shown(prepared: Prepared, money_version: int) -> dict[str, Any]:
    preview = preview_document(prepared, money_version)
    return {
        "shown": preview.model_dump_json(exclude={"token"}),
        "effects": effect_lines(preview.effects),
        "basis": basis_of(prepared),
        "money_version": money_version,
    }


def _refusals(approval: Any, user: Any, money_version: int, now: datetime) -> tuple[Refusal, ...]:
    action = approval.action_id
    group = approval.group_id
    waiting = Waiting(
        group=group.name,
        requested_by=action.user_id.id,
        company_id=action.company_id.id,
        state=approval.state if action.state == "waiting" else action.state,
        expires_at=approval.expires_at,
        money_version=approval.money_version,
    )
    groups = frozenset((group.name,)) if group in user.all_group_ids else frozenset()
    approver = Approver(user.id, groups, frozenset(user.company_ids.ids))
    return may_approve(waiting, approver, money_version, now)


def _raise(env: Any, refusals: Sequence[Refusal]) -> None:
    if refusals:
        raise UserError("\n".join(rule_document(env, refused).text for refused in refusals))


def _notify(approvals: Any) -> None:
    """Show a notice to those who may decide and work in Odoo now. It is sent with the commit; no mail is."""
    for approval in approvals:
        env = approval.env
        text = env._("%(what)s waits for your approval.", what=approval.action_id.display_name)
        message = {"type": "info", "message": text, "sticky": False}
        users = approval.group_id.all_user_ids - approval.action_id.user_id
        for user in users.filtered(lambda found: not found.share)[:_OFTEN_NOTIFIED]:
            user._bus_send("simple_notification", message)
            user._bus_send("retail_sync_helpdesk.approvals", {})
