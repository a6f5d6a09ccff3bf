"""What an entity checks of records before any of a page is written."""

from collections.abc import Sequence
from typing import Any

from odoo import api, models


class RetailSyncEntity(models.AbstractModel):
    """Records that are taken in as a whole or not at all."""

    _inherit = "retail.sync.entity"

    # Whether `_check_items` looks at anything: a page of other entities needs no savepoint for it.
    _checks_items = False

    @api.model
    def _check_items(self, stream: models.BaseModel, items: Sequence[Any], ctx: dict[str, Any]) -> None:
        """Look at a page's records before any of them is created or written; their values are folded by now.

        One that must not be taken in gets its final outcome: failed, with a fault for a person, or excluded. ctx is
        kept for the steps that write.
        """

    @api.model
    def _message_vals(self, item: Any) -> dict[str, Any]:
        """Return further vals of the message about a record that needs attention."""
        return {}
