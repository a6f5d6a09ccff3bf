"""Merging tickets: the others are closed with a note, and the one that stays gets one too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import one_problem
from .table import Row
from .ticket_writer import TicketChange, TicketWriter

if TYPE_CHECKING:
    from .account import Account
    from .journal import Actor


def merge(account: Account, actor: Actor, target_id: int, source_ids: list[int], values: Row) -> None:
    """Merge tickets into ``target_id``. Raises 404, and 422 for closed tickets and for the target itself."""
    writer = TicketWriter(account, actor)
    target = account.ticket(target_id)
    sources = [account.ticket(number) for number in source_ids]
    for row in (target, *sources):
        if row["status"] == "closed" or (row is not target and row["id"] == target_id):
            raise one_problem("base", f"Ticket {row['id']}: cannot be merged", "InvalidValue")
    for source in sources:
        text = values.get("source_comment") or f"Request #{source['id']} was closed and merged into #{target_id}."
        public = bool(values.get("source_comment_is_public"))
        # A ticket is closed with its note in one write: afterwards none is taken.
        closed, audit = writer.update(
            source["id"],
            {"status": "closed", "additional_tags": ["closed_by_merge"], "comment": {"body": text, "public": public}},
        )
        account.hub.ticket_changed(TicketChange(source, closed, audit, None, actor, "merged"))
    numbers = ", ".join(f"#{row['id']}" for row in sources)
    text = values.get("target_comment") or f"Requests {numbers} were closed and merged into this request."
    copied = sorted({row["requester_id"] for row in sources} - {target["requester_id"]} | {*target["email_cc_ids"]})
    writer.update(
        target_id,
        {
            "collaborator_ids": copied,
            "comment": {"body": text, "public": bool(values.get("target_comment_is_public"))},
        },
    )
