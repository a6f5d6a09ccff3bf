import time

from odoo import api, models

from odoo.addons.retail_sync.adapter.values import DeletedRef, PollResult
from odoo.addons.retail_sync.domain.resilience.faults import FaultClass, FaultError

from ....client import limits, poll_cursor, polling, soql, times
from ....client.errors import ClientError
from ..call_hooks import as_fault
from .by_id import MAX_PAGE, position


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Scheduled polls: one call asks for the changes and deletions of all streams."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def poll(self, backend, flows, limit):
        limit = min(limit, MAX_PAGE)
        results, queries, windows = {}, {}, {}
        with self._session(backend, "standard") as session:
            # Up to when deletions are asked for is a matter of the platform's clock; this call is not counted there.
            remote_now = limits.server_time(session)
            for flow in flows:
                try:
                    queries[f"rows {flow.id}"] = self._poll_query(session, flow, limit)
                except FaultError as fault:
                    if fault.fault_class != FaultClass.contract:
                        raise
                    results[flow.id] = PollResult(error=fault)
                    continue
                since = flow.deleted_until or (flow.cursor or {}).get("since")
                if since:
                    windows[f"gone {flow.id}"] = (flow.remote_object, since, remote_now)
            answers = polling.poll(session, queries, windows) if queries else {}
            for flow in flows:
                if flow.id not in results:
                    results[flow.id] = self._poll_result(session, flow, answers, limit)
        return results

    @api.model
    def _poll_query(self, session, flow, limit):
        try:
            fields = self._readable(session, flow)
        except ClientError as error:
            raise as_fault(error) from None
        start = poll_cursor.start(flow.cursor or {})
        return soql.build_page(flow.remote_object, fields, self._scope(flow), start.after, start.since, limit)

    @api.model
    def _poll_result(self, session, flow, answers, limit):
        """Return one stream's PollResult; its fault stays its own."""
        try:
            rows, more = self._poll_rows(session, flow, answers[f"rows {flow.id}"], limit)
            gone = answers.get(f"gone {flow.id}")
            if isinstance(gone, ClientError):
                raise gone
            last = position(rows[-1]) if rows else None
            result = PollResult(
                rows=rows, cursor=poll_cursor.moved(flow.cursor or {}, last, more, time.time()), more=more
            )
            if gone is not None:
                refs = [DeletedRef(record.id, times.iso(record.deleted_ms)) for record in gone.records]
                result.deleted = self._resolve(session, flow, refs) if refs else []
                result.deleted_until = gone.latest_date_covered
            return result
        except ClientError as error:
            return PollResult(error=as_fault(error))
        except FaultError as fault:
            if fault.fault_class != FaultClass.contract:
                raise
            return PollResult(error=fault)

    @api.model
    def _poll_rows(self, session, flow, answer, limit):
        if not isinstance(answer, ClientError):
            return self._follow(session, answer, limit)
        if answer.code != "INVALID_FIELD" or not self._refresh(session, flow):
            raise answer
        start = poll_cursor.start(flow.cursor or {})
        return self._page(session, flow, self._readable(session, flow), start.after, start.since, limit)
