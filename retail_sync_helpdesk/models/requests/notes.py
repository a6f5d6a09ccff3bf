"""What a ticket gets to read of an action."""

from __future__ import annotations

from typing import Any

from ..ticket.notes import note

__all__ = ["note_of_action"]


def note_of_action(action: Any, text: str = "") -> None:
    """Write an internal note into the ticket of an action, if it has one: what was done, and with which documents.

    :param text: more that the executor or the approver says
    """
    if not action.ticket_id:
        return
    lines = [_head(action), text, _documents(action)]
    note(action.env, action.ticket_id.id, "\n".join(line for line in lines if line))


def _head(action: Any) -> str:
    env = action.env
    labels = dict(action._fields["action"]._description_selection(env))
    values = {"action": labels[action.action], "order": action.order_id.name, "actor": action.actor_name or ""}
    if action.state == "waiting":
        return env._("%(action)s, order %(order)s: waits for approval. Asked for by %(actor)s.", **values)
    if action.state == "refused":
        return env._("%(action)s, order %(order)s: refused. Asked for by %(actor)s.", **values)
    if action.state == "withdrawn":
        return env._("%(action)s, order %(order)s: withdrawn by %(actor)s.", **values)
    if action.state == "expired":
        return env._("%(action)s, order %(order)s: expired without a decision. Asked for by %(actor)s.", **values)
    return env._("%(action)s, order %(order)s: done by %(actor)s.", **values)


def _documents(action: Any) -> str:
    numbers = [document["number"] for document in action.documents or () if document.get("number")]
    return action.env._("Documents: %s", ", ".join(numbers)) if numbers else ""
