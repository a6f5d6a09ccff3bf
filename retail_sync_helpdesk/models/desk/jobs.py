from datetime import timedelta

from odoo import api, models

from odoo.addons.retail_sync.runtime.constants import LANE_PRIORITY, channel
from odoo.addons.retail_sync.runtime.jobs import CallCount, calling, remote_step

from . import comments_in
from .connection import DESKS

LANE = "standard"
# A page of tickets is taken in by then.
PAGE_SECONDS = 2


class RetailSyncDeskJobs(models.AbstractModel):
    """What the queue calls for desks; the work is in the modules beside it."""

    _name = "retail.sync.desk.jobs"
    _description = "Queued jobs: ticket desks"

    @api.model
    @remote_step
    def _job_comments(self, connection_id: int) -> None:
        """Read the comments of tickets that changed, and take them in."""
        connection = self.env["retail.sync.connection"].sudo().browse(connection_id).exists()
        if not connection or not connection.active or connection.state not in ("loading", "running"):
            return
        job = str(self.env.context.get("job_uuid") or "") or None
        found = calling(connection, LANE, job or f"comments-{connection.id}", CallCount())
        seconds = comments_in.read_due(self.env, found)
        if seconds is not None:
            self._queue_comments(connection, seconds)

    @api.model
    def _queue_comments(self, connections: models.BaseModel, seconds: float = 0) -> None:
        """Queue the job that reads comments of these connections, unless one waits already."""
        for connection in connections:
            self.with_user(connection.sudo().user_id).with_delay(
                channel=channel(LANE),
                priority=LANE_PRIORITY[LANE],
                eta=timedelta(seconds=seconds) if seconds else None,
                max_retries=0,
                description=f"comments: {connection.sudo().name}",
                identity_key=f"retail_sync/desk_comments/{connection.id}",
            )._job_comments(connection.id)

    @api.model
    def _cron_comments(self) -> None:
        """Queue the reading of comments wherever a ticket changed."""
        connections = self.env["retail.sync.connection"].search(
            [("system", "in", DESKS), ("state", "in", ("loading", "running"))]
        )
        self._queue_comments(connections.filtered(lambda connection: comments_in.is_due(self.env, connection)))


class RetailSyncEntityTicket(models.AbstractModel):
    """A ticket of a desk that was taken in may have new comments."""

    _inherit = "retail.sync.entity.ticket"

    @api.model
    def _create_records(self, items, ctx):
        created = super()._create_records(items, ctx)
        self._queue_comments()
        return created

    @api.model
    def _write_records(self, changes, ctx) -> None:  # pylint: disable=missing-return
        super()._write_records(changes, ctx)
        if changes:
            self._queue_comments()

    @api.model
    def _queue_comments(self) -> None:
        desks = self.env["retail.sync.connection"].sudo().search([("system", "in", DESKS), ("state", "=", "running")])
        self.env["retail.sync.desk.jobs"]._queue_comments(desks, PAGE_SECONDS)
