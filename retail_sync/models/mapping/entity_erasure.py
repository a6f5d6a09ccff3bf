"""What an entity tells about the erasure of a person; entities that hold no persons keep the defaults."""

from collections.abc import Collection
from typing import Any

from odoo import api, models


class RetailSyncEntity(models.AbstractModel):
    """Whose values a record holds, and what may become of the record itself."""

    _inherit = "retail.sync.entity"

    @api.model
    def _erased_with(self, res_ids: Collection[int]) -> set[int]:
        """Return the ids of the records and of those that are nothing but parts of them."""
        return set(res_ids)

    @api.model
    def _naming_values(self, res_ids: Collection[int]) -> list[dict[str, Any]]:
        """Return the values by which texts name the persons of these records."""
        return []

    @api.model
    def _erasure_obstacles(self, res_ids: Collection[int]) -> list[str]:
        """Return sentences that say why nothing of these records may be erased."""
        return []

    @api.model
    def _anonymise_obstacles(self, res_ids: Collection[int]) -> list[str]:
        """Return sentences that say why the records themselves must keep their values."""
        return [self.env._("Records of this kind cannot be anonymised. Choose to keep the record.")]

    @api.model
    def _anonymise(self, res_ids: Collection[int]) -> None:
        """Empty the values of the records that say who the person is; documents keep their reference."""
