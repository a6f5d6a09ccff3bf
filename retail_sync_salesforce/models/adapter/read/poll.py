import logging
import time
from collections.abc import Mapping
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import DeletedRef, FaultClass, FaultError, PollResult, as_fault
from odoo.addons.retail_sync.adapter.contract import Connection, Cursor, Row, Stream

from ....client import limits, poll_cursor, polling, query, replication, soql, times
from ....client.errors import ClientError
from ....client.session import SalesforceSession
from .by_id import MAX_PAGE, position

# Faults that no stream has for itself: the way to the org, its limits, or our sign-in.
OF_ALL = frozenset({FaultClass.transient, FaultClass.throttled, FaultClass.auth})
# Objects whose records can be merged.
MERGED_OBJECTS = ("Account", "Contact", "Lead")
# Merges of this minute that one poll follows; of others the next one is reported.
LATEST_MERGES = 200

_logger = logging.getLogger(__name__)


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Scheduled polls: one call asks for the changes and deletions of all streams."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def poll(self, connection: Connection, streams: Stream, limit: int) -> dict[int, PollResult]:
        limit = min(limit, MAX_PAGE)
        results, queries, windows, merged = {}, {}, {}, {}
        with self._session(connection, "standard") as session:
            # Up to when deletions are asked for is a matter of the platform's clock; this call is not counted there.
            remote_now = limits.server_time(session)
            for stream in streams:
                try:
                    queries[f"rows {stream.id}"] = self._poll_query(session, stream, limit)
                    queries.update(self._touched_queries(stream, limit, self._readable(session, stream)))
                except FaultError as fault:
                    if fault.fault_class in OF_ALL:
                        raise
                    results[stream.id] = PollResult(error=fault)
                    continue
                since = stream.deleted_until or (stream.cursor or {}).get("since")
                if since:
                    windows[f"gone {stream.id}"] = (stream.remote_object, since, remote_now)
                    if stream.remote_object in MERGED_OBJECTS:
                        merged[f"merged {stream.id}"] = soql.build_merged(stream.remote_object, since, LATEST_MERGES)
            answers = polling.poll(session, queries, windows, merged) if queries else {}
            for stream in streams:
                if stream.id not in results:
                    results[stream.id] = self._poll_result(session, stream, answers, limit, remote_now)
        return results

    @api.model
    def _poll_query(self, session: SalesforceSession, stream: Stream, limit: int) -> str:
        try:
            fields = self._readable(session, stream)
        except ClientError as error:
            raise as_fault(error) from None
        start = poll_cursor.start(stream.cursor or {})
        return soql.build_page(stream.remote_object, fields, self._scope(stream), start.after, start.since, limit)

    @api.model
    def _poll_result(
        self, session: SalesforceSession, stream: Stream, answers: Mapping[str, Any], limit: int, remote_now: str
    ) -> PollResult:
        """Return one stream's PollResult; its fault stays its own, and that of its deletions theirs."""
        gone = answers.get(f"gone {stream.id}")
        covered = None if gone is None or isinstance(gone, ClientError) else gone.latest_date_covered
        try:
            rows, more = self._poll_rows(session, stream, answers[f"rows {stream.id}"], limit)
            last, cursor = position(rows[-1]) if rows else None, stream.cursor or {}
            # The cursor moves by the records themselves: what their lines report lies behind it.
            touched = self._touched_rows(session, stream, answers)
            result = PollResult(
                rows=[*rows, *touched], cursor=poll_cursor.moved(cursor, last, more, time.time(), covered), more=more
            )
            if more and not cursor.get("at"):
                # Once a sweep: what lies behind its first page is a backlog.
                result.remaining = self._count_after(session, stream, result.cursor or {})
        except ClientError as error:
            return PollResult(error=as_fault(error))
        except FaultError as fault:
            if fault.fault_class in OF_ALL:
                raise
            return PollResult(error=fault)
        self._poll_deletions(session, stream, gone, remote_now, result)
        if result.deletions_error is None:
            self._poll_merges(session, stream, answers.get(f"merged {stream.id}"), result)
        return result

    @api.model
    def _poll_deletions(
        self,
        session: SalesforceSession,
        stream: Stream,
        gone: replication.DeletedPage | ClientError | None,
        remote_now: str,
        result: PollResult,
    ) -> None:
        """Add to a PollResult what was deleted, or why that is not known."""
        if gone is None:
            return
        try:
            if isinstance(gone, ClientError):
                if gone.code not in ("DELETED_WINDOW_LOST", "EXCEEDED_ID_LIMIT"):
                    raise gone
                result.deletions_lost, result.deleted_until = True, remote_now
                return
            refs = [DeletedRef(record.id, times.iso(record.deleted_ms)) for record in gone.records]
            result.deleted = self._resolve(session, stream, refs) if refs else []
            result.deleted_until, result.deletions_lost = gone.latest_date_covered, gone.lost
        except ClientError as error:
            result.deletions_error = as_fault(error)
        except FaultError as fault:
            result.deletions_error = fault

    @api.model
    def _poll_merges(
        self,
        session: SalesforceSession,
        stream: Stream,
        answer: query.QueryPage | ClientError | None,
        result: PollResult,
    ) -> None:
        """Add to a PollResult the merges that the list of deletions, which ends with a whole minute, has not yet.

        Where they can't be read, the next list has them.
        """
        if answer is None or isinstance(answer, ClientError):
            return
        known = {ref.external_id for ref in result.deleted}
        refs = [
            DeletedRef(row["Id"], times.iso(row["SystemModstamp"])) for row in answer.rows if row["Id"] not in known
        ]
        if not refs:
            return
        try:
            result.deleted += self._resolve(session, stream, refs)
        except ClientError as error:
            _logger.info("The latest merges of %s could not be read: %s", stream.remote_object, error.code)

    @api.model
    def _count_after(self, session: SalesforceSession, stream: Stream, cursor: Cursor) -> int | None:
        """Return how many records changed after a cursor's sweep has come, or None where the org does not say."""
        after = poll_cursor.start(cursor).after
        if after is None:
            return None
        conditions = [self._scope(stream), f"SystemModstamp >= {times.iso(after[0])}"]
        try:
            return query.count(session, stream.remote_object, " AND ".join(filter(None, conditions)))
        except ClientError as error:
            # To count is to save calls: where it takes the org too long, pages do.
            _logger.info("The backlog of %s could not be counted: %s", stream.remote_object, error.code)
            return None

    @api.model
    def _poll_rows(
        self, session: SalesforceSession, stream: Stream, answer: query.QueryPage | ClientError, limit: int
    ) -> tuple[list[Row], bool]:
        if not isinstance(answer, ClientError):
            return self._follow(session, answer, limit)
        if answer.code != "INVALID_FIELD" or not self._refresh(session, stream):
            raise answer
        start = poll_cursor.start(stream.cursor or {})
        return self._page(session, stream, self._readable(session, stream), start.after, start.since, limit)
