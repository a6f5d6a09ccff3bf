from odoo import fields, models
from odoo.fields import Domain

from . import record_fold

EXCEPTION = ("is_exception", "=", True)
UNDER_WAY = ("state", "in", ["pending", "running"])


def _counts(records: models.BaseModel, model: str, field: str, condition: tuple) -> dict[models.BaseModel, int]:
    """Return {record: number of a model's records that belong to it and meet a condition}, in one query."""
    rows = records.env[model]._read_group([(field, "in", records.ids), condition], [field], ["__count"])
    counts = dict(rows)
    return {record: counts.get(record, 0) for record in records}


def _link_counts(streams: models.BaseModel) -> dict[int, int]:
    """Return {stream id: number of links to records}, from the kept figures."""
    record_fold.fold(streams.env(su=True), record_fold.SHORT)
    counts: dict[int, int] = {}
    for stream_id, _status, linked, number in streams.env["retail.sync.record.status"]._figures(streams):
        if linked:
            counts[stream_id] = counts.get(stream_id, 0) + number
    return counts


class RetailSyncConnection(models.Model):
    """Counters on a connection's screens."""

    _inherit = "retail.sync.connection"

    exception_count = fields.Integer(compute="_compute_exception_count", string="Exceptions")
    link_count = fields.Integer(compute="_compute_link_count", string="Linked records")
    open_run_count = fields.Integer(compute="_compute_open_run_count", string="Runs in progress")

    def _compute_exception_count(self) -> None:
        for connection, count in _counts(self, "retail.sync.message", "connection_id", EXCEPTION).items():
            connection.exception_count = count

    def _compute_link_count(self) -> None:
        streams = (
            self.env["retail.sync.stream"].with_context(active_test=False).search([("connection_id", "in", self.ids)])
        )
        of_streams = _link_counts(streams)
        # The stream of a link may have been deleted since.
        rest = Domain("stream_id", "=", False) & Domain("part", "=", "main") & Domain("connection_id", "in", self.ids)
        others = dict(self.env["retail.sync.link"]._read_group(rest, ["connection_id"], ["__count"]))
        for connection in self:
            of_it = streams.filtered(lambda stream, connection=connection: stream.connection_id == connection)
            connection.link_count = others.get(connection, 0) + sum(of_streams.get(stream.id, 0) for stream in of_it)

    def _compute_open_run_count(self) -> None:
        for connection, count in _counts(self, "retail.sync.run", "connection_id", UNDER_WAY).items():
            connection.open_run_count = count


class RetailSyncStream(models.Model):
    """Counters on a stream's screens."""

    _inherit = "retail.sync.stream"

    exception_count = fields.Integer(compute="_compute_exception_count", string="Exceptions")
    link_count = fields.Integer(compute="_compute_link_count")

    def _compute_exception_count(self) -> None:
        for stream, count in _counts(self, "retail.sync.message", "stream_id", EXCEPTION).items():
            stream.exception_count = count

    def _compute_link_count(self) -> None:
        counts = _link_counts(self)
        for stream in self:
            stream.link_count = counts.get(stream.id, 0)
