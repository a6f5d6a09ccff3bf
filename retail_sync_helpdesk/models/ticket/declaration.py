"""The ticket and its comments, as they are declared to the engine."""

from odoo.addons.retail_sync.domain.canonical.entity_spec import (
    Authority,
    DeliveryClass,
    Effect,
    Lifecycle,
    OnMissing,
    ReferenceSpec,
    declare,
)
from odoo.addons.retail_sync.domain.canonical.field_spec import FieldSpec
from odoo.addons.retail_sync.domain.canonical.registry import register

__all__ = ["COMMENT", "PRIORITIES", "STATUSES", "TICKET"]

# The words of `client.records`, without "deleted", which is the end of a record and no value.
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")


def _of_desk(name: str, kind: str, label: str, help: str = "", **more: object) -> FieldSpec:
    """Return a field that the desk alone decides."""
    return FieldSpec(name, kind, label=label, help=help, owner="remote", **more)  # type: ignore[arg-type]


def _of_both(name: str, kind: str, label: str, help: str = "", **more: object) -> FieldSpec:
    """Return a field that both sides write: the newer edit counts, and edits of one side alone are kept."""
    return FieldSpec(name, kind, label=label, help=help, **more)  # type: ignore[arg-type]


# Odoo: helpdesk.ticket. Found by its external id only: two tickets of one subject are two tickets.
TICKET = register(
    declare(
        "ticket",
        1,
        (
            _of_desk("subject", "text", "Subject"),
            _of_desk("description", "html", "Description"),
            _of_both("status", "enum", "Status", choices=STATUSES, urgent=True),
            _of_both("priority", "enum", "Priority", choices=PRIORITIES),
            _of_both("type", "code", "Type", "As the desk names it."),
            _of_both("team", "code", "Team", "Key of the group on the desk."),
            _of_both("assignee", "code", "Assignee", "Key of the agent on the desk."),
            _of_both(
                "tags",
                "lines",
                "Tags",
                "In the order of the alphabet; the key is the tag in lower case.",
                computed=True,
                lines=(FieldSpec("name", "text", "internal", label="Tag"),),
            ),
            _of_desk("requester", "ref", "Requester", entity="customer"),
            _of_desk("organisation", "ref", "Organisation", entity="customer"),
            _of_desk("channel", "code", "Channel", "Where the ticket came from, as the desk names it."),
            _of_desk("brand", "code", "Brand"),
            _of_desk("form", "code", "Form"),
            _of_desk(
                "custom",
                "lines",
                "Custom fields",
                "In the order of their keys; the key is that of the field on the desk.",
                lines=(FieldSpec("value", "text", "personal", label="Value"),),
            ),
            _of_desk("url", "url", "Address on the desk"),
            _of_desk("satisfaction", "code", "Satisfaction", "As the desk names it: offered, good, bad."),
            _of_desk("satisfaction_comment", "text", "Comment on satisfaction"),
            _of_desk("created_at", "datetime", "Created on the desk"),
            _of_desk("updated_at", "datetime", "Updated on the desk"),
            _of_desk("solved_at", "datetime", "Solved on the desk"),
            FieldSpec("number", "code", label="Number in Odoo", owner="odoo"),
            FieldSpec(
                "orders",
                "text",
                "internal",
                label="Orders",
                help="Numbers of the orders that the ticket is linked to in Odoo, joined by commas.",
                owner="odoo",
                computed=True,
            ),
        ),
        label="Ticket",
        references=(
            ReferenceSpec("requester", "requester", "customer", OnMissing.if_expected),
            ReferenceSpec("organisation", "organisation", "customer", OnMissing.if_expected),
        ),
        authority=Authority.both,
        lifecycle=Lifecycle(remote_deletion=Effect.close),
        # A ticket shows what became of its order.
        tells_milestones=True,
    )
)

# Odoo: messages of a ticket. A fact about the ticket; comments that come in are no facts of the engine, as they are
# never sent back (`comments.ingest_comments`).
COMMENT = register(
    declare(
        "ticket_comment",
        1,
        (
            FieldSpec("marker", "code", label="Marker", owner="odoo", help="By which it is known when it comes back."),
            FieldSpec("html", "html", label="Text", owner="odoo"),
            FieldSpec("public", "bool", label="Seen by the requester", owner="odoo"),
            FieldSpec("author_email", "email", label="E-mail address of the author", owner="odoo"),
            FieldSpec("author_name", "text", label="Author", owner="odoo"),
        ),
        label="Comment of a ticket",
        authority=Authority.odoo,
        lifecycle=Lifecycle.append_only(),
        delivery_class=DeliveryClass.fact,
    )
)
