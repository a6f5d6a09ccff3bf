"""What the audit of actions keeps of a request."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from typing import Any

from ...domain.api.canonical_json import canonical
from ...domain.rules import Refusal
from .answers import document_values
from .situation import Prepared, amount_texts

__all__ = ["add_action", "set_done"]


def add_action(
    prepared: Prepared, state: str, *, money_version: int, override_reason: str = "", refusals: Sequence[Refusal] = ()
) -> Any:
    """Return the new record of a request.

    :param state: done, waiting or refused; one that is carried out waits until it is done
    :param money_version: of the order, before the lock raised it
    :param refusals: the rules that said no
    """
    found = prepared.situation
    order, caller = found.order, found.caller
    values = {
        "action": found.request.action,
        "state": state,
        "order_id": order.id,
        "company_id": order.company_id.id,
        "currency_id": order.currency_id.id,
        "ticket_id": found.request.ticket or False,
        "request": found.request.model_dump_json(),
        "facts": json.dumps(dataclasses.asdict(found.facts), default=str, sort_keys=True),
        "policy": found.reference,
        "rules": [refused.values() for refused in refusals],
        "reason": found.request.reason,
        "note": found.request.note,
        "override_reason": override_reason,
        "money_version": money_version,
        "amounts": prepared.amounts(),
        "amount": float(prepared.shown.given_away),
        "amount_company": float(prepared.given_away),
        "actor_reference": caller.reference,
        "actor_name": caller.name,
        "actor_kind": "machine" if caller.machine else "person",
        "user_id": caller.user_id or order.env.uid,
        "channel": caller.channel,
        "verified_by": caller.verified_by,
        "verified_at": caller.verified_at or False,
        "correlation_id": caller.correlation_id,
        "submitted_at": found.now,
    }
    return order.env["retail.sync.action"].create(values)


def set_done(action: Any, prepared: Prepared, done: Any, **decided: Any) -> None:
    """Write what was done. ``decided``: who has agreed, where approvals were needed."""
    amounts = amount_texts(prepared.situation, done.amounts or prepared.shown.amounts)
    action.write({"state": "done", "amounts": amounts, "documents": document_values(done.documents), **decided})


def basis_of(prepared: Prepared) -> str:
    """Return what an approval agrees to, as a text that two calculations are compared by."""
    values = prepared.token_preview(0).values()
    return canonical(values)


def effect_lines(effects: Iterable[Any]) -> str:
    """Return effects as lines for people."""
    return "\n".join(effect.text for effect in effects)
