from typing import Any

from odoo import api, fields, models

from ...runtime import rights
from ...runtime.rights import Role
from . import figures_cache, record_fold
from .record_status import STATUSES
from .record_status_sql import WIDE_KINDS


class RetailSyncConnection(models.Model):
    """Figures of the overview screen: one call, a handful of grouped queries."""

    _inherit = "retail.sync.connection"

    @api.model
    def get_overview(self) -> dict[str, Any]:
        """Return what the overview shows; record rules decide whose connections are in it."""
        rights.require_role(self.env, Role.operator, Role.auditor)
        connections = self.search([("active", "=", True)])
        streams = connections.stream_ids
        folded = record_fold.fold(self.env(su=True), record_fold.SHORT)
        figures = figures_cache.shared(
            self.env,
            "overview",
            (tuple(connections.ids), tuple(streams.ids)),
            lambda: self._overview_figures(connections, streams),
        )
        version, as_of = record_fold.version(self.env)
        backlog = dict(
            self.env["retail.sync.page"]
            .sudo()
            ._read_group([("stream_id", "in", streams.ids), ("state", "=", "pending")], ["stream_id"], ["size:sum"])
        )
        counters = streams.last_run_id._live_counters()
        return {
            "version": version,
            # Changes of many records at once are counted in the background; the figures are as of then.
            "as_of": None if folded else _iso(as_of),
            "orders": self.env["retail.sync.order.exception"]._overview(),
            "connections": [
                {
                    "id": connection.id,
                    "name": connection.name,
                    "system": connection.system,
                    "environment": connection.environment,
                    "state": connection.state,
                    "breaker": connection.breaker_state,
                    "breaker_reason": connection.breaker_reason or "",
                    "breaker_cause": connection.breaker_cause or "",
                    "breaker_advice": connection.breaker_advice or "",
                    "budget_used": connection.budget_used,
                    "budget_limit": connection.budget_limit,
                    "missing_lines": connection.missing_line_count,
                    "alarms": figures["alarms"].get(connection.id, []),
                    "last_poll_at": _iso(connection.last_poll_at),
                    "last_event_at": _iso(connection.last_event_at),
                    "streams": [
                        self._stream_card(stream, figures["counts"], backlog.get(stream, 0) or 0, counters)
                        | {
                            "causes": figures["causes"].get(stream.id, []),
                            "warnings": figures["warnings"].get(stream.id, 0),
                        }
                        for stream in connection.stream_ids.sorted("sequence")
                    ],
                }
                for connection in connections
            ],
        }

    @api.model
    def _overview_figures(self, connections: models.BaseModel, streams: models.BaseModel) -> dict[str, Any]:
        """Return what the overview counts, without records: the answer is shared by users who may see the same."""
        return {
            "counts": self.env["retail.sync.record.status"]._counts(streams),
            "alarms": self._alarms(connections),
            "causes": self._causes(streams),
            "warnings": self._warnings(streams),
        }

    @api.model
    def _alarms(self, connections: models.BaseModel) -> dict[int, list[dict[str, Any]]]:
        """Return {connection id: open exceptions about no single record}, grouped by cause: what, since, next step."""
        rows = self.env["retail.sync.message"]._read_group(
            [
                ("connection_id", "in", connections.ids),
                ("kind", "in", list(WIDE_KINDS)),
                ("is_exception", "=", True),
            ],
            ["connection_id", "rule_id", "fault_code"],
            ["__count", "create_date:min", "id:max"],
            order="create_date:min",
        )
        found: dict[int, list[dict[str, Any]]] = {}
        for connection, rule, code, count, since, message_id in rows:
            found.setdefault(connection.id, []).append(
                {
                    "rule_id": rule.id,
                    "code": code or "",
                    "title": rule.display_name if rule else self.env._("Unknown cause"),
                    "next_step": rule.next_step or "",
                    "count": count,
                    "since": _iso(since),
                    "message_id": message_id,
                }
            )
        return found

    @api.model
    def _causes(self, streams: models.BaseModel) -> dict[int, list[dict[str, Any]]]:
        """Return {stream id: causes of its exceptions about records}, most exceptions first: what, how many, since."""
        rows = self.env["retail.sync.message"]._read_group(
            [
                ("stream_id", "in", streams.ids),
                ("kind", "not in", list(WIDE_KINDS)),
                ("state", "in", ["open", "unknown"]),
            ],
            ["stream_id", "rule_id"],
            ["__count", "create_date:min"],
            order="__count DESC, create_date:min",
        )
        found: dict[int, list[dict[str, Any]]] = {}
        for stream, rule, count, since in rows:
            found.setdefault(stream.id, []).append(
                {
                    "rule_id": rule.id,
                    "title": rule.display_name if rule else self.env._("Unknown cause"),
                    "next_step": rule.next_step or "",
                    "count": count,
                    "since": _iso(since),
                }
            )
        return found

    @api.model
    def _warnings(self, streams: models.BaseModel) -> dict[int, int]:
        """Return {stream id: number of its records with warnings}."""
        domain = [("stream_id", "in", streams.ids), ("part", "=", "main"), ("has_warnings", "=", True)]
        rows = self.env["retail.sync.link"]._read_group(domain, ["stream_id"], ["__count"])
        return {stream.id: count for stream, count in rows}

    @api.model
    def _stream_card(
        self, stream: models.BaseModel, counts: dict[tuple[int, str], int], backlog: int, counters: Any
    ) -> dict[str, Any]:
        run = stream.last_run_id
        by_status = {status: counts.get((stream.id, status), 0) for status, _label in STATUSES}
        return {
            "id": stream.id,
            "name": stream.name,
            "state": stream.state,
            "publishes": stream.publishes,
            "unavailable": stream.unavailable_reason or "",
            "stop_reason": stream.stop_reason or "",
            "counts": by_status,
            "total": sum(by_status.values()),
            "wide_kinds": list(WIDE_KINDS),
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
            "progress": {"kind": run.kind, "read": counters[run]["n_read"], "total": run.total}
            if run and run.state == "running"
            else None,
        }


def _iso(moment: Any) -> Any:
    return fields.Datetime.to_string(moment) if moment else None
