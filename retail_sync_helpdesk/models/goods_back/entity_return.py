from collections.abc import Collection, Iterable
from typing import Any

from odoo import api, models

# From a return to the transfers that receive its goods.
_RECEIPTS = (("rma", "sync_return_id", "reception_move_id"), ("stock_move", "id", "picking_id"))


class RetailSyncEntityReturn(models.AbstractModel):
    """What the service desk knows of a return goes to platforms with its transfer: reason and inspection result."""

    _inherit = "retail.sync.entity.return"

    @api.model
    def _reason_texts(self, picking_ids: Iterable[int]) -> dict[int, str]:
        found = super()._reason_texts(picking_ids)
        for picking, header in self._headers(picking_ids).items():
            if text := header.reason_text:
                found[picking] = text
        return found

    @api.model
    def _headers(self, picking_ids: Iterable[int]) -> dict[int, Any]:
        """Return {transfer id: its return of the service desk}."""
        parts = (
            self.env["rma"]
            .sudo()
            .search([("reception_move_id.picking_id", "in", list(picking_ids)), ("sync_return_id", "!=", False)])
        )
        return {rma.reception_move_id.picking_id.id: rma.sync_return_id for rma in parts}

    @api.model
    def _document_values(self, records: models.BaseModel, wanted: Collection[str]) -> dict[int, dict[str, Any]]:
        values = super()._document_values(records, wanted)
        for picking, header in self._headers(records.ids).items():
            if header.inspection_ids:
                values[picking]["result"] = header._results()
                if values[picking]["state"] == "received" and header.state in ("inspected", "closed"):
                    values[picking]["state"] = "inspected"
        return values

    @api.model
    def _change_sources(self) -> list[Any]:
        result = ("state", "result")
        return [
            *super()._change_sources(),
            self._change_source("retail_sync_return", "id", ("state", "reason"), (*result, "reason"), hops=_RECEIPTS),
            self._change_source(
                "retail_sync_return_inspection", "return_id", ("quantity", "result"), result, hops=_RECEIPTS
            ),
        ]
