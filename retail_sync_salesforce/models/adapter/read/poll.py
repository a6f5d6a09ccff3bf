import time
from collections.abc import Mapping
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import DeletedRef, FaultClass, FaultError, PollResult
from odoo.addons.retail_sync.adapter.contract import Connection, Row, Stream

from ....client import limits, poll_cursor, polling, query, soql, times
from ....client.errors import ClientError
from ....client.session import SalesforceSession
from ....writing.faults import as_fault
from .by_id import MAX_PAGE, position


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Scheduled polls: one call asks for the changes and deletions of all streams."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def poll(self, connection: Connection, streams: Stream, limit: int) -> dict[int, PollResult]:
        limit = min(limit, MAX_PAGE)
        results, queries, windows = {}, {}, {}
        with self._session(connection, "standard") as session:
            # Up to when deletions are asked for is a matter of the platform's clock; this call is not counted there.
            remote_now = limits.server_time(session)
            for stream in streams:
                try:
                    queries[f"rows {stream.id}"] = self._poll_query(session, stream, limit)
                except FaultError as fault:
                    if fault.fault_class != FaultClass.contract:
                        raise
                    results[stream.id] = PollResult(error=fault)
                    continue
                since = stream.deleted_until or (stream.cursor or {}).get("since")
                if since:
                    windows[f"gone {stream.id}"] = (stream.remote_object, since, remote_now)
            answers = polling.poll(session, queries, windows) if queries else {}
            for stream in streams:
                if stream.id not in results:
                    results[stream.id] = self._poll_result(session, stream, answers, limit)
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
        self, session: SalesforceSession, stream: Stream, answers: Mapping[str, Any], limit: int
    ) -> PollResult:
        """Return one stream's PollResult; its fault stays its own."""
        try:
            rows, more = self._poll_rows(session, stream, answers[f"rows {stream.id}"], limit)
            gone = answers.get(f"gone {stream.id}")
            if isinstance(gone, ClientError):
                raise gone
            last = position(rows[-1]) if rows else None
            result = PollResult(
                rows=rows, cursor=poll_cursor.moved(stream.cursor or {}, last, more, time.time()), more=more
            )
            if gone is not None:
                refs = [DeletedRef(record.id, times.iso(record.deleted_ms)) for record in gone.records]
                result.deleted = self._resolve(session, stream, refs) if refs else []
                result.deleted_until = gone.latest_date_covered
            return result
        except ClientError as error:
            return PollResult(error=as_fault(error))
        except FaultError as fault:
            if fault.fault_class != FaultClass.contract:
                raise
            return PollResult(error=fault)

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
