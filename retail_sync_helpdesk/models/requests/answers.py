"""What became of actions, as documents of the API."""

from __future__ import annotations

import json
from typing import Any

from odoo import fields

from ...api.errors import ApiProblem
from ...api.schemas.actions import ActionPage, ActionResult, RefundState
from ...api.schemas.base import Reference
from ...api.service import PageAsked
from ...domain.api.paging import Place, cursor_of, place_of
from ...domain.control.caller import Caller
from ..access.signing import signing_keys
from ..look_up.reach import reach_order
from .documents import aware

__all__ = ["action_by_uuid", "action_result", "actions_page"]


def action_result(env: Any, caller: Caller, action: Any) -> ActionResult:
    """Return an action (``retail.sync.action``) as it is now."""
    return _results(env, caller, action)[0]


def action_by_uuid(env: Any, caller: Caller, uuid: str) -> ActionResult:
    """Return an action of the caller.

    :raises ApiProblem: not_found: there is none of this caller
    """
    domain = [("uuid", "=", uuid), ("actor_reference", "=", caller.reference)]
    action = env["retail.sync.action"].sudo().search(domain)
    if not action or action.company_id.id not in caller.companies:
        raise ApiProblem("not_found")
    return action_result(env, caller, action)


def actions_page(env: Any, caller: Caller, order_id: int | None, page: PageAsked) -> ActionPage:
    """Return a page of the caller's actions, the newest first.

    :param order_id: of this order alone; None: of all
    :raises ApiProblem: the order cannot be reached, or the cursor belongs to another list
    """
    domain: list[Any] = [
        ("actor_reference", "=", caller.reference),
        ("company_id", "in", sorted(caller.companies)),
    ]
    if order_id is not None:
        domain.append(("order_id", "=", reach_order(env, caller, order_id).id))
    query, keys = {"list": "actions", "order": order_id}, signing_keys(env)
    if page.cursor is not None:
        place = place_of(page.cursor, caller.reference, query, keys)
        if place is None:
            raise ApiProblem("invalid_cursor")
        domain.append(("id", "<", place.after[0]))
    found = env["retail.sync.action"].sudo().search(domain, limit=page.limit + 1, order="id desc")
    rows = found[: page.limit]
    more = len(found) > len(rows)
    return ActionPage(
        as_of=aware(fields.Datetime.now()),
        items=tuple(_results(env, caller, rows)),
        next_cursor=cursor_of(Place((rows[-1].id,)), caller.reference, query, keys) if more else None,
    )


def _results(env: Any, caller: Caller, actions: Any) -> list[ActionResult]:
    actions = actions.sudo().with_context(lang=caller.language or env.lang or "en_US")
    now = aware(fields.Datetime.now())
    refunds = _refunds(actions)
    waiting: dict[int, list[str]] = {}
    domain = [("action_id", "in", actions.ids), ("state", "=", "waiting")]
    for approval in actions.env["retail.sync.approval"].search(domain, order="id"):
        waiting.setdefault(approval.action_id.id, []).append(approval.group_id.name)
    return [
        ActionResult(
            as_of=now,
            uuid=action.uuid,
            action=action.action,
            state=action.state,
            order_id=action.order_id.id,
            order_number=action.order_id.name or "",
            currency=action.currency_id.name,
            amounts=action.amounts or {},
            documents=tuple(Reference(**document) for document in action.documents or ()),
            refunds=tuple(refunds.get(action.id, ())),
            waits_for=", ".join(waiting.get(action.id, ())),
            submitted_at=aware(action.submitted_at),
            decided_at=aware(action.decided_at),
            decision=action.decision or "",
        )
        for action in actions
    ]


def _refunds(actions: Any) -> dict[int, list[RefundState]]:
    found: dict[int, list[RefundState]] = {}
    for refund in actions.env["retail.sync.refund"].search([("action_id", "in", actions.ids)], order="id"):
        currency = refund.currency_id
        state = RefundState(
            uuid=refund.uuid,
            amount=f"{refund.amount:.{currency.decimal_places}f}",
            currency=currency.name,
            state=refund.state,
            method=refund.method or "",
        )
        found.setdefault(refund.action_id.id, []).append(state)
    return found


def document_values(documents: Any) -> list[dict[str, Any]]:
    """Return documents (``schemas.base.Reference``) as the audit stores them."""
    return [json.loads(document.model_dump_json()) for document in documents]
