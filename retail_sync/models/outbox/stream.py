from collections.abc import Iterable
from datetime import datetime
from typing import Any

from odoo import api, models

from . import brake, facts, outbox
from .fact import NewFact


class RetailSyncStream(models.Model):
    """A changed stream changes what is captured and sent."""

    _inherit = "retail.sync.stream"

    @api.model_create_multi
    def create(self, vals_list):
        streams = super().create(vals_list)
        self.env["retail.sync.capture"].sudo()._refresh()
        return streams

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"direction", "active", "map_ids", "entity"}:
            self.env["retail.sync.capture"].sudo()._refresh()
        if vals.get("state") == "live":
            outbox.trigger_due(self.env(su=True), self)
        return result

    def unlink(self):
        result = super().unlink()
        self.env["retail.sync.capture"].sudo()._refresh()
        return result

    def _delivers(self, lane):
        """Tell whether messages of a lane may be sent now; bulk work waits while a mass refusal is not decided."""
        return super()._delivers(lane) and not (lane == "bulk" and brake.stops_bulk(self.env, self))

    def _record_facts(self, new: Iterable[tuple[str, int, Any, datetime]]) -> list[str]:
        """Record facts in the transaction of the caller, as an addon can; return the keys of those that are new.

        :param new: (key, unique on the stream for good; id of the record; payload, JSON-able; when, naive in UTC)
        """
        self.ensure_one()
        return facts.record_many(self.env(su=True), self.sudo(), [NewFact(*fact) for fact in new])
