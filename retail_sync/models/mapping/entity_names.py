"""What people call the records and fields of an entity."""

from collections.abc import Collection, Mapping
from typing import Any

from odoo import api, models


class RetailSyncEntity(models.AbstractModel):
    """Names of records and fields, with defaults that follow the declaration."""

    _inherit = "retail.sync.entity"

    @api.model
    def _title_of(self, values: Mapping[str, Any]) -> Any:
        """Return what staff call a remote record, of its values."""
        return values.get(self._title_name()) or None

    @api.model
    def _title_name(self) -> str:
        """Return the canonical field that holds what staff call a record."""
        spec = self._spec()
        return self._title_field or spec.identity.field or next(iter(spec.fields))

    @api.model
    def _titles(self, res_ids: Collection[int]) -> dict[int, str]:
        """Return {record id: what staff call it}."""
        return {record.id: record.display_name for record in self._model().browse(res_ids).exists()}

    @api.model
    def _field_labels(self) -> dict[str, str]:
        """Return {canonical field or composite: what people call it}, translated; the declaration's label otherwise."""
        return {}
