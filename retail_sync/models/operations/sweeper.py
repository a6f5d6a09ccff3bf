from odoo import _, api, fields, models
from odoo.tools import SQL

from ...runtime.constants import ALIVE, OPEN_MESSAGE_STATES
from .job_failures import DEATHS


class RetailSyncHealth(models.AbstractModel):
    """The sweeper: work that has no job any more, because a killed worker calls no hook."""

    _inherit = "retail.sync.health"

    @api.model
    def _sweep(self):
        """Find work that has no job any more and see to it. Harmless when there is none."""
        for connection in self.env["retail.sync.connection"].sudo().search([("active", "=", True)]):
            self._sweep_pages(connection)
            self._sweep_runs(connection)
            self._alert(connection)
            self.env["retail.sync.deferred.parents"].sudo()._link(connection)
            self.env["retail.sync.inbox"].sudo()._sweep_events(connection)
        self._sweep_out()
        self.env["retail.sync.identity.learning"].sudo()._sweep()
        self.env["retail.sync.duplicate.search"].sudo()._sweep()
        self.env["retail.sync.exceptions"].sudo()._reopen_stale()
        due = (
            self.env["retail.sync.message"]
            .sudo()
            .search([("state", "=", "retrying"), ("next_try_at", "<=", fields.Datetime.now())], limit=2000)
        )
        due._retry("standard")

    @api.model
    def _sweep_out(self):
        """See to changes of plain SQL, messages whose worker died, tries that are due, triggers that are gone."""
        self.env["retail.sync.capture"].sudo()._refresh()
        if self.env["retail.sync.change"].sudo().search_count([], limit=1):
            self.env["retail.sync.job.trigger"].sudo()._trigger("route")
        outbox = self.env["retail.sync.outbox"].sudo()
        outbox._left_behind()
        self._end_dead_deliveries()
        self.env["retail.sync.write.intent"].sudo()._sweep()
        self.env["retail.sync.bulk.outbound"].sudo()._sweep()
        sending = self.env["retail.sync.stream"]._sending()
        for connection in sending.connection_id:
            outbox._release_ready(connection)
        outbox._trigger_due(sending)

    @api.model
    def _end_dead_deliveries(self):
        """End the runs of deliveries whose worker died: no job that had begun before them is still at work."""
        self.env["retail.sync.run"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT run.id FROM retail_sync_run run WHERE run.kind = 'push' AND run.state = 'running'"
                " AND run.started_at < now() AT TIME ZONE 'UTC' - interval '5 seconds'"
                " AND NOT EXISTS (SELECT FROM queue_job job WHERE job.method_name = '_job_drain'"
                " AND job.state = 'started' AND job.date_started <= run.started_at + interval '1 second')"
            )
        )
        for run in self.env["retail.sync.run"].sudo().browse([run_id for (run_id,) in rows]):
            run._finish("failed", _("The worker died; what it had in hand is sent again."))

    @api.model
    def _sweep_pages(self, connection):
        """Pages whose job failed while its worker was being killed, or was cancelled by hand."""
        rows = self.env.execute_query(
            SQL(
                "SELECT page.id FROM retail_sync_page page JOIN retail_sync_run run ON run.id = page.run_id"
                " WHERE page.state = 'pending' AND run.connection_id = %s AND run.state IN ('pending', 'running')"
                " AND NOT EXISTS (SELECT FROM queue_job job WHERE job.uuid = page.job_uuid AND job.state = ANY(%s))",
                connection.id,
                list(ALIVE),
            )
        )
        for (page_id,) in rows:
            page = self.env["retail.sync.page"].sudo().browse(page_id)
            page.deaths += 1
            if page.deaths >= DEATHS:
                self._on_page_failed(page, _("The worker died over this record."))
            else:
                self.env["retail.sync.loader"]._enqueue_page(page)

    @api.model
    def _sweep_runs(self, connection):
        """Runs that are under way although no job of theirs is."""
        runs = (
            self.env["retail.sync.run"]
            .sudo()
            .search(
                [
                    ("connection_id", "=", connection.id),
                    ("state", "in", ["pending", "running"]),
                    ("kind", "in", ["initial", "dry"]),
                ]
            )
        )
        # Runs that wait for another one have no job yet, and rightly so.
        for run in runs - runs.next_run_id.filtered(lambda run: run.state == "pending"):
            busy = (
                self.env["queue.job"]
                .sudo()
                .search_count(
                    [
                        ("model_name", "=", "retail.sync.loader"),
                        ("state", "in", list(ALIVE)),
                        "|",
                        ("func_string", "like", f"({run.id})"),
                        ("func_string", "like", f"({run.id},"),
                    ],
                    limit=1,
                )
            )
            if busy:
                continue
            state = run.remote_job or {}
            if state and not state.get("done") and run.mode == "bulk":
                # Whether the platform's job was ready is not known any more; asking twice does no harm.
                self.env["retail.sync.loader"]._enqueue("_job_wait", run, 0)
                continue
            step = "_job_finish" if state.get("done") else "_job_fetch" if state else "_job_begin"
            self.env["retail.sync.loader"]._enqueue(step, run)

    @api.model
    def _alert(self, connection):
        """Tell people once when calls to a platform stop, and once when they pass again."""
        call_guard = connection.sudo().call_guard_ids[:1]
        state = "open" if call_guard.shown_state() != "closed" else "closed"
        if not call_guard or state == connection.alerted_state:
            return
        connection.alerted_state = state
        if state == "open":
            text = call_guard.reason or _("Calls to %s were stopped.", connection.name)
            self.env["retail.sync.exceptions"].sudo()._technical(
                connection, "BREAKER_OPEN", text, f"connection/{connection.id}", fault_class="transient"
            )
            note = _("Calls are stopped: %s Work in hand waits and is not lost.", text)
        else:
            self.env["retail.sync.message"].sudo().search(
                [
                    ("connection_id", "=", connection.id),
                    ("key", "=", f"connection/{connection.id}"),
                    ("state", "in", list(OPEN_MESSAGE_STATES)),
                ]
            )._resolve(_("Calls pass again"))
            note = _("Calls pass again.")
        connection.sudo().message_post(
            body=note, partner_ids=connection.sudo().team_user_id.partner_id.ids, subtype_xmlid="mail.mt_comment"
        )
