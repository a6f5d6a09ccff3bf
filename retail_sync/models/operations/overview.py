from odoo import api, fields, models


class RetailSyncBackend(models.Model):
    """Figures of the overview screen: one call, a handful of grouped queries."""

    _inherit = "retail.sync.backend"

    @api.model
    def get_overview(self):
        """Return what the overview shows; record rules decide whose connections are in it."""
        backends = self.search([("state", "!=", False)])
        flows = backends.flow_ids
        links = self._count_by(
            "retail.sync.binding", [("flow_id", "in", flows.ids), ("slot", "=", "main")], ["flow_id", "state"]
        )
        messages = self._count_by("retail.sync.message", [("flow_id", "in", flows.ids)], ["flow_id", "state"])
        backlog = dict(
            self.env["retail.sync.page"]
            .sudo()
            ._read_group([("flow_id", "in", flows.ids), ("state", "=", "pending")], ["flow_id"], ["size:sum"])
        )
        return {
            "backends": [
                {
                    "id": backend.id,
                    "name": backend.name,
                    "system": backend.system,
                    "environment": backend.environment,
                    "state": backend.state,
                    "breaker": backend.breaker_state,
                    "breaker_reason": backend.breaker_reason or "",
                    "budget_used": backend.budget_used,
                    "budget_limit": backend.budget_limit,
                    "last_poll_at": _iso(backend.last_poll_at),
                    "last_event_at": _iso(backend.last_event_at),
                    "flows": [
                        self._flow_card(flow, links, messages, backlog.get(flow, 0) or 0)
                        for flow in backend.flow_ids.sorted("sequence")
                    ],
                }
                for backend in backends
            ]
        }

    @api.model
    def _count_by(self, model, domain, groupby):
        return {
            (flow.id, state): count for flow, state, count in self.env[model]._read_group(domain, groupby, ["__count"])
        }

    @api.model
    def _flow_card(self, flow, links, messages, backlog):
        run = flow.last_run_id
        return {
            "id": flow.id,
            "name": flow.name,
            "state": flow.state,
            "stop_reason": flow.stop_reason or "",
            "in_sync": links.get((flow.id, "in_sync"), 0),
            "excluded": links.get((flow.id, "excluded"), 0),
            "missing": links.get((flow.id, "missing"), 0),
            "ignored": messages.get((flow.id, "ignored"), 0),
            "failing": messages.get((flow.id, "open"), 0),
            "review": messages.get((flow.id, "review"), 0),
            "to_send": sum(messages.get((flow.id, state), 0) for state in ("pending", "sending", "parked")),
            "retrying": messages.get((flow.id, "retrying"), 0),
            "backlog": backlog,
            "last_run": run
            and {
                "id": run.id,
                "kind": run.kind,
                "state": run.state,
                "at": _iso(run.ended_at or run.started_at or run.create_date),
                **{name.removeprefix("n_"): value for name, value in run._live_counters().items()},
                "records_per_second": round(run.records_per_second, 1),
            }
            or None,
            "progress": {"read": run._live_counters()["n_read"], "total": run.total}
            if run and run.state == "running"
            else None,
        }


def _iso(moment):
    return fields.Datetime.to_string(moment) if moment else None
