from typing import Any

from odoo import api, models


class RetailSyncAdapter(models.AbstractModel):
    """Add the tables of a stream's entity to what transforms know."""

    _inherit = "retail.sync.adapter"

    @api.model
    def decode_options(self, stream: models.BaseModel) -> dict[str, Any]:
        return {**stream._entity()._transform_options(), **super().decode_options(stream)}
