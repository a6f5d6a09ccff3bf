import logging
from collections.abc import Iterable, Mapping, Sequence

from odoo import api, models

from odoo.addons.retail_sync.adapter import DeletedRef
from odoo.addons.retail_sync.adapter.contract import Connection, Cursor, Row, Stream

from ....client import errors, ids, limits, poll_cursor, query, soql, times
from ....client.errors import ClientError
from ....client.session import SalesforceSession
from ....mapping.record_kinds import HOUSEHOLD_MARK, is_household, is_person
from .decode import EXTERNAL_ID_FIELD, clean

# A query that took longer than the org, or we, wait for it.
TOO_LONG = frozenset(("READ_TIMEOUT", "QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "OPERATION_TOO_LARGE"))
# Rows that one answer may carry.
MAX_PAGE = soql.MAX_PAGE
MAX_IDS = 1000
KEY_PREFIXES = {"Account": "001", "Contact": "003", "Opportunity": "006", "Order": "801"}

_logger = logging.getLogger(__name__)

# What became of a record: True if it lives, the id it was merged into, None if it was deleted.
Outcome = str | bool | None


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Reading by query: counts, pages in the order of change, records by id, and what became of deleted ones."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _scope(self, stream: Stream) -> str | None:
        """Return the condition a stream's records meet, or None; to be asked after `_readable`.

        The hidden contact of a person account is read with its account, never as a contact. An account that was made
        for a private customer is not read: the customer is the contact.
        """
        conditions = []
        scope = (stream._scope_text() or "").strip()
        if scope:
            self.check_filter(stream, scope)
            conditions.append(f"({scope})")
        if stream.remote_object == "Contact" and self._has_person_accounts(stream):
            conditions.append("(IsPersonAccount = false)")
        if stream.remote_object == "Account" and self._has_households(stream):
            # Most accounts have no id of ours, whatever NOT makes of an empty value.
            key = EXTERNAL_ID_FIELD
            conditions.append(f"({key} = null OR (NOT {key} LIKE '%{HOUSEHOLD_MARK}%'))")
        return " AND ".join(conditions) or None

    @api.model
    def count(self, stream: Stream) -> int:
        """Return how many records are in scope. A load begins with it, so the org's fields are looked at afresh.

        Where that takes the org too long: how many it has in all. A load is not kept from beginning by its progress.
        """
        with self._session(stream.connection_id, "bulk") as session:
            self._refresh(session, stream)
            self._readable(session, stream)
            try:
                return query.count(session, stream.remote_object, self._scope(stream))
            except ClientError as error:
                # A filter that is tried out is checked for what it matches, and nothing else.
                if error.code not in TOO_LONG or "retail_sync_scope_text" in stream.env.context:
                    raise
                _logger.info("%s could not be counted: %s", stream.remote_object, error.code)
            try:
                return limits.record_count(session, stream.remote_object)
            except ClientError as error:
                if error.kind != errors.CONTRACT:
                    raise
                # Our user may not ask for it. That they are many is known by now.
                return int(stream.bulk_threshold) + 1

    @api.private
    @api.model
    def remote_now(self, connection: Connection) -> str:
        """Return the remote clock, ISO text in UTC."""
        with self._session(connection, "standard") as session:
            return limits.server_time(session)

    @api.model
    def begin_cursor(self, stream: Stream) -> Cursor:
        """Return {"since": the remote clock now}: pages are read from the beginning, deletions from then on."""
        return {"since": self.remote_now(stream.connection_id)}

    @api.model
    def cursor_after_load(self, stream: Stream, cursor: Cursor) -> tuple[Cursor, str | None]:
        kept = {name: cursor[name] for name in poll_cursor.LASTING if name in cursor}
        return kept, kept.get("since")

    @api.model
    def cursor_time(self, cursor: Cursor) -> str | bool:
        return cursor.get("modstamp") or cursor.get("since") or False

    @api.model
    def fetch_page(self, stream: Stream, cursor: Cursor, limit: int) -> tuple[list[Row], Cursor, bool]:
        """Return the rows after the cursor's (modstamp, id), which no change elsewhere can shift."""
        after = (cursor["modstamp"], cursor["id"]) if cursor.get("modstamp") else None
        with self._session(stream.connection_id, "bulk") as session:
            rows, more = self._retrying(
                session, stream, lambda fields: self._page(session, stream, fields, after, None, limit)
            )
        if rows:
            cursor = dict(cursor, **position(rows[-1]))
        return rows, cursor, more

    @api.model
    def _page(
        self,
        session: SalesforceSession,
        stream: Stream,
        fields: Sequence[str],
        after: tuple[str, str] | None,
        since: str | None,
        limit: int,
    ) -> tuple[list[Row], bool]:
        """Return (rows, more) of one keyset page."""
        limit = min(limit, MAX_PAGE)
        statement = soql.build_page(stream.remote_object, fields, self._scope(stream), after, since, limit)
        return self._follow(session, query.first(session, statement), limit)

    @api.model
    def _follow(self, session: SalesforceSession, answer: query.QueryPage, limit: int) -> tuple[list[Row], bool]:
        """Return (rows, more) of a page whose first answer is there; the server may give it in several."""
        rows = [clean(row) for row in answer.rows]
        try:
            for part in query.follow(session, answer):
                rows += [clean(row) for row in part]
        except ClientError as error:
            if error.code != "INVALID_QUERY_LOCATOR":
                raise
            # What came is in order, so the rest is simply the next page.
            self._complete_trees(session, rows)
            return rows, True
        self._complete_trees(session, rows)
        return rows, len(rows) >= limit

    @api.model
    def read_by_ids(self, stream: Stream, external_ids: Sequence[str]) -> tuple[list[Row], list[str]]:
        return self._read_by_ids(stream, external_ids)

    @api.model
    def read_in_scope(self, stream: Stream, external_ids: Sequence[str]) -> tuple[list[Row], list[str]]:
        """As read_by_ids, in as few calls; a record outside the stream's scope filter counts as missing."""
        if (stream.filter_text or "").strip():
            self.check_filter(stream, stream.filter_text)
        return self._read_by_ids(stream, external_ids, where=stream.filter_text or None)

    @api.model
    def _read_by_ids(
        self, stream: Stream, external_ids: Sequence[str], where: str | None = None
    ) -> tuple[list[Row], list[str]]:
        """Return (rows, missing ids).

        :param where: a condition, already checked; records that do not meet it are missing
        """
        prefix = KEY_PREFIXES.get(stream.remote_object, "")
        normal = {self.normalise_id(external_id) for external_id in external_ids}
        # A secondary id of another object (a person account's contact) is neither here nor missing.
        wanted = sorted(external_id for external_id in normal if external_id.startswith(prefix))
        rows = []
        with self._session(stream.connection_id, "critical") as session:
            for chunk in soql.chunks(wanted, MAX_IDS):
                rows += self._retrying(
                    session,
                    stream,
                    lambda fields, chunk=chunk: query.by_ids(
                        session, stream.remote_object, ["SystemModstamp", *fields], chunk, where=where
                    ),
                )
            self._complete_trees(session, rows)
        found = {row["Id"] for row in rows}
        return self._own_rows(stream, rows), [external_id for external_id in wanted if external_id not in found]

    @api.model
    def _own_rows(self, stream: Stream, rows: Iterable[Row]) -> list[Row]:
        """Hidden contacts of person accounts are there, and are read with their account; households are not read."""
        if stream.remote_object == "Contact":
            rows = [row for row in rows if not is_person(row)]
        return [clean(row) for row in rows if not is_household(row.get(EXTERNAL_ID_FIELD))]

    @api.model
    def read_by_keys(self, stream: Stream, keys: Sequence[str]) -> list[Row]:
        with self._session(stream.connection_id, "critical") as session:
            rows = self._retrying(
                session,
                stream,
                lambda fields: query.by_values(
                    session, stream.remote_object, ["SystemModstamp", *fields], EXTERNAL_ID_FIELD, sorted(keys)
                ),
            )
            self._complete_trees(session, rows)
            return self._own_rows(stream, rows)

    @api.model
    def resolve_deleted(self, stream: Stream, refs: list[DeletedRef]) -> list[DeletedRef]:
        """Fill in the winners of merges, followed to the end; leave out records that live again."""
        if not refs:
            return []
        with self._session(stream.connection_id, "standard") as session:
            return self._resolve(session, stream, refs)

    @api.model
    def _resolve(self, session: SalesforceSession, stream: Stream, refs: list[DeletedRef]) -> list[DeletedRef]:
        outcomes, asked = {}, set()
        unknown = {self.normalise_id(ref.external_id) for ref in refs}
        while unknown:
            asked |= unknown
            outcomes.update(self._resolve_missing(session, stream, sorted(unknown)))
            unknown = {outcome for outcome in outcomes.values() if isinstance(outcome, str)} - asked
        kept = []
        for ref in refs:
            external_id = self.normalise_id(ref.external_id)
            if outcomes.get(external_id) is True:
                continue
            ref.winner = _winner(external_id, outcomes)
            ref.confirmed = ref.confirmed or external_id in outcomes
            kept.append(ref)
        return kept

    @api.model
    def _resolve_missing(
        self, session: SalesforceSession, stream: Stream, external_ids: Sequence[str]
    ) -> dict[str, Outcome]:
        """Return {id: True if it lives, the id it was merged into, None if deleted}; unknown ids are absent."""
        outcomes = {}
        for chunk in soql.chunks(external_ids, MAX_IDS):
            try:
                rows = query.by_ids(session, stream.remote_object, ["IsDeleted", "MasterRecordId"], chunk, True)
            except ClientError as error:
                if error.code != "INVALID_FIELD" or error.kind != errors.CONTRACT:
                    raise
                # Some objects cannot be merged and have no MasterRecordId.
                rows = query.by_ids(session, stream.remote_object, ["IsDeleted"], chunk, True)
            for row in rows:
                master = row.get("MasterRecordId")
                outcomes[ids.to_18(row["Id"])] = (ids.to_18(master) if master else None) if row["IsDeleted"] else True
        return outcomes


def position(row: Row) -> dict[str, str]:
    return {"modstamp": times.iso(row["SystemModstamp"]), "id": row["Id"]}


def _winner(external_id: str, outcomes: Mapping[str, Outcome]) -> str | None:
    """Return the living end of a chain of merges, or None when it ends in a deletion or a circle."""
    seen = {external_id}
    outcome = outcomes.get(external_id)
    while isinstance(outcome, str):
        if outcome in seen:
            return None
        seen.add(outcome)
        onward = outcomes.get(outcome)
        if onward is True:
            return outcome
        outcome = onward
    return None
