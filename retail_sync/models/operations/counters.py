from odoo import fields, models

MAIN = ("part", "=", "main")
EXCEPTION = ("is_exception", "=", True)
UNDER_WAY = ("state", "in", ["pending", "running"])


def _counts(records: models.BaseModel, model: str, field: str, condition: tuple) -> dict[models.BaseModel, int]:
    """Return {record: number of a model's records that belong to it and meet a condition}, in one query."""
    rows = records.env[model]._read_group([(field, "in", records.ids), condition], [field], ["__count"])
    counts = dict(rows)
    return {record: counts.get(record, 0) for record in records}


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
        for connection, count in _counts(self, "retail.sync.link", "connection_id", MAIN).items():
            connection.link_count = count

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
        for stream, count in _counts(self, "retail.sync.link", "stream_id", MAIN).items():
            stream.link_count = count
