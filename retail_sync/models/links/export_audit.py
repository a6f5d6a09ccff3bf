from collections.abc import Sequence
from typing import Any

from odoo import models

from ..audit import trail


class RetailSyncBusinessAccess(models.AbstractModel):
    """Keep exports of sync records in the audit trail: a file leaves the rights of Odoo behind."""

    _inherit = "retail.sync.business.access"

    def export_data(self, fields_to_export: Sequence[str]) -> dict[str, Any]:
        trail.exported(self, fields_to_export)
        return super().export_data(fields_to_export)
