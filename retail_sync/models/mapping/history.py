"""Which of the records that Odoo had before a stream began to write are sent: its history, cut by date and state."""

from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

# How far back a new stream goes, until an administrator says otherwise.
MONTHS_BACK = 12

HISTORIES = [
    ("open_since", "Open, and since a date"),
    ("open", "Open only"),
    ("all", "All"),
    ("none", "From now on"),
]


class RetailSyncStream(models.Model):
    """How far back a stream goes that sends records of Odoo."""

    _inherit = "retail.sync.stream"

    history = fields.Selection(
        HISTORIES,
        default="open_since",
        required=True,
        help="Which records that Odoo has already are sent when the stream begins to write. An older record is sent "
        "as a whole as soon as it changes, for example by a refund of last year's order, or when a record that is "
        "sent refers to it. Records that have no date, such as products, are sent unless it says: from now on.",
    )
    history_from = fields.Date(
        "History since",
        default=lambda self: self._default_history_from(),
        help="Records of this day and later are sent when the stream begins to write. Empty: no date counts.",
    )

    history_dated = fields.Boolean(
        "Has a date",
        compute="_compute_history_dated",
        help="The records have a date by which their history can be cut.",
    )

    @api.depends("entity")
    def _compute_history_dated(self) -> None:
        known = self.env["retail.sync.entity"]._all()
        for stream in self:
            stream.history_dated = bool(stream.entity in known and known[stream.entity]._history_date)

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Any:
        """Create streams; what has no date, such as products, is sent as a whole unless it is said otherwise."""
        known = self.env["retail.sync.entity"]._all()
        undated = {name for name, entity in known.items() if not entity._history_date}
        return super().create(
            [{"history": "all", **vals} if vals.get("entity") in undated else vals for vals in vals_list]
        )

    @api.model
    def _default_history_from(self) -> date:
        return fields.Date.context_today(self) - relativedelta(months=MONTHS_BACK)


class RetailSyncEntity(models.AbstractModel):
    """Which records are the history of a stream."""

    _inherit = "retail.sync.entity"

    # The field with the business date of a record, e.g. date_order; left empty where records have none.
    _history_date: str = ""

    @api.model
    def _history_open(self) -> Domain:
        """Return the domain of records in progress, e.g. orders that are not fully shipped. None by default."""
        return Domain.FALSE

    @api.model
    def _history_domain(self, stream: models.BaseModel) -> Domain:
        """Return the domain of the records that are sent though nothing of them changes, by the setting of a stream.

        Asked by the job that sends the history, and by comparisons, which would report older records as missing. It
        is not for `_exportable`: an older record that changes, or that a record refers to, is sent as a whole.
        """
        if stream.history == "all" or (not self._history_date and stream.history != "none"):
            return Domain.TRUE
        found = Domain.FALSE
        if stream.live_at:
            found |= Domain("create_date", ">=", stream.live_at)  # news, of which the capture may have missed some
        if stream.history == "none":
            return found
        since: Any = stream.history_from if stream.history == "open_since" else None
        if since:
            found |= Domain(self._history_date, ">=", since)
        return found | self._history_open()
