from typing import Any

from odoo import api, fields, models


class RetailSyncConnection(models.Model):
    """Figures of the overview screen: one call, a handful of grouped queries."""

    _inherit = "retail.sync.connection"

    @api.model
    def get_overview(self) -> dict[str, Any]:
        """Return what the overview shows; record rules decide whose connections are in it."""
        connections = self.search([("active", "=", True)])
        streams = connections.stream_ids
        links = self._count_by(
            "retail.sync.link", [("stream_id", "in", streams.ids), ("part", "=", "main")], ["stream_id", "state"]
        )
        messages = self._count_by("retail.sync.message", [("stream_id", "in", streams.ids)], ["stream_id", "state"])
        backlog = dict(
            self.env["retail.sync.page"]
            .sudo()
            ._read_group([("stream_id", "in", streams.ids), ("state", "=", "pending")], ["stream_id"], ["size:sum"])
        )
        counters = streams.last_run_id._live_counters()
        return {
            "connections": [
                {
                    "id": connection.id,
                    "name": connection.name,
                    "system": connection.system,
                    "environment": connection.environment,
                    "state": connection.state,
                    "breaker": connection.breaker_state,
                    "breaker_reason": connection.breaker_reason or "",
                    "budget_used": connection.budget_used,
                    "budget_limit": connection.budget_limit,
                    "last_poll_at": _iso(connection.last_poll_at),
                    "last_event_at": _iso(connection.last_event_at),
                    "streams": [
                        self._stream_card(stream, links, messages, backlog.get(stream, 0) or 0, counters)
                        for stream in connection.stream_ids.sorted("sequence")
                    ],
                }
                for connection in connections
            ]
        }

    @api.model
    def _count_by(self, model: str, domain: list, groupby: list[str]) -> dict[tuple[int, str], int]:
        return {
            (stream.id, state): count
            for stream, state, count in self.env[model]._read_group(domain, groupby, ["__count"])
        }

    @api.model
    def _stream_card(
        self, stream: models.BaseModel, links: Any, messages: Any, backlog: int, counters: Any
    ) -> dict[str, Any]:
        run = stream.last_run_id
        return {
            "id": stream.id,
            "name": stream.name,
            "state": stream.state,
            "stop_reason": stream.stop_reason or "",
            "in_sync": links.get((stream.id, "in_sync"), 0),
            "excluded": links.get((stream.id, "excluded"), 0),
            "missing": links.get((stream.id, "missing"), 0),
            "ignored": messages.get((stream.id, "ignored"), 0),
            "failing": messages.get((stream.id, "open"), 0),
            "review": messages.get((stream.id, "review"), 0),
            "to_send": sum(messages.get((stream.id, state), 0) for state in ("pending", "sending", "parked")),
            "retrying": messages.get((stream.id, "retrying"), 0),
            "backlog": backlog,
            "last_run": run
            and {
                "id": run.id,
                "kind": run.kind,
                "state": run.state,
                "at": _iso(run.ended_at or run.started_at or run.create_date),
                **{name.removeprefix("n_"): value for name, value in counters[run].items()},
                "records_per_second": round(run.records_per_second, 1),
            }
            or None,
            "progress": {"read": counters[run]["n_read"], "total": run.total}
            if run and run.state == "running"
            else None,
        }


def _iso(moment: Any) -> Any:
    return fields.Datetime.to_string(moment) if moment else None
