from datetime import datetime
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...runtime import actions, retention
from ...runtime.erasure import Erasure

COUNTERS = (
    "n_read",
    "n_unchanged",
    "n_linked",
    "n_created",
    "n_updated",
    "n_review",
    "n_failed",
    "n_excluded",
    "n_deleted",
    "n_sent",
    "n_same",
    "n_back",
)
KEEP_DAYS = 90
# Runs that found nothing to do, as SQL, and how long they are kept.
IDLE = (
    "kind IN ('poll', 'push', 'events') AND state = 'done' AND COALESCE(n_failed, 0) = 0"
    " AND (kind <> 'poll' OR COALESCE(n_read, 0) = 0)"
)
IDLE_DAYS = 2


class RetailSyncRun(models.Model):
    """One batch of work.

    While a run works its counters are the sum of its pages, so that two workers
    never write one row; they are stored here when it ends.
    """

    _name = "retail.sync.run"
    _inherit = ["retail.sync.bounded.read"]
    _description = "Run"
    _erasure = Erasure(quotes=("message", "samples"))
    _order = "id desc"

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id")
    stream_id = fields.Many2one("retail.sync.stream", ondelete="cascade", index=True)
    kind = fields.Selection(
        [
            ("initial", "First load"),
            ("dry", "Dry run"),
            ("poll", "Poll"),
            ("backlog", "Backlog"),
            ("deletions", "Deletion check"),
            ("records", "Selected records"),
            ("push", "Delivery"),
            ("ingest", "Bulk delivery"),
            ("events", "Events"),
            ("history", "History"),
        ],
        required=True,
    )
    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Stopped"),
        ],
        default="pending",
        required=True,
        index=True,
    )
    mode = fields.Selection([("bulk", "Bulk"), ("pages", "Pages")], help="How the records were read.", string="Read by")
    next_run_id = fields.Many2one(
        "retail.sync.run",
        ondelete="set null",
        # Each run that is deleted asks whether another one names it.
        index="btree_not_null",
        help="Starts when this run ends: streams that others refer to are read first.",
    )
    total = fields.Integer(help="Records in scope when the run began.", string="In scope")
    n_read = fields.Integer("Read")
    n_unchanged = fields.Integer("Unchanged")
    n_linked = fields.Integer("Linked", help="Records matched to a customer that existed in Odoo.")
    n_created = fields.Integer("Created")
    n_updated = fields.Integer("Updated")
    n_review = fields.Integer("To review", help="Records that wait for a match review.")
    n_failed = fields.Integer("Failed", help="Records that could not be processed. Each is an exception.")
    n_excluded = fields.Integer("Excluded", help="Records left out deliberately, such as records out of scope.")
    n_deleted = fields.Integer("Deleted")
    n_sent = fields.Integer("Sent", help="Records that the platform accepted.")
    n_same = fields.Integer("Unchanged on the platform", help="Records whose values were the same on both sides.")
    n_back = fields.Integer("Retried", help="Records not accepted yet. They are retried automatically.")
    api_calls = fields.Integer("API calls")
    cursor_before = fields.Json()
    cursor_after = fields.Json()
    read_at = fields.Datetime(help="When the platform's bulk query was asked for, on the database's clock.")
    remote_job = fields.Json(help="State of the platform's bulk job.")
    samples = fields.Json(help="Examples of each outcome, masked.")
    started_at = fields.Datetime(string="Started")
    ended_at = fields.Datetime(string="Ended")
    seconds = fields.Float(compute="_compute_speed", help="From start to end, or until now.")
    records_per_second = fields.Float(compute="_compute_speed", string="Records/s")
    message = fields.Text(readonly=True)
    correlation_id = fields.Char(
        readonly=True, index=True, help="Identifies the jobs, calls and messages of this run.", string="Correlation id"
    )
    page_ids = fields.One2many("retail.sync.page", "run_id")

    _retention_idx = models.Index("(ended_at) WHERE ended_at IS NOT NULL")
    # Most runs are polls and deliveries that changed nothing, and these go first.
    _idle_idx = models.Index(f"(ended_at) WHERE {IDLE}")
    _one_load = models.UniqueIndex(
        "(stream_id) WHERE kind IN ('initial', 'dry', 'backlog') AND state IN ('pending', 'running')",
        "A load of this stream is under way already.",
    )
    _one_history = models.UniqueIndex(
        "(stream_id) WHERE kind = 'history' AND state IN ('pending', 'running')",
        "The history of this stream is being sent already.",
    )
    _one_deletion_check = models.UniqueIndex(
        "(stream_id) WHERE kind = 'deletions' AND state IN ('pending', 'running')",
        "A deletion check of this stream is under way already.",
    )

    @api.depends("started_at", "ended_at", "n_read", "n_sent")
    def _compute_speed(self) -> None:
        counters = self._live_counters()
        for run in self:
            end = run.ended_at or fields.Datetime.now()
            run.seconds = (end - run.started_at).total_seconds() if run.started_at else 0.0
            # A delivery counts what it sent.
            read = counters[run]["n_read"] or run.n_sent
            run.records_per_second = read / run.seconds if run.seconds else 0.0

    def _compute_display_name(self) -> None:
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for run in self:
            run.display_name = f"{kinds.get(run.kind)} {run.stream_id.name or run.connection_id.name} #{run.id}"

    def _live_counters(self) -> dict["RetailSyncRun", dict[str, int]]:
        """Return {run: {counter: int}}: what is stored, plus what pages not yet folded in have counted. One query."""
        counters = {run: {name: run[name] for name in (*COUNTERS, "api_calls")} for run in self}
        if self.ids:
            by_id = {run._origin.id: totals for run, totals in counters.items()}
            self.env["retail.sync.page"].sudo().flush_model()
            rows = self.env.execute_query(
                SQL(
                    "SELECT page.run_id, entry.key, SUM(entry.value::int) FROM retail_sync_page page,"
                    " jsonb_each_text(page.counters) entry"
                    " WHERE page.run_id = ANY(%s) AND page.counters IS NOT NULL GROUP BY page.run_id, entry.key",
                    self.ids,
                )
            )
            for run_id, name, value in rows:
                by_id[run_id][name] = by_id[run_id].get(name, 0) + int(value)
        return counters

    def _live_samples(self, most: int = 5) -> Any:
        """Return {outcome: masked examples}, of pages still there or of the ended run."""
        self.ensure_one()
        samples = {outcome: list(examples) for outcome, examples in (self.samples or {}).items()}
        for page in self.sudo().page_ids.filtered("samples"):
            for outcome, examples in page.samples.items():
                samples.setdefault(outcome, []).extend(examples[: most - len(samples.get(outcome, []))])
        return samples

    def _start(self, at: datetime | None = None) -> None:
        """Note that the run works. at: since when, if not since now."""
        self.write({"state": "running", "started_at": at or fields.Datetime.now()})

    def _finish(self, state: str = "done", message: bool = False) -> None:
        """Close the run: fold the pages' counters in and drop the pages, which are no longer needed."""
        for run, totals in self._live_counters().items():
            if run.kind == "dry":
                totals["samples"] = run._live_samples()
            run.sudo().page_ids.unlink()
            run._forget_snapshot()
            run.write(dict(totals, state=state, message=message, ended_at=fields.Datetime.now()))

    def _forget_snapshot(self) -> None:
        """Hook: drop what was kept of this run until its end."""

    def _continue_with(self, following: "RetailSyncRun") -> None:
        """Hook: begin the run that waits for this one, which failed."""

    def _restart_bulk(self) -> None:
        """Hook: ask the platform for a new bulk job, because it lost the one of this run."""

    def action_exceptions(self) -> Any:
        self.ensure_one()
        self.check_access("read")
        return actions.list_of(self.env, "retail_sync.action_exception", [("run_id", "=", self.id)], context={})

    @retention.batched
    def _gc_runs(self) -> retention.Progress:
        """Delete the traces of polls that changed nothing after 2 days, of all others after the days of Settings."""
        idle = SQL("%s AND ended_at < %s", SQL(IDLE), fields.Datetime.subtract(fields.Datetime.now(), days=IDLE_DAYS))
        done, remaining = retention.delete_expired(self, idle, SQL("ended_at"))
        limit = retention.before(self.env, "keep_runs_days", KEEP_DAYS)
        if remaining or not limit:
            return done, remaining
        old = SQL("ended_at < %s", limit)
        more, remaining = retention.delete_expired(self, old, SQL("ended_at"))
        return done + more, remaining

    def _summary(self) -> str:
        """Return the run in one line, for people who watch."""
        self.ensure_one()
        labels = {name: self._fields[name].string.lower() for name in COUNTERS}
        counts = ", ".join(f"{self[name]} {labels[name]}" for name in COUNTERS if self[name])
        tail = f" - {self.message}" if self.message else ""
        return f"{self.display_name}: {counts or 'nothing new'}{tail}"


def of_ended(table: str) -> SQL:
    """Return the condition of rows whose run has ended."""
    return SQL(
        "EXISTS (SELECT FROM retail_sync_run run WHERE run.id = %s AND run.state NOT IN ('pending', 'running'))",
        SQL.identifier(table, "run_id"),
    )
