from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Cursor, Row, Stream

from ....client import bulk_query, errors, limits, poll_cursor, soql, times
from ....client.errors import ClientError
from ....client.session import SalesforceSession


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Loads, backlogs and ids by Bulk API 2.0: one call for thousands of rows.

    Cursor: {"job": id, "version": API version it was made with, "since": remote clock at its creation, "locator": of
    the next result page}.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def bulk_begin(self, stream: Stream) -> Cursor:
        return self._begin_job(stream)

    @api.model
    def bulk_begin_changes(self, stream: Stream, cursor: Cursor) -> Cursor:
        begin = poll_cursor.start(cursor)
        since = begin.after[0] if begin.after else begin.since
        begun = self._begin_job(stream, f"SystemModstamp >= {times.iso(since)}" if since else None)
        return {**begun, **poll_cursor.after_backlog(cursor, begun["since"])}

    @api.model
    def bulk_begin_ids(self, stream: Stream) -> Cursor:
        with self._session(stream.connection_id, "bulk") as session:
            statement = soql.select(stream.remote_object, ("Id", "SystemModstamp"))
            return self._job_cursor(session, bulk_query.create_job(session, statement))

    @api.model
    def _begin_job(self, stream: Stream, where: str | None = None) -> Cursor:
        """Ask for all fields of the records in scope that meet a condition, built here; return the cursor."""
        with self._session(stream.connection_id, "bulk") as session:

            def create(fields: list[str]) -> dict[str, Any]:
                columns = ("Id", "SystemModstamp", *fields)
                conditions = [condition for condition in (self._scope(stream), where) if condition]
                statement = soql.select(stream.remote_object, columns, " AND ".join(conditions) or None)
                return bulk_query.create_job(session, statement)

            return self._job_cursor(session, self._retrying(session, stream, create))

    @api.model
    def _job_cursor(self, session: SalesforceSession, job: dict[str, Any]) -> Cursor:
        created = job.get("createdDate")
        since = times.iso(times.parse_ms(created)) if created else limits.server_time(session)
        return {"job": job["id"], "version": session.version, "since": since}

    @api.model
    def bulk_ready(self, stream: Stream, cursor: Cursor) -> tuple[bool, Cursor]:
        with self._bulk_session(stream, cursor) as session:
            try:
                job = bulk_query.job(session, cursor["job"])
            except ClientError as error:
                if error.code == "BULK_JOB_FAILED" and error.kind == errors.CONTRACT and self._refresh(session, stream):
                    # A field went between the start of the job and its run: the next job asks without it.
                    raise FaultError(FaultClass.transient, "BULK_JOB_LOST", error.message) from None
                raise
        return job["state"] == bulk_query.JOB_COMPLETE, cursor

    @api.model
    def bulk_fetch(self, stream: Stream, cursor: Cursor, limit: int) -> tuple[list[Row], Cursor | None]:
        with self._bulk_session(stream, cursor) as session:
            with bulk_query.results(session, cursor["job"], cursor.get("locator"), limit) as page:
                rows = list(page.dicts())
        if not page.next_locator:
            return rows, None
        return rows, dict(cursor, locator=page.next_locator)

    @api.model
    def list_versions(self, stream: Stream, cursor: Cursor | None, limit: int) -> tuple[list[Any], Cursor | None]:
        """As the contract says, by a bulk query of ids and moments of change alone: a few megabytes for 200,000."""
        if cursor is None:
            return [], self._versions_begin(stream)
        if not cursor.get("ready"):
            ready, cursor = self.bulk_ready(stream, cursor)
            if not ready:
                return [], cursor
        rows, following = self.bulk_fetch(stream, dict(cursor, ready=True), limit)
        return [self.row_key(stream, row) for row in rows], following

    @api.model
    def _versions_begin(self, stream: Stream) -> Cursor:
        with self._session(stream.connection_id, "bulk") as session:

            def create(_fields: list[str]) -> dict[str, Any]:
                columns = ("Id", "SystemModstamp")
                return bulk_query.create_job(session, soql.select(stream.remote_object, columns, self._scope(stream)))

            job = self._retrying(session, stream, create)
            return {"job": job["id"], "version": session.version}

    @api.model
    @contextmanager
    def _bulk_session(self, stream: Stream, cursor: Cursor | None) -> Iterator[SalesforceSession]:
        """Yield a session with the API version that the job was made with: it answers no other."""
        if not cursor or not cursor.get("job"):
            raise FaultError(FaultClass.transient, "BULK_JOB_LOST", "The load has no bulk job.")
        try:
            with self._session(stream.connection_id, "bulk", cursor.get("version")) as session:
                yield session
        except FaultError as fault:
            if fault.code != "BULK_VERSION_CHANGED":
                raise
            raise FaultError(FaultClass.transient, "BULK_JOB_LOST", fault.message) from None
