"""When something was switched off, and what happens when it is on again."""

from odoo import fields, models
from odoo.api import Environment
from odoo.tools import SQL

from ...runtime import retention
from ...runtime.erasure import Erasure
from .difference import KEEP_DAYS


class RetailSyncOffPeriod(models.Model):
    """A time in which changes of a field, or of all fields of a stream, were not captured."""

    _name = "retail.sync.off.period"
    _description = "Time in which changes were not captured"
    _erasure = Erasure(why="Holds names of fields.")
    _order = "since desc"

    stream_id = fields.Many2one("retail.sync.stream", required=True, ondelete="cascade", index=True, readonly=True)
    company_id = fields.Many2one(related="stream_id.company_id")
    name = fields.Char(readonly=True, string="Field", help="Empty: the whole stream.")
    since = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, string="From")
    until = fields.Datetime(readonly=True, help="Empty: it is still off.")

    @retention.batched
    def _gc_off_periods(self) -> retention.Progress:
        """Delete times that ended as long ago as comparisons are kept."""
        limit = retention.before(self.env, "keep_comparisons_days", KEEP_DAYS)
        return retention.delete_expired(self, SQL("until < %s", limit), SQL("until")) if limit else (0, 0)


def captured(env: Environment, streams: models.BaseModel) -> dict[int, set[str]]:
    """Return {stream id: names whose changes are captured now}."""
    streams = streams.sudo().exists()
    return {
        stream.id: stream._outbound_fields() if stream.active and stream.connection_id.active else set()
        for stream in streams
    }


def note(env: Environment, before: dict[int, set[str]], streams: models.BaseModel) -> None:
    """Note what was switched off or on since `before`; compare the streams that were on before and are on again."""
    periods = env["retail.sync.off.period"].sudo()
    again = env["retail.sync.stream"].sudo()
    for stream_id, names in captured(env, streams).items():
        was = before.get(stream_id, set())
        lost, won = was - names, names - was
        if lost:
            # The whole stream is one period, not one a field.
            periods.create(
                [{"stream_id": stream_id, "name": name} for name in ([False] if not names else sorted(lost))]
            )
        if won:
            ended = periods.search([("stream_id", "=", stream_id), ("until", "=", False)])
            ended = ended.filtered(lambda period, won=won: not period.name or period.name in won)
            ended.until = fields.Datetime.now()
            if ended:
                again |= again.browse(stream_id)
    if again:
        env["retail.sync.comparison"]._begin(again, "activated", repairs=True)
