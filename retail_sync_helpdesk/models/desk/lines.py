"""The mapping lines that a new connection starts with. Administrators may change all of them."""

from typing import Any

from ...client.directory import ORGANIZATIONS, PEOPLE
from . import transforms  # noqa: F401  # the lines name them

IN, OUT, BOTH = "in", "out", "both"
# What a stream of comments sends to; comments come in with their tickets.
COMMENTS = "comment"

Line = dict[str, Any]


def line(field: str, path: str, transform: str = "", **values: Any) -> Line:
    """Return vals of a mapping line."""
    return {
        "canonical_field": field,
        "remote_path": path,
        "transform": transform or False,
        "part": "main",
        "direction": BOTH,
        **values,
    }


def organization_lines() -> list[Line]:
    """Return the lines of organisations."""
    return [
        line("kind", "=company", direction=IN),
        line("name", "name", "line", required=True),
    ]


def person_lines() -> list[Line]:
    """Return the lines of people."""
    return [
        line("kind", "=person", direction=IN),
        line("name", "name", "line", required=True),
        line("email", "email", "email"),
        line("phone", "phone", "phone_e164"),
        line("parent", "organization", "ref", options={"object": ORGANIZATIONS}),
    ]


def ticket_lines() -> list[Line]:
    """Return the lines of tickets."""
    return [
        line("subject", "subject", "line"),
        line("description", "description", "html_text", direction=IN),
        line("status", "status"),
        line("priority", "priority"),
        line("type", "type", "line"),
        line("team", "group", "line"),
        line("assignee", "assignee", "line"),
        line("tags", "tags", "desk_tags"),
        line("requester", "requester", "ref", options={"object": PEOPLE}),
        line("organisation", "organization", "ref", options={"object": ORGANIZATIONS}, direction=IN),
        line("channel", "channel", "line", direction=IN),
        line("brand", "brand", "line", direction=IN),
        line("form", "form", "line", direction=IN),
        line("custom", "custom", "desk_custom", direction=IN),
        line("url", "url", direction=IN),
        line("satisfaction", "satisfaction", "line", direction=IN),
        line("created_at", "created_at", "datetime", direction=IN),
        line("updated_at", "updated_at", "datetime", direction=IN),
    ]


def comment_lines() -> list[Line]:
    """Return the lines of comments that Odoo sends."""
    return [line(name, name, direction=OUT) for name in ("marker", "html", "public")]
