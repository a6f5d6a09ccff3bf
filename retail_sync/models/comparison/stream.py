from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...runtime import actions, rights
from ...runtime.rights import Role
from . import off_period

DAYS = {"daily": 1, "weekly": 7}


class RetailSyncStream(models.Model):
    """A stream is compared on schedule, and when it is on again."""

    _inherit = "retail.sync.stream"

    comparison_schedule = fields.Selection(
        [("off", "Never"), ("daily", "Every night"), ("weekly", "Every week, at night")],
        default="weekly",
        required=True,
        string="Compare both sides",
        help="Finds records that differ although every change was captured and read. Runs in the bulk lane.",
    )
    compared_at = fields.Datetime(readonly=True, string="Last compared", copy=False)
    difference_count = fields.Integer(compute="_compute_difference_count", string="Open differences")

    def _compute_difference_count(self):
        rows = self.env["retail.sync.difference"]._read_group(
            [("stream_id", "in", self.ids), ("state", "=", "open")], ["stream_id"], ["__count"]
        )
        counts = {stream.id: count for stream, count in rows}
        for stream in self:
            stream.difference_count = counts.get(stream.id, 0)

    def _comparison_due(self):
        """Tell whether the schedule asks for a comparison tonight."""
        days = DAYS.get(self.comparison_schedule)
        # A night that began a little earlier than the last one is another night all the same.
        return bool(days) and (
            not self.compared_at or self.compared_at < fields.Datetime.now() - timedelta(days=days, hours=-6)
        )

    def write(self, vals):
        watched = vals.keys() & {"direction", "active", "map_ids", "entity", "connection_id"}
        before = off_period.captured(self.env, self) if watched else {}
        result = super().write(vals)
        if watched:
            off_period.note(self.env, before, self)
        return result

    def action_compare(self):
        """Compare both sides of these streams now."""
        streams = rights.require(self, Role.manager).filtered(lambda stream: stream.state in ("live", "paused"))
        if not streams:
            raise UserError(self.env._("Only a stream that was loaded can be compared. Load it first."))
        if not self.env["retail.sync.comparison"]._begin(streams):
            raise UserError(self.env._("A comparison of this stream is in progress. Comparisons shows its progress."))
        return actions.list_of(self.env, "retail_sync.action_comparison", [("stream_id", "in", self.ids)], context={})

    def action_differences(self):
        self.ensure_one()
        self.check_access("read")
        domain = [("stream_id", "=", self.id), ("state", "=", "open")]
        return actions.list_of(self.env, "retail_sync.action_difference", domain, context={})
