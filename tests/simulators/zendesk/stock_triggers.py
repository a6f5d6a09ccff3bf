"""The triggers of a new account: whom it mails about a ticket."""

from __future__ import annotations

from typing import Any


def _is(field: str, value: Any, operator: str = "is") -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def _mail(recipient: str, subject: str, body: str) -> dict[str, Any]:
    return {"field": "notification_user", "value": [recipient, subject, body]}


def _trigger(title: str, conditions: list[dict[str, Any]], *actions: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "conditions": {"all": conditions, "any": []}, "actions": list(actions)}


_NUMBERED = "[Acme] Re: {{ticket.title}}"
TRIGGERS: tuple[dict[str, Any], ...] = (
    _trigger(
        "Notify requester and CCs of received request",
        [_is("update_type", "Create"), _is("ticket_is_public", "public"), _is("role", "end_user"),
         _is("status", "solved", "is_not")],
        _mail("requester_and_ccs", "[Acme] Received: {{ticket.title}}",
              "Your request ({{ticket.id}}) has been received.\n{{ticket.comments_formatted}}"),
    ),
    _trigger(
        "Notify requester of new proactive ticket",
        [_is("update_type", "Create"), _is("ticket_is_public", "public"), _is("role", "agent"),
         _is("status", "solved", "is_not")],
        _mail("requester_and_ccs", "{{ticket.title}}",
              "This ticket was created on your behalf.\n{{ticket.comments_formatted}}"),
    ),
    _trigger(
        "Notify requester and CCs of comment update",
        [_is("update_type", "Change"), _is("comment_is_public", True)],
        _mail("requester_and_ccs", _NUMBERED, "Your request has been updated.\n{{ticket.comments_formatted}}"),
    ),
    _trigger(
        "Notify assignee of comment update",
        [_is("update_type", "Change"), _is("comment_is_public", "not_relevant"),
         _is("assignee_id", "current_user", "is_not")],
        _mail("assignee_id", _NUMBERED, "This ticket has been updated.\n{{ticket.comments_formatted}}"),
    ),
    _trigger(
        "Notify assignee of assignment",
        [_is("assignee_id", "", "changed"), _is("assignee_id", "current_user", "is_not")],
        _mail("assignee_id", "[Acme] Assignment: {{ticket.title}}",
              "You have been assigned to this ticket ({{ticket.id}})."),
    ),
    _trigger(
        "Notify assignee of reopened ticket",
        [_is("status", "solved", "changed_from"), _is("status", "closed", "is_not"),
         _is("assignee_id", "current_user", "is_not")],
        _mail("assignee_id", _NUMBERED, "This ticket has been reopened.\n{{ticket.comments_formatted}}"),
    ),
    _trigger(
        "Notify group of assignment",
        [_is("group_id", "", "changed"), _is("group_id", "", "is_not"), _is("assignee_id", "", "is")],
        {"field": "notification_group", "value": ["group_id", "[Acme] Assignment: {{ticket.title}}",
         "This ticket ({{ticket.id}}) has been assigned to your group."]},
    ),
    _trigger(
        "Notify all agents of received request",
        [_is("update_type", "Create"), _is("role", "end_user")],
        _mail("all_agents", "[Acme] {{ticket.title}}", "A ticket ({{ticket.id}}) has been received."),
    ),
)  # fmt: skip
