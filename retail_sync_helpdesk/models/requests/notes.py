"""What a ticket gets to read of an action, and the documents that the action has made for it."""

from __future__ import annotations

from typing import Any

from ..ticket.documents import link_made
from ..ticket.notes import note

__all__ = ["note_of_action"]

# Kind of document -> its model, of what actions make.
_MADE = {"order": "sale.order", "return": "retail.sync.return", "credit_note": "account.move"}


def note_of_action(action: Any, text: str = "") -> None:
    """Write an internal note into the ticket of an action, if it has one: what was done, and with which documents.

    What the action has made is linked with the ticket: what happens to it then is noted there.

    :param text: more that the executor or the approver says
    """
    if not action.ticket_id:
        return
    lines = [_head(action), text, _documents(action)]
    note(action.env, action.ticket_id.id, "\n".join(line for line in lines if line))
    if action.state == "done":
        _link(action)


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


def _link(action: Any) -> None:
    made: dict[str, list[int]] = {}
    for document in action.documents or ():
        model = _MADE.get(document["kind"])
        if model and (document["kind"] != "order" or document["id"] != action.order_id.id):
            made.setdefault(model, []).append(document["id"])
    for model, ids in made.items():
        link_made(action.env, action.ticket_id.id, action.env[model].browse(ids))
