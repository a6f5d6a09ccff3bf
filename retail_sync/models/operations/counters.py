from odoo import fields, models


class RetailSyncConnection(models.Model):
    """Counters on a connection's screens."""

    _inherit = "retail.sync.connection"

    exception_count = fields.Integer(compute="_compute_counts", string="Exceptions")

    link_count = fields.Integer(compute="_compute_counts", string="Linked records")

    def _compute_counts(self) -> None:
        exceptions = dict(
            self.env["retail.sync.message"]._read_group(
                [("connection_id", "in", self.ids), ("is_exception", "=", True)], ["connection_id"], ["__count"]
            )
        )
        links = dict(
            self.env["retail.sync.link"]._read_group(
                [("connection_id", "in", self.ids), ("part", "=", "main")], ["connection_id"], ["__count"]
            )
        )
        for connection in self:
            connection.exception_count = exceptions.get(connection, 0)
            connection.link_count = links.get(connection, 0)

    open_run_count = fields.Integer(compute="_compute_open_run_count", string="Runs in progress")

    def _compute_open_run_count(self) -> None:
        counts = dict(
            self.env["retail.sync.run"]._read_group(
                [("connection_id", "in", self.ids), ("state", "in", ["pending", "running"])],
                ["connection_id"],
                ["__count"],
            )
        )
        for connection in self:
            connection.open_run_count = counts.get(connection, 0)


class RetailSyncStream(models.Model):
    """Counters on a stream's screens."""

    _inherit = "retail.sync.stream"

    link_count = fields.Integer(compute="_compute_link_count")

    def _compute_link_count(self) -> None:
        counts = dict(
            self.env["retail.sync.link"]._read_group(
                [("stream_id", "in", self.ids), ("part", "=", "main")], ["stream_id"], ["__count"]
            )
        )
        for stream in self:
            stream.link_count = counts.get(stream, 0)

    exception_count = fields.Integer(compute="_compute_exception_count", string="Exceptions")

    def _compute_exception_count(self) -> None:
        counts = dict(
            self.env["retail.sync.message"]._read_group(
                [("stream_id", "in", self.ids), ("is_exception", "=", True)], ["stream_id"], ["__count"]
            )
        )
        for stream in self:
            stream.exception_count = counts.get(stream, 0)
