"""Published streams: Odoo alone writes their records, so nothing of the platform is loaded, polled or compared."""

from typing import Any

from odoo import api, fields, models
from odoo.fields import Domain


class RetailSyncStream(models.Model):
    """Whether a stream publishes."""

    _inherit = "retail.sync.stream"

    publishes = fields.Boolean(
        compute="_compute_publishes",
        search="_search_publishes",
        help="Odoo alone writes these records. They are sent after go-live, and never read from the platform.",
    )

    @api.depends("entity")
    def _compute_publishes(self) -> None:
        published = self._published_entities()
        for stream in self:
            stream.publishes = stream.entity in published

    @api.model
    def _search_publishes(self, operator: str, value: Any) -> Any:
        if operator != "in":
            return NotImplemented
        wanted = Domain.FALSE
        if True in value:
            wanted |= Domain("entity", "in", self._published_entities())
        if False in value:
            wanted |= Domain("entity", "not in", self._published_entities())
        return wanted

    @api.model
    def _published_entities(self) -> list[str]:
        """Return the names of the entities that Odoo alone writes."""
        return [name for name, entity in self.env["retail.sync.entity"]._all().items() if entity._publishes()]

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Any:
        published = self._published_entities()
        return super().create(
            [{"planned_direction": "out", **vals} if vals.get("entity") in published else vals for vals in vals_list]
        )

    def _takes_in(self) -> bool:
        """Return whether values of the platform are taken in: not where Odoo alone writes the records."""
        return not self._entity()._publishes()

    def _state_at_rest(self) -> str:
        """Return the state to which a stream comes back when a pause, a stop or a failed load ends."""
        self.ensure_one()
        if self.publishes:
            return "live" if self.direction != "in" and self.live_at else "draft"
        return "live" if self.cursor else "draft"


class RetailSyncConnection(models.Model):
    """The streams of a connection by what happens at its start: some are loaded, others publish."""

    _inherit = "retail.sync.connection"

    reading_stream_ids = fields.One2many(
        "retail.sync.stream", "connection_id", domain=[("publishes", "=", False)], string="Streams that are read"
    )
    published_stream_ids = fields.One2many(
        "retail.sync.stream", "connection_id", domain=[("publishes", "=", True)], string="Published streams"
    )
