"""What the history of the published streams needs, counted before it starts: records, storage, calls."""

from typing import Any

from odoo import api, fields, models
from odoo.api import Environment
from odoo.tools import format_date
from odoo.tools.misc import human_size

from ...domain.resilience.faults import FaultError
from . import history_records


def forecast(env: Environment, stream: models.BaseModel) -> dict[str, Any]:
    """Return {"done", "at", "records", "storage" in bytes, "calls"}: what the history of a stream needs."""
    records = 0 if stream.export_policy == "never" else history_records.count(env, stream)
    adapter = stream._adapter()
    return {
        "done": True,
        "at": fields.Datetime.to_string(fields.Datetime.now()),
        "records": records,
        "storage": adapter.storage_estimate(stream, records),
        "calls": adapter.call_estimate(stream, records),
    }


def count_missing(env: Environment, streams: models.BaseModel) -> None:
    """Count the history of those published streams of which it is not counted."""
    for stream in streams.filtered(lambda stream: stream.publishes and not stream.history_counted):
        stream.write_forecast = forecast(env, stream)


def history_text(stream: models.BaseModel) -> str:
    """Return how far back a stream goes, in words."""
    if not stream.history_dated and stream.history != "none":
        return stream.env._("all")
    if stream.history == "open_since":
        if not stream.history_from:
            return stream.env._("open ones only")
        return stream.env._("open ones, and those since %s", format_date(stream.env, stream.history_from))
    if stream.history == "open":
        return stream.env._("open ones only")
    return stream.env._("all") if stream.history == "all" else stream.env._("none, from now on")


class RetailSyncStream(models.Model):
    """The counts of a stream's history."""

    _inherit = "retail.sync.stream"

    history_counted = fields.Boolean("Counted", compute="_compute_history_forecast")
    history_count = fields.Integer(
        "Records", compute="_compute_history_forecast", help="Records that will be created on the platform."
    )
    history_storage = fields.Char(
        "Storage", compute="_compute_history_forecast", help="What these records take on the platform, about."
    )
    history_calls = fields.Integer(
        "Calls", compute="_compute_history_forecast", help="About how many calls it takes to send them."
    )

    @api.depends("write_forecast", "publishes")
    def _compute_history_forecast(self) -> None:
        for stream in self:
            found = stream.publishes and stream.write_forecast or {}
            stream.history_counted = bool(found.get("done"))
            stream.history_count = found.get("records", 0)
            stream.history_calls = found.get("calls", 0)
            stream.history_storage = human_size(found.get("storage", 0)) if found.get("done") else False


class RetailSyncConnection(models.Model):
    """The history of all published streams of a connection."""

    _inherit = "retail.sync.connection"

    capacity = fields.Json(
        readonly=True, copy=False, help="Free storage and calls of the platform, as it said when they were counted."
    )
    waits_to_publish = fields.Boolean(
        "Waits with its history",
        compute="_compute_waits_to_publish",
        help="A stream that Odoo alone writes waits for the consent to write.",
    )

    def _compute_waits_to_publish(self) -> None:
        for connection in self:
            waiting = connection.sudo()._waiting_streams() if connection.system else connection.stream_ids.browse()
            connection.waits_to_publish = any(waiting.mapped("publishes"))

    def count_history(self) -> bool:
        """Count the history of the streams that wait to publish, and ask the platform what it has left."""
        self._require_manager()
        for connection in self.sudo():
            try:
                left = connection._adapter().capacity(connection)
                connection.capacity = {
                    "storage": left.storage,
                    "storage_max": left.storage_max,
                    "calls": left.calls,
                    "calls_max": left.calls_max,
                }
            except FaultError as fault:
                # The counts are worth showing without it; the screen says that this is not known, and why.
                connection.capacity = {"fault": fault.message}
            for stream in connection._waiting_streams().filtered("publishes"):
                stream.write_forecast = forecast(self.env(su=True), stream)
        return True

    def get_history_plan(self) -> dict[str, Any]:
        """Return what the history of the streams that wait to publish needs in all.

        :return: {"counted", "records", "storage", "calls", "storage_left", "calls_left": None where it is not known,
            "warnings": [texts], "fault": why the platform did not say what is left}
        """
        self.ensure_one()
        self.check_access("read")
        streams = self.sudo()._waiting_streams().filtered("publishes")
        found = [stream.write_forecast or {} for stream in streams]
        capacity = self.sudo().capacity or {}
        plan: dict[str, Any] = {
            "counted": bool(streams) and all(entry.get("done") for entry in found),
            **{name: sum(entry.get(name, 0) for entry in found) for name in ("records", "storage", "calls")},
            "storage_left": capacity.get("storage"),
            "calls_left": capacity.get("calls"),
            "fault": capacity.get("fault") or "",
        }
        plan["warnings"] = self._history_warnings(plan) if plan["counted"] else []
        return plan

    def _history_warnings(self, plan: dict[str, Any]) -> list[str]:
        """Return what does not fit, each with what to do."""
        found = []
        if plan["storage_left"] is not None and plan["storage"] > plan["storage_left"]:
            found.append(
                self.env._(
                    "The history needs about %(needed)s of storage, and the platform has %(left)s left. Choose a later "
                    "date, or get more storage first.",
                    needed=human_size(plan["storage"]),
                    left=human_size(plan["storage_left"]) or "0",
                )
            )
        if plan["calls_left"] is not None and plan["calls"] > plan["calls_left"]:
            found.append(
                self.env._(
                    "The history needs about %(needed)s calls, and %(left)s are left today. It waits for the next day "
                    "when they are used up; changes keep their reserve. Choose a later date if that takes too long.",
                    needed=plan["calls"],
                    left=plan["calls_left"],
                )
            )
        return found
