from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..services.identity_index import PATIENCE


class RetailSyncBackend(models.Model):
    """What people and schedules ask of a connection."""

    _inherit = "retail.sync.backend"

    last_checks = fields.Json(readonly=True, help="Result of the last connection test.")
    last_check_at = fields.Datetime(readonly=True, string="Last tested")

    def _require_manager(self):
        if not (self.env.su or self.env.user.has_group("retail_sync.group_manager")):
            raise AccessError(_("Only a sync manager may do this. Ask yours, or the Odoo administrator."))

    # -- connecting

    def action_test_connection(self):
        """Test sign-in, permissions, mapping and limits.

        :return: {"ok": bool, "checks": [{"name", "ok", "level", "detail", "next_step"}]}
        """
        self.ensure_one()
        self._require_manager()
        backend = self.sudo()
        checks = backend._adapter().test_connection(backend)
        ok = all(check["ok"] or check.get("level") == "warning" for check in checks)
        vals = {"last_checks": checks, "last_check_at": fields.Datetime.now()}
        if ok and backend.state == "draft":
            vals.update(state="connected", connected_at=fields.Datetime.now())
        backend.write(vals)
        return {"ok": ok, "checks": checks}

    # -- loads and polls

    def start_first_load(self):
        """Read everything in scope, parents before children; return the run ids."""
        return self._start("initial")

    def start_dry_run(self):
        """Count what a first load would do, writing no customer; return the run ids."""
        return self._start("dry")

    def _start(self, kind):
        self.ensure_one()
        self._require_manager()
        if self.state == "draft":
            raise UserError(_("Test the connection first: %s is not connected yet.", self.name))
        return self.env["retail.sync.loader"].sudo()._start(self.sudo(), kind).ids

    def start_poll(self):
        """Ask for changes now, in the standard lane."""
        self._require_manager()
        for backend in self.sudo():
            self.env["retail.sync.poller"].sudo()._enqueue(backend)
        return True

    def action_pause(self):
        """Stop polls and loads; what is queued ends, nothing is lost."""
        self._require_manager()
        self.sudo().write({"state": "paused"})
        return True

    def action_resume(self):
        """Go on where the pause began."""
        self._require_manager()
        for backend in self.sudo():
            loading = (
                self.env["retail.sync.run"]
                .sudo()
                .search_count(
                    [
                        ("backend_id", "=", backend.id),
                        ("kind", "=", "initial"),
                        ("state", "in", ["pending", "running"]),
                    ],
                    limit=1,
                )
            )
            live = any(flow.cursor for flow in backend.flow_ids)
            backend.state = "loading" if loading else "running" if live else "connected"
            if backend.state == "running":
                self.env["retail.sync.poller"].sudo()._enqueue(backend)
        return True

    def action_open_breaker(self):
        """Stop all calls by hand, e.g. for the platform's maintenance."""
        return self._force_breaker("open", _("Calls were stopped by %s.", self.env.user.name))

    def action_close_breaker(self):
        """Let calls pass again; the breaker decides by itself from now on."""
        return self._force_breaker("", _("Calls were allowed again by %s.", self.env.user.name))

    def _force_breaker(self, state, note):
        self._require_manager()
        for backend in self.sudo():
            backend._gate("critical").force(state)
            backend.message_post(body=note)
        return True

    @api.model
    def _cron_poll(self):
        """Queue a poll of every running connection."""
        for backend in self.sudo().search([("state", "=", "running")]):
            self.env["retail.sync.poller"].sudo()._enqueue(backend)

    @api.model
    def _cron_sweep(self):
        """See to work that lost its job."""
        self.env["retail.sync.health"].sudo()._sweep()

    @api.model
    def _cron_late_links(self):
        """Put records under parents that came after them."""
        for backend in self.sudo().search([("state", "!=", "draft")]):
            while self.env["retail.sync.late.links"].sudo()._link(backend):
                continue

    @api.model
    def _cron_identity(self):
        """Keep the index of customers in step, and its counts of names and contacts near the truth."""
        if not self.env["retail.sync.identity.index"].sudo()._keep(PATIENCE):
            self.env.ref("retail_sync.cron_identity")._trigger()

    # -- what screens and setup show

    def get_progress(self):
        """Return how the last load (or dry run) goes, per flow and in all.

        :return: {"done", "ok", "kind", "flows": [{"name", "state", "total", "read", ...}], "totals": {...}};
            ok: everything was read, and no run failed as a whole
        """
        self.ensure_one()
        self.check_access("read")
        last = (
            self.env["retail.sync.run"]
            .sudo()
            .search([("backend_id", "=", self.id), ("kind", "in", ["initial", "dry"])], limit=1)
        )
        runs = (
            self.env["retail.sync.run"]
            .sudo()
            .search([("correlation_id", "=", last.correlation_id), ("backend_id", "=", self.id)], order="id")
            if last
            else last
        )
        flows = [self._run_progress(run) for run in runs]
        numbers = [key for key in (flows[0] if flows else {}) if isinstance(flows[0][key], (int, float))]
        totals = {key: sum(flow[key] for flow in flows) for key in numbers if key not in ("flow_id", "run_id")}
        if totals.get("seconds"):
            totals["records_per_second"] = totals["read"] / totals["seconds"]
        return {
            "done": bool(runs) and all(run.state not in ("pending", "running") for run in runs),
            "ok": bool(runs) and all(run.state == "done" for run in runs),
            "kind": last.kind if last else False,
            "flows": flows,
            "totals": totals,
        }

    @api.model
    def _run_progress(self, run):
        counters = run._live_counters()
        progress = {name.removeprefix("n_"): value for name, value in counters.items()}
        progress.update(
            run_id=run.id,
            flow_id=run.flow_id.id,
            name=run.flow_id.name,
            state=run.state,
            total=run.total,
            seconds=run.seconds,
            records_per_second=progress["read"] / run.seconds if run.seconds else 0.0,
            message=run.message or "",
            samples=run._live_samples() if run.kind == "dry" else {},
        )
        # Records count as worked through when their page is done; "read" runs ahead of it.
        progress["done"] = sum(
            progress[name] for name in ("unchanged", "linked", "created", "updated", "review", "failed", "excluded")
        )
        return progress

    def get_events(self, after_id=0, limit=50):
        """Return what happened since an event, oldest first: [{"id", "at", "level", "text"}]."""
        self.ensure_one()
        self.check_access("read")
        runs = (
            self.env["retail.sync.run"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.id),
                    ("id", ">", after_id),
                    ("state", "in", ["done", "failed", "cancelled"]),
                    "|",
                    "|",
                    "|",
                    ("n_read", ">", 0),
                    ("n_sent", ">", 0),
                    ("n_deleted", ">", 0),
                    ("state", "!=", "done"),
                ],
                order="id",
                limit=limit,
            )
        )
        return [
            {
                "id": run.id,
                "at": fields.Datetime.to_string(run.ended_at or run.create_date),
                "level": "error" if run.state == "failed" else "warning" if run.n_failed or run.n_review else "info",
                "text": run._summary(),
            }
            for run in runs
        ]
