from typing import Any

from odoo import models


class AccountMoveLine(models.Model):
    """A copy of a billed line knows it, where a credit note of ours is made."""

    _inherit = "account.move.line"

    def _copy_data_extend_business_fields(self, values: dict[str, Any]) -> None:  # pylint: disable=missing-return
        super()._copy_data_extend_business_fields(values)
        if self.env.context.get("retail_sync_billed_lines"):
            values["sync_billed_line_id"] = self.id
