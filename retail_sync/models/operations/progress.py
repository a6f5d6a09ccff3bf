from typing import Any

from odoo import api, fields, models

from ...runtime import actions
from ..runs.run import COUNTERS


class RetailSyncConnection(models.Model):
    """How loads go, for screens and set-up."""

    _inherit = "retail.sync.connection"

    # -- what screens and setup show

    def get_progress(self) -> dict[str, Any]:
        """Return how the last load (or dry run) goes, per stream and in all.

        :return: {"done", "ok", "kind", "streams": [{"name", "state", "total", "read", ...}], "totals": {...}};
            ok: everything was read, and no run failed as a whole
        """
        self.ensure_one()
        self.check_access("read")
        last = (
            self.env["retail.sync.run"]
            .sudo()
            .search([("connection_id", "=", self.id), ("kind", "in", ["initial", "dry"])], limit=1)
        )
        runs = (
            self.env["retail.sync.run"]
            .sudo()
            .search([("correlation_id", "=", last.correlation_id), ("connection_id", "=", self.id)], order="id")
            if last
            else last
        )
        streams = [self._run_progress(run, counters) for run, counters in runs._live_counters().items()]
        streams += self._left_out(last, runs)
        numbers = [key for key in (streams[0] if streams else {}) if isinstance(streams[0][key], (int, float))]
        totals = {key: sum(stream[key] for stream in streams) for key in numbers if key not in ("stream_id", "run_id")}
        if totals.get("seconds"):
            totals["records_per_second"] = totals["read"] / totals["seconds"]
        return {
            "done": bool(runs) and all(run.state not in ("pending", "running") for run in runs),
            "ok": bool(runs) and all(run.state == "done" for run in runs),
            "kind": last.kind if last else False,
            "streams": streams,
            "totals": totals,
        }

    def _left_out(self, last: models.BaseModel, runs: models.BaseModel) -> list[dict[str, Any]]:
        """Return an entry for each stream that a first load left out because a fault had stopped it."""
        if last.kind != "initial":
            return []
        stopped = self.sudo().stream_ids.filtered(
            lambda stream: stream.state == "stopped" and not stream.cursor and not stream.publishes
        )
        stopped -= runs.stream_id
        empty = dict.fromkeys((*COUNTERS, "api_calls"), 0)
        run = self.env["retail.sync.run"].new({"kind": "initial", "state": "failed"})
        return [
            {
                **self._run_progress(run, empty),
                "run_id": -stream.id,
                "stream_id": stream.id,
                "name": stream.name,
                "message": stream.stop_reason or "",
            }
            for stream in stopped
        ]

    def action_dry_run_samples(self, run_id: int, outcome: str) -> Any:
        """Open the samples of an outcome of a dry run."""
        self.ensure_one()
        self.check_access("read")
        domain = [("run_id", "=", run_id), ("outcome", "=", outcome), ("field", "=", False)]
        return actions.list_of(self.env, "retail_sync.action_dry_run_sample", domain, context={})

    @api.model
    def _run_progress(self, run: models.BaseModel, counters: dict[str, int]) -> dict[str, Any]:
        progress = {name.removeprefix("n_"): value for name, value in counters.items()}
        progress.update(
            run_id=run.id,
            stream_id=run.stream_id.id,
            name=run.stream_id.name,
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

    def get_events(self, after_id: int = 0, limit: int = 50) -> Any:
        """Return what happened since an event, oldest first: [{"id", "at", "level", "text"}]."""
        self.ensure_one()
        self.check_access("read")
        runs = (
            self.env["retail.sync.run"]
            .sudo()
            .search(
                [
                    ("connection_id", "=", self.id),
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
