"""What staff call the record of a link, to read and to search by."""

from typing import Any

from odoo import api, fields, models

from ..mapping import record_names

NEGATIVE = ("not in", "not like", "not ilike", "!=", "not =like", "not =ilike")


class RetailSyncLink(models.Model):
    _inherit = "retail.sync.link"

    record_name = fields.Char(
        "Name in Odoo",
        compute="_compute_record_name",
        search="_search_record_name",
        help="Name of the record in Odoo, as far as you may see it.",
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_record_name(self) -> None:
        names = record_names.readable(self.env, [(link.res_model, link.res_id) for link in self])
        for link in self:
            link.record_name = names.get((link.res_model, link.res_id), False)

    @api.model
    def _search_record_name(self, operator: str, value: Any) -> Any:
        """Search each model of an entity by name, under the user's own access."""
        if operator in NEGATIVE:
            return NotImplemented
        return self._named_domain(operator, value)


class RetailSyncMessage(models.Model):
    _inherit = "retail.sync.message"

    record_name = fields.Char(
        "Name in Odoo",
        compute="_compute_record_name",
        search="_search_record_name",
        help="Name of the record in Odoo, as far as you may see it.",
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_record_name(self) -> None:
        names = record_names.readable(self.env, [(message.res_model, message.res_id) for message in self])
        for message in self:
            message.record_name = names.get((message.res_model, message.res_id), False)

    @api.model
    def _search_record_name(self, operator: str, value: Any) -> Any:
        return NotImplemented if operator in NEGATIVE else self._named_domain(operator, value)
