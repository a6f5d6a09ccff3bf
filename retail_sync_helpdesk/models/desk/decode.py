from collections.abc import Mapping
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import Incoming
from odoo.addons.retail_sync.adapter.contract import Row, Stream

KEY_FIELD = "external_key"


class RetailSyncAdapterDesk(models.AbstractModel):
    """From rows to canonical records: what the mapping lines do not say."""

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def decode_options(self, stream: Stream) -> dict[str, Any]:
        return dict(super().decode_options(stream), desk_database=self._database_prefix())

    @api.model
    def _finish_decode(self, stream: Stream, incoming: Incoming, row: Row, options: Mapping[str, Any]) -> None:
        model = stream._entity()._res_model
        incoming.local_ref = _local_id(row.get(KEY_FIELD), options.get("desk_database"), model)

    @api.model
    def _database_prefix(self) -> str:
        """Return what the external ids that this database gives begin with."""
        return (self.env["ir.config_parameter"].sudo().get_param("database.uuid") or "")[:8]


def _local_id(value: Any, database: str | None, model: str) -> str | None:
    """Return the record id in `<database>:<model>:<id>`; None for another text, as of a copy of the database."""
    prefix, _colon, number = str(value or "").strip().rpartition(":")
    if not database or prefix != f"{database}:{model}" or not (number.isascii() and number.isdecimal()):
        return None
    return number
