from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import Answer, EncodedRecord
from odoo.addons.retail_sync.adapter.contract import Connection, Stream
from odoo.addons.retail_sync.domain.canonical.schema import PART_MAIN

from ....client import collections, composite, ids, query, soql
from ....client.errors import CONTRACT, ClientError
from ....client.session import SalesforceSession
from ....mapping.commerce_lines import CASE_ORIGIN, CAUSE_GONE, WORKED_ON
from ....writing.plan import WritePlan
from ....writing.schema import WriteSchema
from ..read.decode import EXTERNAL_ID_FIELD
from .owners import OWNER
from .products import is_new, target_id

CASE, COMMENT = "Case", "CaseComment"
STATUSES = "SELECT ApiName,SortOrder FROM CaseStatus WHERE IsClosed = true ORDER BY SortOrder LIMIT 50"
SEEN = ("CreatedById", "LastModifiedById", "OwnerId", "IsClosed")
# Characters of a comment; Salesforce counts up to 4,000 bytes.
COMMENT_LENGTH = 1000
# Attribute of an outgoing record: what is to be said in its case once it is written.
COMMENT_KEY = "sf_comment"
# What the ids of queues, and of other groups, begin with.
GROUP_PREFIX = "00G"


@dataclass(slots=True)
class Seen:
    """What the org shows of a case. comments: ours and those of others, by their text; ours: ids of our users."""

    row: Mapping[str, Any]
    ours: set[str]
    others: bool = False
    comments: set[str] = field(default_factory=set)


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Cases from order exceptions: given to a queue, closed when the cause is gone and no person has touched them.

    A case that a person works on gets a comment and a flag, and stays open. That a person has worked on it is noted in
    the case with each update, which makes our user the last who changed it. No case is ever opened again: what happens
    anew is a case of its own, below the earlier one.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _place_cases(
        self, session: SalesforceSession, stream: Stream, outgoing: Sequence[EncodedRecord]
    ) -> dict[str, Answer]:
        """Give new cases their queue and origin; note who worked on the others; close those whose cause is gone."""
        schema = WriteSchema(self._write_schema(stream))
        self._find_made(session, outgoing)
        new = [encoded for encoded in outgoing if is_new(encoded) and not target_id(encoded)]
        queues = self._queues(session, stream.connection_id, {_main(e, "queue") for e in outgoing} - {""})
        for encoded in new:
            if schema.writable(True)("Origin"):
                encoded.fields["Origin"] = CASE_ORIGIN
            name = _main(encoded, "queue")
            if queues.get(name) and schema.writable(True)(OWNER):
                encoded.fields[OWNER] = queues[name]
            elif name:
                encoded.warnings.append(
                    self.env._("The org has no queue %s for cases; the case has the owner that the org gives it.", name)
                )
        self._set_person_contacts(session, stream, new)
        known = [case_id for encoded in outgoing if not encoded.fault and (case_id := target_id(encoded))]
        notes = schema.writable(False)(WORKED_ON)
        seen = self._seen(session, known, (*SEEN, WORKED_ON) if notes else SEEN)
        if notes:
            _note_worked_on(outgoing, seen)
        self._solve(session, stream, outgoing, seen)
        return {}

    @api.model
    def _find_made(self, session: SalesforceSession, outgoing: Sequence[EncodedRecord]) -> None:
        """Give new cases the id of the case that the org has under their key; one look for a page of new ones.

        The org has it where the answer to its creation was lost. It may be in a person's hands by now: to send it as a
        new one would put it back into its queue.
        """
        new = {encoded.record.key: encoded for encoded in outgoing if is_new(encoded)}
        if not new:
            return
        for row in query.by_values(session, CASE, (EXTERNAL_ID_FIELD,), EXTERNAL_ID_FIELD, sorted(new)):
            if row.get(EXTERNAL_ID_FIELD) in new:
                new[row[EXTERNAL_ID_FIELD]].fields["Id"] = ids.to_18(row["Id"])

    @api.model
    def _set_person_contacts(self, session: SalesforceSession, stream: Stream, new: Sequence[EncodedRecord]) -> None:
        """Name the contact behind a person account, which the account alone does not bring; one query for 200."""
        alone = [e for e in new if e.fields.get("AccountId") and not e.fields.get("ContactId")]
        if not alone or not stream.connection_id.sudo().sf_person_accounts:
            return
        rows = query.by_ids(session, "Account", ("PersonContactId",), {e.fields["AccountId"] for e in alone})
        contacts = {ids.to_18(row["Id"]): row["PersonContactId"] for row in rows if row.get("PersonContactId")}
        for encoded in alone:
            contact = contacts.get(ids.to_18(encoded.fields["AccountId"]))
            if contact:
                encoded.fields["ContactId"] = contact

    @api.model
    def _flag_solved(self, outgoing: EncodedRecord, plan: WritePlan) -> None:
        """Say on a case whether its cause is gone: for lists and automation there, and to have it written at all."""
        if state_is_news(outgoing) and plan.writable(CAUSE_GONE):
            outgoing.fields[CAUSE_GONE] = _main(outgoing, "state") == "solved"

    @api.model
    def _solve(
        self,
        session: SalesforceSession,
        stream: Stream,
        outgoing: Sequence[EncodedRecord],
        seen: Mapping[str, Seen],
    ) -> None:
        """Close cases whose cause is gone and that no person has touched, and flag the others."""
        solved = [encoded for encoded in outgoing if not encoded.fault and _is_solved(encoded)]
        if not solved:
            return
        closed = self._closed_status(session, stream.connection_id)
        for encoded in solved:
            found = seen.get(target_id(encoded) or "")
            if found is None and (target_id(encoded) or not is_new(encoded)):
                continue  # hidden from our user, or gone: the answer to the write says so
            done = bool(found and found.row.get("IsClosed"))
            untouched = found is None or not _touched(found)
            if untouched and closed and not done:
                encoded.fields["Status"] = closed
            text = "" if done and not untouched else self._comment(encoded, untouched and bool(closed))
            if found is None or text not in found.comments:
                encoded.record.attributes[COMMENT_KEY] = text

    @api.model
    def _comment_solved(
        self, session: SalesforceSession, stream: Stream, written: Sequence[tuple[EncodedRecord, str]]
    ) -> None:
        """Say in the cases that were just written why Odoo closed them, or that their cause is gone; each says it once.

        :param written: cases with their ids
        """
        commented = [(encoded, case_id) for encoded, case_id in written if encoded.record.attributes.get(COMMENT_KEY)]
        comments = [
            {"ParentId": case_id, "CommentBody": encoded.record.attributes[COMMENT_KEY], "IsPublished": False}
            for encoded, case_id in commented
        ]
        refused = [result.error for result in collections.create(session, COMMENT, comments) if result.error]
        passing = next((error for error in refused if error.kind != CONTRACT), None)
        if passing:
            raise passing
        if refused:
            for encoded, _case_id in commented:
                encoded.warnings.append(self.env._("The case has no comment: our user may not write comments."))

    @api.model
    def _comment(self, encoded: EncodedRecord, closes: bool) -> str:
        """Return what a case says about the end of its cause: in the same words each time."""
        text = (
            self.env._("Closed by Odoo: no person had worked on the case.")
            if closes
            else self.env._("The case stays open, because a person has worked on it.")
        )
        why = _main(encoded, "closing_note") or self.env._("The cause is gone.")
        return f"{text} {why}"[:COMMENT_LENGTH]

    # -- what the org shows

    @api.model
    def _seen(self, session: SalesforceSession, case_ids: Sequence[str], names: Sequence[str]) -> dict[str, Seen]:
        """Return {id of a case: Seen}, 200 cases a call: who wrote last, who owns it, who has said something.

        :param names: fields of the case
        """
        found: dict[str, Seen] = {}
        if not case_ids:
            return found
        user_id = session.token().user_id
        for chunk in soql.chunks(case_ids):
            listed = soql.literal(chunk)
            statements = (
                soql.select(CASE, ("Id", *names), f"Id IN {listed}"),
                soql.select(COMMENT, ("ParentId", "CreatedById", "CommentBody"), f"ParentId IN {listed}"),
                soql.select("FeedItem", ("ParentId", "CreatedById", "Type"), f"ParentId IN {listed}"),
            )
            parts = [composite.Subrequest("GET", query.query_path(statement)) for statement in statements]
            cases, comments, feed = composite.composite(session, parts)
            if cases.error and cases.error.kind == CONTRACT and names != SEEN:
                # The package's field was removed since the org was last asked for its fields.
                return self._seen(session, case_ids, SEEN)
            if cases.error:
                raise cases.error
            for row in query.parse_page(cases.body).rows:
                # The connection may have had another user when the case was made.
                found[ids.to_18(row["Id"])] = Seen(row, {user_id, str(row.get("CreatedById"))})
            for answer in (comments, feed):
                # Without the right to read them, or without a feed, the fields of the case have to tell it.
                for row in () if answer.error else query.parse_page(answer.body).rows:
                    _note_voice(found, row)
        return found

    @api.model
    def _queues(self, session: SalesforceSession, connection: Connection, names: set[str]) -> dict[str, str]:
        """Return {name: id} of the queues that take cases; those that do not exist are looked for again each day."""
        if not names:
            return {}
        kept = self._kept(connection, "queues")
        known: dict[str, str] = dict(kept.get("ids") or {})
        unknown = sorted(names - known.keys())
        if unknown:
            where = f"SobjectType = '{CASE}' AND Queue.Name IN {soql.literal(unknown)}"
            rows = query.by_conditions(session, "QueueSobject", ("QueueId", "Queue.Name"), [where])
            found = {(row.get("Queue") or {}).get("Name"): ids.to_18(row["QueueId"]) for row in rows}
            known |= {name: found.get(name, "") for name in unknown}
            self._keep(connection, "queues", {"ids": known, **({"at": kept["at"]} if kept else {})})
        return {name: queue for name, queue in known.items() if queue}

    @api.model
    def _closed_status(self, session: SalesforceSession, connection: Connection) -> str:
        """Return the status with which the org closes cases: the first closed one in its order; "" for none."""
        kept = self._kept(connection, "cases")
        if "closed" not in kept:
            try:
                rows = query.first(session, STATUSES).rows
            except ClientError as error:
                if error.kind != CONTRACT:
                    raise
                rows = []
            rows.sort(key=lambda row: row.get("SortOrder") or 0)
            kept = self._keep(connection, "cases", {"closed": rows[0]["ApiName"] if rows else ""})
        return str(kept["closed"])


def _main(encoded: EncodedRecord, name: str) -> str:
    return str((encoded.record.parts.get(PART_MAIN) or {}).get(name) or "").strip()


def _is_solved(encoded: EncodedRecord) -> bool:
    """Return whether a delivery says that the cause of a case is gone."""
    return state_is_news(encoded) and _main(encoded, "state") == "solved"


def state_is_news(encoded: EncodedRecord) -> bool:
    """Return whether a delivery tells the state of a case."""
    changed = encoded.record.changed
    return changed is None or "state" in changed.get(PART_MAIN, ())


def _touched(seen: Seen) -> bool:
    """Return whether a person has worked on a case: changed it, took it, or said something in it.

    A case that belongs to a queue is taken by no one, whichever queue it is: it may have been made before its queue.
    """
    row = seen.row
    owner = str(row.get(OWNER) or "")
    taken = owner not in seen.ours and not owner.startswith(GROUP_PREFIX)
    return bool(row.get(WORKED_ON)) or seen.others or taken or row.get("LastModifiedById") not in seen.ours


def _note_worked_on(outgoing: Sequence[EncodedRecord], seen: Mapping[str, Seen]) -> None:
    """Note in cases that a person has worked on them: after our update, their last change no longer tells it."""
    for encoded in outgoing:
        found = seen.get(target_id(encoded) or "")
        if found and not encoded.fault and _touched(found) and not found.row.get(WORKED_ON):
            encoded.fields[WORKED_ON] = True


def _note_voice(found: dict[str, Seen], row: Mapping[str, Any]) -> None:
    """Note a comment or a post on its case; what we made ourselves, the feed's own entries among it, is none."""
    seen = found.get(ids.to_18(row["ParentId"]))
    if seen is None:
        return
    if row.get("CommentBody"):
        seen.comments.add(str(row["CommentBody"]))
    seen.others = seen.others or row.get("CreatedById") not in seen.ours
