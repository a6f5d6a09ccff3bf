from typing import Any

from odoo import api, models


class RetailSyncAdapter(models.AbstractModel):
    """The tables of an entity, for the transforms of its values."""

    _inherit = "retail.sync.adapter"

    @api.model
    def _value_tables(self, stream: models.BaseModel) -> dict[str, Any]:
        return stream._entity()._transform_options()
