from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...runtime import actions, rights
from ...runtime.constants import ALIVE
from ...runtime.erasure import Erasure
from ...runtime.rights import Role
from . import finder

# Partners that one job compares: about two seconds of work, so that other lanes get their turn.
SLICE = 1000
# Share of the time of a search that comparing customers takes; building groups takes the rest.
COMPARING = 0.8


class RetailSyncDuplicateSearch(models.Model):
    """Run the duplicate finder over all customers, or over those that changed since the last search."""

    _name = "retail.sync.duplicate.search"
    _description = "Search for duplicates"
    _erasure = Erasure(quotes=("message",))
    _order = "id desc"

    display_name = fields.Char(compute="_compute_display_name")
    kind = fields.Selection(
        [("all", "All customers"), ("changed", "Changed customers")],
        string="Scope",
        required=True,
        default="all",
        readonly=True,
        help="The first search compares all customers. Later searches compare only customers that changed.",
    )
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("cancelled", "Stopped"), ("failed", "Failed")],
        default="running",
        required=True,
        readonly=True,
        help="The next search continues where a stopped or failed search ended.",
    )
    step = fields.Selection(
        [("compare", "Comparing customers"), ("group", "Building groups")],
        default="compare",
        required=True,
        readonly=True,
        help="A search compares the customers first, then builds groups of customers that are alike.",
    )
    total = fields.Integer(string="Customers", readonly=True, help="Number of customers that this search compares.")
    looked = fields.Integer(
        string="Compared", compute="_compute_progress", help="Number of customers that this search has compared so far."
    )
    progress = fields.Float(compute="_compute_progress", help="Completed share of the search, in percent.")
    found = fields.Integer(string="Groups found", readonly=True, help="Open duplicate groups after the search.")
    started_at = fields.Datetime(string="Started", default=fields.Datetime.now, readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    create_uid = fields.Many2one("res.users", string="Started by", readonly=True)
    message = fields.Char(readonly=True, help="Why the search failed.")
    slice_ids = fields.One2many("retail.sync.duplicate.slice", "search_id", readonly=True)

    _one_running = models.UniqueIndex("(state) WHERE state = 'running'", "A search for duplicates is already running.")

    @api.depends("kind", "started_at")
    def _compute_display_name(self) -> None:
        for search in self:
            moment = fields.Datetime.context_timestamp(search, search.started_at) if search.started_at else None
            text = moment and self.env._("Search of %s", moment.strftime("%Y-%m-%d %H:%M"))
            search.display_name = text or self.env._("Search")

    @api.depends("slice_ids.done", "total", "state")
    def _compute_progress(self) -> None:
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
    def action_start(self) -> dict[str, Any]:
        """Start a search unless a search is running, and open it."""
        rights.require_role(self.env, Role.steward)
        search = self.sudo().search([("state", "=", "running")], limit=1) or self.sudo()._start()
        return actions.open_record(search)

    @api.model
    def _start(self, everything: bool = False) -> models.BaseModel:
        """Start a search; the first search always compares all customers."""
        self.flush_model()
        # A stopped search of all customers has left some uncompared, and a search of changed customers misses those.
        last_full = self.search([("kind", "=", "all")], limit=1)
        kind = "all" if everything or last_full.state != "done" else "changed"
        search = self.create({"kind": kind})
        finder.begin(self.env, search)
        return search

    def action_start_all(self) -> dict[str, Any]:
        """Compare all customers again: after an import, or with new weights.

        :raises UserError: a search is running
        """
        rights.require_role(self.env, Role.steward)
        if self.sudo().search([("state", "=", "running")], limit=1):
            raise UserError(self.env._("A search is running. Wait until it ends, or stop it first."))
        search = self.sudo()._start(everything=True)
        return dict(self.action_start(), res_id=search.id)

    def action_cancel(self) -> None:
        """Stop the search; jobs that still wait end without doing anything."""
        rights.require_role(self.env, Role.steward)
        running = self.sudo().filtered(lambda search: search.state == "running")
        running.write({"state": "cancelled", "ended_at": fields.Datetime.now()})

    def action_open_groups(self) -> dict[str, Any]:
        self.check_access("read")
        return actions.list_of(self.env, "retail_sync.action_duplicate_group")

    def action_refresh(self) -> dict[str, Any]:
        """Reload the page to show the current progress."""
        self.check_access("read")
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _cron_search(self) -> None:
        """Compare changed customers each night, after a first search that a person started."""
        if self.search([("state", "=", "done")], limit=1) and not self.search([("state", "=", "running")], limit=1):
            [(has_changes,)] = self.env.execute_query(
                SQL(
                    "SELECT EXISTS (SELECT FROM retail_sync_identity_due)"
                    " OR EXISTS (SELECT FROM retail_sync_identity_touched)"
                )
            )
            if has_changes:
                self._start()

    @api.model
    def _sweep(self) -> None:
        """Mark searches and merges without a queued job as failed: a failed or cancelled job reports to no record."""
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
                        "A job of this search failed. The groups found so far stay. Start a new search to continue."
                    ),
                }
            )
        if not alive & {"_job_merge", "_job_spread"}:
            self.env["retail.sync.duplicate.group"].search([("state", "=", "merging")]).write(
                {"state": "open", "problem": self.env._("The merge job failed. Compare or merge the group again.")}
            )


class RetailSyncDuplicateSlice(models.Model):
    """Keep one slice of a search; its pairs and its "done" commit together, so that a crash repeats only this slice."""

    _name = "retail.sync.duplicate.slice"
    _description = "Slice of a search for duplicates"
    _erasure = Erasure(why="Holds ranges of ids.")
    _log_access = False

    search_id = fields.Many2one("retail.sync.duplicate.search", required=True, ondelete="cascade", index=True)
    step = fields.Selection([("compare", "Compare"), ("group", "Group")], default="compare", required=True)
    # First customer to compare; in the step "group", the number of the part whose groups are built.
    first_id = fields.Integer()
    last_id = fields.Integer()
    size = fields.Integer()
    done = fields.Boolean()
