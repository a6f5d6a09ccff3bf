from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...runtime import actions
from ...runtime.constants import ALIVE
from . import finder

# Partners that one job compares: about two seconds of work, so that other lanes get their turn.
SLICE = 1000
# The share of a search that comparing takes; the rest makes groups of what was found.
COMPARING = 0.8


class RetailSyncDuplicateSearch(models.Model):
    """A run of the duplicate finder: all customers, or those that changed since the last one."""

    _name = "retail.sync.duplicate.search"
    _description = "Search for duplicates"
    _order = "id desc"

    display_name = fields.Char(compute="_compute_display_name")
    kind = fields.Selection(
        [("all", "All customers"), ("changed", "Changed customers")],
        string="Looks at",
        required=True,
        default="all",
        readonly=True,
        help="The first search looks at all customers. Later ones look at those that changed, which takes seconds.",
    )
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("cancelled", "Stopped"), ("failed", "Failed")],
        default="running",
        required=True,
        readonly=True,
        help="What a stopped or failed search did not come to, the next one does.",
    )
    step = fields.Selection(
        [("compare", "Comparing customers"), ("group", "Making groups")],
        default="compare",
        required=True,
        readonly=True,
        help="Customers are compared first; then groups are made of those who are alike.",
    )
    total = fields.Integer(string="Customers", readonly=True, help="Customers that this search compares.")
    looked = fields.Integer(
        string="Compared", compute="_compute_progress", help="Customers that were compared so far with those like them."
    )
    progress = fields.Float(compute="_compute_progress", help="How much of the search is done, in percent.")
    found = fields.Integer(string="Groups found", readonly=True, help="Groups of duplicates after this search.")
    started_at = fields.Datetime(string="Started", default=fields.Datetime.now, readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    create_uid = fields.Many2one("res.users", string="Started by", readonly=True)
    message = fields.Char(readonly=True, help="What went wrong, if anything did.")
    slice_ids = fields.One2many("retail.sync.duplicate.slice", "search_id", readonly=True)

    _one_running = models.UniqueIndex("(state) WHERE state = 'running'", "A search for duplicates is running already.")

    @api.depends("kind", "started_at")
    def _compute_display_name(self):
        for search in self:
            moment = fields.Datetime.context_timestamp(search, search.started_at) if search.started_at else None
            search.display_name = (
                self.env._("Search of %s", moment.strftime("%Y-%m-%d %H:%M")) if moment else self.env._("Search")
            )

    @api.depends("slice_ids.done", "total", "state")
    def _compute_progress(self):
        sums = {
            (search, step, done): size
            for search, step, done, size in self.env["retail.sync.duplicate.slice"]
            .sudo()
            ._read_group([("search_id", "in", self.ids)], ["search_id", "step", "done"], ["size:sum"])
        }
        for search in self:
            search.looked = sums.get((search, "compare", True), 0)
            grouped, waiting = (sums.get((search, "group", done), 0) for done in (True, False))
            share = COMPARING * search.looked / (search.total or 1)
            share += (1 - COMPARING) * grouped / (grouped + waiting or 1)
            search.progress = 100.0 if search.state == "done" else 100.0 * min(share, 1)

    @api.model
    def action_start(self):
        """Start a search, or show the one that runs; return the action that shows it."""
        self.env["retail.sync.duplicate.group"].check_access("write")
        search = self.sudo().search([("state", "=", "running")], limit=1) or self.sudo()._start()
        return actions.open_record(search)

    @api.model
    def _start(self, everything=False):
        """Start a search in slices of the customers; of all of them the first time."""
        self.flush_model()
        # One of all that was stopped has not compared everybody, and what changed since is no measure of that.
        everybody = self.search([("kind", "=", "all")], limit=1)
        kind = "all" if everything or everybody.state != "done" else "changed"
        search = self.create({"kind": kind})
        finder.begin(self.env, search)
        return search

    def action_start_all(self):
        """Look at all customers once more: after an import, or with other weights."""
        self.env["retail.sync.duplicate.group"].check_access("write")
        if self.sudo().search([("state", "=", "running")], limit=1):
            raise UserError(self.env._("A search is running. Wait for it, or stop it first."))
        search = self.sudo()._start(everything=True)
        return dict(self.action_start(), res_id=search.id)

    def action_cancel(self):
        """Stop the search; jobs that wait find that it is stopped and end."""
        self.env["retail.sync.duplicate.group"].check_access("write")
        running = self.sudo().filtered(lambda search: search.state == "running")
        running.write({"state": "cancelled", "ended_at": fields.Datetime.now()})

    def action_open_groups(self):
        return actions.list_of(self.env, "retail_sync.action_duplicate_group")

    def action_refresh(self):
        """Show how far the search is by now."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _cron_search(self):
        """Look at what changed, each night, once somebody has started a first search."""
        if self.search([("state", "=", "done")], limit=1) and not self.search([("state", "=", "running")], limit=1):
            [(waits,)] = self.env.execute_query(
                SQL(
                    "SELECT EXISTS (SELECT FROM retail_sync_identity_due)"
                    " OR EXISTS (SELECT FROM retail_sync_identity_touched)"
                )
            )
            if waits:
                self._start()

    @api.model
    def _sweep(self):
        """End what has no job any more: jobs that failed for good, or were cancelled by hand, tell nobody."""
        self.env.cr.execute(
            "SELECT DISTINCT method_name FROM queue_job WHERE state = ANY(%s)"
            " AND model_name = 'retail.sync.duplicates.jobs'",
            [list(ALIVE)],
        )
        alive = {name for (name,) in self.env.cr.fetchall()}
        if not alive & {"_job_begin", "_job_cut", "_job_finish", "_job_gather", "_job_group", "_job_slice"}:
            self.search([("state", "=", "running")]).write(
                {
                    "state": "failed",
                    "ended_at": fields.Datetime.now(),
                    "message": self.env._(
                        "A job of the search failed. What was found stays; the next search goes on with the rest."
                    ),
                }
            )
        if not alive & {"_job_merge", "_job_spread"}:
            self.env["retail.sync.duplicate.group"].search([("state", "=", "merging")]).write(
                {
                    "state": "open",
                    "problem": self.env._("The job that merged it failed. Compare it, or merge it again."),
                }
            )


class RetailSyncDuplicateSlice(models.Model):
    """A part of a search: its pairs and its "done" commit together, so a crash repeats the slice and nothing else."""

    _name = "retail.sync.duplicate.slice"
    _description = "Part of a search for duplicates"
    _log_access = False

    search_id = fields.Many2one("retail.sync.duplicate.search", required=True, ondelete="cascade", index=True)
    step = fields.Selection([("compare", "Compare"), ("group", "Group")], default="compare", required=True)
    # The first of the customers that are compared, or the number of the part of which groups are made.
    first_id = fields.Integer()
    last_id = fields.Integer()
    size = fields.Integer()
    done = fields.Boolean()
