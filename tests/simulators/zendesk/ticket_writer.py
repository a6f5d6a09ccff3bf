"""Writes tickets: create, update, delete, restore; each with its audit, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import comments, ticket_rules, times, triggers
from .errors import not_found, one_problem, record_invalid, update_conflict
from .journal import Actor
from .table import Row
from .ticket_rules import Draft

if TYPE_CHECKING:
    from .account import Account

REOPENED = ("pending", "hold", "solved")


@dataclass(slots=True)
class TicketChange:
    """One write of a ticket, as triggers and webhooks see it. ``comment`` is a stored comment."""

    before: Row | None
    after: Row
    audit: Row
    comment: Row | None
    actor: Actor
    op: str = ""


class TicketWriter:
    """``quiet`` writes make no news: no triggers, no mails, no events."""

    def __init__(self, account: Account, actor: Actor, quiet: bool = False) -> None:
        self.account = account
        self.actor = actor
        self.quiet = quiet

    # -- create
    def create(self, values: Row, number: int | None = None) -> tuple[Row, Row]:
        """The new ticket and its audit. Raises ``RecordInvalid``; ``number`` is an id that was promised before."""
        account, actor = self.account, self.actor
        account.faults.check_record("ticket", "create", values, None)
        sent = values.get("comment") or values.get("description")
        if comments.is_empty(sent):
            raise one_problem("description", "Description: cannot be blank", "BlankValue")
        draft = Draft(account, actor, values, self._blank(values), None)
        source = draft.follow_up()
        if source is not None:
            draft.row["tags"] = list(source["tags"])
            rel = {"from": {"ticket_id": source["id"], "subject": source["subject"], "channel": "web"}, "to": {},
                   "rel": "follow_up"}  # fmt: skip
            draft.row["via"] = {"channel": actor.channel, "source": rel}
        draft.apply()
        comment = comments.read(account, actor, sent, draft.problems)
        draft.problems.check()
        row = draft.row
        row["id"] = number or account.ids.ticket(account.config.ticket_id_gap)
        row["description"], row["is_public"] = comment["plain_body"], comment["public"]
        if values.get("subject") is None and source is not None:
            row["subject"] = source["subject"]
        row["submitter_id"] = values.get("submitter_id") or (
            actor.user_id if actor.user_id > 0 else row["requester_id"]
        )
        result = self._commit(None, row, comment, values)
        if source is not None:
            self.system_update(source["id"], {"followup_ids": [*source["followup_ids"], row["id"]]})
        return result

    def _blank(self, values: Row) -> Row:
        account, actor = self.account, self.actor
        records = account.records
        return {
            "id": 0, "external_id": None, "via": {"channel": actor.channel,
            "source": {"from": {}, "to": {}, "rel": None}}, "type": None, "subject": None, "description": "",
            "priority": None, "status": "new", "custom_status_id": records.default_status("new"), "recipient": None,
            "requester_id": actor.user_id, "submitter_id": actor.user_id, "assignee_id": None, "organization_id": None,
            "group_id": None, "collaborator_ids": [], "follower_ids": [], "email_cc_ids": [], "problem_id": None,
            "is_public": True, "due_at": None, "tags": [], "custom_fields": {}, "followup_ids": [],
            "ticket_form_id": next(row["id"] for row in records.ticket_forms if row["default"]),
            "brand_id": next(row["id"] for row in records.brands if row["default"]), "solved_at": None,
        }  # fmt: skip

    # -- update
    def update(self, number: int, values: Row) -> tuple[Row, Row]:
        """The ticket after a partial update, and the audit. Raises 404, 409 ``UpdateConflict``, 422."""
        account, actor = self.account, self.actor
        before = account.ticket(number)
        account.faults.check_record("ticket", "update", values, before)
        self._check_stamp(before, values)
        if before["status"] == "closed":
            raise record_invalid({"status": [{"description": "Status: closed prevents ticket update"}]})
        draft = Draft(account, actor, values, dict(before), before)
        draft.apply()
        sent = values.get("comment")
        comment = None
        if not comments.is_empty(sent):
            comment = comments.read(account, actor, sent, draft.problems)
            self._heard(draft, comment)
        draft.problems.check()
        if comment is None and draft.row == before and not account.config.noop_moves_updated_at:
            return before, self._audit(before, [], account.stamp(), values)
        return self._commit(before, draft.row, comment, values)

    def _check_stamp(self, row: Row, values: Row) -> None:
        """Safe update: applied only if the caller has read the latest version."""
        if values.get("safe_update") not in (True, "true"):
            return
        if times.normal(values.get("updated_stamp")) != row["updated_at"]:
            raise update_conflict()

    def _heard(self, draft: Draft, comment: Row) -> None:
        """A public comment makes the ticket public; one by an end user reopens it."""
        if not comment["public"]:
            return
        row = draft.row
        row["is_public"] = True
        author = self.account.user(comment["author_id"])
        named = {"status", "custom_status_id"} & set(draft.values)
        if author is not None and author["role"] == "end-user" and not named and row["status"] in REOPENED:
            row["status"], row["custom_status_id"] = "open", self.account.records.default_status("open")

    # -- tags
    def tags(self, number: int, values: Row, how: str) -> Row:
        """Set, add or remove tags through the tags resource."""
        key = {"set": "tags", "add": "additional_tags", "remove": "remove_tags"}[how]
        guard: Row = {name: values[name] for name in ("safe_update", "updated_stamp") if name in values}
        return self.update(number, {key: values.get("tags") or [], **guard})[0]

    # -- delete
    def delete(self, number: int) -> Row:
        """Delete softly: the ticket is gone for calls, and stays in exports with status ``deleted``."""
        before = self.account.ticket(number)
        self.account.faults.check_record("ticket", "delete", {}, before)
        row = {**before, "status": "deleted", "previous_status": before["status"], "updated_at": self.account.stamp()}
        self.account.save("ticket", row, self.actor, "delete")
        self._news(TicketChange(before, row, {}, None, self.actor, "soft_deleted"))
        return row

    def restore(self, number: int) -> Row:
        before = self.account.ticket(number, deleted=True)
        row = {**before, "status": before["previous_status"], "updated_at": self.account.stamp()}
        del row["previous_status"]
        self.account.save("ticket", row, self.actor, "restore")
        self._news(TicketChange(before, row, {}, None, self.actor, "undeleted"))
        return row

    def destroy(self, number: int) -> None:
        """Delete a deleted ticket for good."""
        before = self.account.ticket(number, deleted=True)
        self.account.remove("ticket", number, self.actor)
        self._news(TicketChange(before, before, {}, None, self.actor, "permanently_deleted"))

    def system_update(self, number: int, values: Row | None = None) -> Row:
        """A write of the platform's own: exports show the ticket again, ``updated_at`` stays."""
        row = self.account.records.tickets.get(number)
        if row is None:
            raise not_found()
        return self.account.save("ticket", {**row, **(values or {})}, Actor(-1, "system", "system"), "update")

    # -- commit
    def _commit(self, before: Row | None, row: Row, comment: Row | None, values: Row) -> tuple[Row, Row]:
        account, actor = self.account, self.actor
        stamp = account.stamp()
        row.setdefault("created_at", stamp)
        row["updated_at"] = stamp
        if row["status"] in ("solved", "closed"):
            row["solved_at"] = (before or {}).get("solved_at") or stamp
        else:
            row["solved_at"] = None
        events = ticket_rules.changed_events(before, row)
        audit = self._audit(row, events, stamp, values)
        account.save("ticket", row, actor, "create" if before is None else "update")
        stored = None
        if comment is not None:
            stored = comments.store(account, actor, comment, row["id"], audit["id"], stamp)
            shown = comments.shape(account, stored)
            audit["events"].insert(0, {**shown, "id": stored["id"]})
        account.records.audits.put(audit)
        account.records.logs["audit"].put(audit["id"], int(account.clock.now()))
        change = TicketChange(before, row, audit, stored, actor, "created" if before is None else "")
        self._news(change)
        return account.records.tickets.rows[row["id"]], account.records.audits.rows[audit["id"]]

    def _audit(self, row: Row, events: list[Row], stamp: str, values: Row) -> Row:
        ids = self.account.ids
        custom: Any = values.get("metadata")
        return {
            "id": ids.number(), "ticket_id": row["id"], "created_at": stamp,
            "author_id": self.actor.user_id if self.actor.user_id > 0 else -1,
            "metadata": {"system": {}, "custom": custom if isinstance(custom, dict) else {}},
            "events": [{"id": ids.number(), **event} for event in events],
            "via": {"channel": self.actor.channel, "source": {"from": {}, "to": {}, "rel": None}},
        }  # fmt: skip

    def _news(self, change: TicketChange) -> None:
        if self.quiet:
            return
        self.account.hub.ticket_changed(change)
        if change.audit:
            triggers.run(self.account, change)
