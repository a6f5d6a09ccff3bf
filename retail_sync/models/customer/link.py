from typing import Any, Self

from odoo import api, models

from ..mapping.write_guard import ProtectedRecordError
from . import internal_partners


class RetailSyncLink(models.Model):
    """Refuse links to partners that no platform may write, whoever makes them."""

    _inherit = "retail.sync.link"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        self._refuse_internal(vals["res_id"] for vals in vals_list if vals.get("res_model") == "res.partner")
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        moving = self.filtered(lambda link: link.res_id != vals["res_id"]) if vals.get("res_id") else self.browse()
        if any(vals.get("res_model", link.res_model) == "res.partner" for link in moving):
            self._refuse_internal([vals["res_id"]])
        return super().write(vals)

    @api.model
    def _refuse_internal(self, partner_ids: Any) -> None:
        """Check that platforms may link to these partners.

        :raises ProtectedRecordError: one of them belongs to an internal user or to a company of Odoo
        """
        if internal_partners.internal_ids(self.env, partner_ids):
            raise ProtectedRecordError(internal_partners.reason(self.env))
