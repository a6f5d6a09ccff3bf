import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...runtime import actions, retention, rights
from ...runtime.erasure import Erasure
from ...runtime.rights import Role
from . import repair, steps
from .difference import KEEP_DAYS, KINDS, OPEN_STATES


class RetailSyncComparison(models.Model):
    """One comparison of both sides of a stream: the safety net for what neither capture nor polls can see."""

    _name = "retail.sync.comparison"
    _description = "Comparison of both sides"
    _erasure = Erasure(quotes=("message", "position"))
    _order = "id desc"

    connection_id = fields.Many2one(related="stream_id.connection_id", store=True, index=True)
    company_id = fields.Many2one(related="connection_id.company_id")
    stream_id = fields.Many2one("retail.sync.stream", required=True, ondelete="cascade", index=True, readonly=True)
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
        readonly=True,
    )
    reason = fields.Selection(
        [("schedule", "Schedule"), ("person", "Started by a user"), ("activated", "Switched on again")],
        default="person",
        required=True,
        readonly=True,
        help="Switched on again: a connection, stream or field mapping was off, and edits of that time are searched.",
    )
    repairs = fields.Boolean(
        readonly=True,
        string="Repairs automatically",
        help="Differences that need no preview are repaired when the comparison ends: values are sent or read.",
    )
    started_at = fields.Datetime(readonly=True, string="Started")
    ended_at = fields.Datetime(readonly=True, string="Ended")
    n_remote = fields.Integer("On the platform", readonly=True, help="Records of the stream on the platform.")
    n_links = fields.Integer("Linked", readonly=True, help="Linked records that were compared.")
    n_slices = fields.Integer("Slices", readonly=True, help="Slices of linked records that were compared.")
    n_read = fields.Integer("Read in full", readonly=True, help="Records whose values were read on the platform.")
    n_waiting = fields.Integer(
        "In progress", readonly=True, help="Records with a waiting message or change. They are not differences."
    )
    n_failed = fields.Integer(
        "Not compared", readonly=True, help="Records that could not be compared. The server's log has the reason."
    )
    n_found = fields.Integer("Differences", readonly=True, help="Differences that this comparison found.")
    difference_count = fields.Integer("Open differences", compute="_compute_difference_count")
    kind_counts = fields.Text(compute="_compute_kind_counts", string="Open differences by kind")
    api_calls = fields.Integer("API calls", readonly=True)
    remote_job = fields.Json(readonly=True, help="State of the platform's list of versions.")
    position = fields.Char(readonly=True, help="External id of the last record compared.")
    step = fields.Char(readonly=True, help="What the next job does.")
    correlation_id = fields.Char(
        readonly=True, default=lambda self: uuid.uuid4().hex, help="Identifies the jobs and calls of this comparison."
    )
    message = fields.Text(readonly=True)
    difference_ids = fields.One2many("retail.sync.difference", "comparison_id")

    _one_open = models.UniqueIndex(
        "(stream_id) WHERE state IN ('pending', 'running')", "A comparison of this stream is in progress."
    )

    @api.depends("stream_id.name", "started_at")
    def _compute_display_name(self):
        for comparison in self:
            comparison.display_name = f"{comparison.stream_id.name} #{comparison.id or ''}"

    @api.depends("difference_ids.state")
    def _compute_difference_count(self):
        rows = self.env["retail.sync.difference"]._read_group(
            [("comparison_id", "in", self.ids), ("state", "in", OPEN_STATES)], ["comparison_id"], ["__count"]
        )
        counts = {comparison.id: count for comparison, count in rows}
        for comparison in self:
            comparison.difference_count = counts.get(comparison.id, 0)

    @api.depends("difference_ids.state")
    def _compute_kind_counts(self):
        labels = dict(self.env["retail.sync.difference"]._fields["kind"]._description_selection(self.env))
        for comparison in self:
            counts = comparison._counts()
            comparison.kind_counts = "\n".join(f"{labels[kind]}: {count}" for kind, count in counts.items())

    @api.model
    def _begin(self, streams, reason="person", repairs=False):
        """Queue a comparison of each stream that has none in progress; return those that were queued."""
        busy = self.sudo().search([("stream_id", "in", streams.ids), ("state", "in", ["pending", "running"])])
        todo = streams - busy.stream_id
        found = self.sudo().create([{"stream_id": stream.id, "reason": reason, "repairs": repairs} for stream in todo])
        for comparison in found:
            steps.enqueue(self.env, comparison, "_job_compare_list")
        return found

    @api.model
    def _cron_compare(self):
        """Begin the comparisons that are due; for the night, in the bulk lane."""
        self.sudo()._end_dead()
        due = (
            self.env["retail.sync.stream"]
            .sudo()
            .search(
                [("comparison_schedule", "!=", "off"), ("state", "=", "live"), ("connection_id.state", "=", "running")]
            )
        )
        self._begin(due.filtered(lambda stream: stream._comparison_due()), "schedule")

    def _end_dead(self):
        """Fail the comparisons that no job works on any more."""
        running = self.search([("state", "in", ["pending", "running"])])
        jobs = (
            self.env["queue.job"]
            .sudo()
            .search(
                [
                    ("model_name", "=", "retail.sync.comparison.jobs"),
                    ("state", "in", ["pending", "enqueued", "started", "wait_dependencies"]),
                ]
            )
        )
        alive = {job.args[0] for job in jobs}
        for comparison in running.filtered(lambda found: found.id not in alive):
            steps.fail(comparison, self.env._("The worker died. Compare again."))

    @retention.batched
    def _gc_comparisons(self) -> retention.Progress:
        """Delete comparisons that ended before the days of Settings and have no open difference."""
        limit = retention.before(self.env, "keep_comparisons_days", KEEP_DAYS)
        if not limit:
            return 0, 0
        ended = SQL(
            "ended_at < %s AND state IN ('done', 'failed', 'cancelled') AND NOT EXISTS (SELECT FROM"
            " retail_sync_difference found WHERE found.comparison_id = retail_sync_comparison.id"
            " AND found.state = ANY(%s))",
            limit,
            list(OPEN_STATES),
        )
        return retention.delete_expired(self, ended, SQL("ended_at"))

    # -- what people do

    def action_cancel(self):
        """Stop these comparisons; what they found so far stays."""
        rights.require(self, Role.steward).filtered(lambda found: found.state in ("pending", "running")).write(
            {"state": "cancelled", "ended_at": fields.Datetime.now()}
        )
        return True

    def action_differences(self):
        """Open the differences of this comparison, of one kind where the context names it."""
        self.ensure_one()
        self.check_access("read")
        domain = [("comparison_id", "=", self.id)]
        return actions.list_of(self.env, "retail_sync.action_difference", domain)

    def action_repair_all(self):
        """Open the preview of what a repair of all open differences does."""
        self.ensure_one()
        rights.require(self, Role.steward)
        open_differences = self.difference_ids.filtered(lambda difference: difference.state == "open")
        if not open_differences:
            raise UserError(self.env._("This comparison has no open difference."))
        return repair.preview(self.env, open_differences)

    def _counts(self):
        """Return {kind: count of open differences} in the order of the kinds."""
        rows = self.env["retail.sync.difference"]._read_group(
            [("comparison_id", "in", self.ids), ("state", "in", OPEN_STATES)], ["kind"], ["__count"]
        )
        counts = dict(rows)
        return {kind: counts[kind] for kind, _label in KINDS if kind in counts}
