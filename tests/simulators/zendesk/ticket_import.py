"""Importing tickets with their past: dates and comments are kept, and no mail goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import times
from .journal import Actor
from .table import Row
from .ticket_writer import TicketWriter

if TYPE_CHECKING:
    from .account import Account


def create(account: Account, actor: Actor, values: Row) -> Row:
    """The imported ticket. Raises ``RecordInvalid``."""
    sent = [each for each in values.get("comments") or () if isinstance(each, dict)]
    first = sent[0] if sent else values.get("comment")
    plain = {name: value for name, value in values.items() if name not in ("comments", "status", "comment")}
    writer = TicketWriter(account, actor, quiet=not account.config.imports_run_triggers)
    row, audit = writer.create({**plain, "comment": first})
    _date(account, audit["id"], first)
    for comment in sent[1:]:
        _, audit = writer.update(row["id"], {"comment": comment})
        _date(account, audit["id"], comment)
    if values.get("status"):
        row, _ = writer.update(row["id"], {"status": values["status"]})
    dates = {name: times.normal(values[name]) for name in ("created_at", "updated_at", "solved_at") if name in values}
    stored = account.records.tickets.rows[row["id"]]
    return account.save("ticket", {**stored, **{k: v for k, v in dates.items() if v}}, actor, "update")


def _date(account: Account, audit_id: int, comment: object) -> None:
    """Give a stored comment and its audit the date that was sent."""
    stamp = times.normal(comment.get("created_at")) if isinstance(comment, dict) else None
    if stamp is None:
        return
    account.records.audits.put({**account.records.audits.rows[audit_id], "created_at": stamp})
    for row in account.records.comments.find("audit", audit_id):
        account.records.comments.put({**row, "created_at": stamp})
