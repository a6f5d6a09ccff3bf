"""What staff call the record of a link, to read and to search by."""

from typing import Any

from odoo import api, fields, models

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
    def _compute_record_name(self) -> None:
        names: dict[tuple[str, int], str] = {}
        for model_name, links in self.grouped("res_model").items():
            if model_name not in self.env:
                continue
            records = self.env[model_name].browse(set(links.mapped("res_id"))).exists()
            for record in records._filtered_access("read"):
                short = record[record._rec_name] if record._rec_name else False
                names[(model_name, record.id)] = short or record.display_name
        for link in self:
            link.record_name = names.get((link.res_model, link.res_id), False)

    @api.model
    def _search_record_name(self, operator: str, value: Any) -> Any:
        """Search each model of an entity by name, under the user's own access."""
        if operator in NEGATIVE:
            return NotImplemented
        found = []
        for model_name in self._business_models():
            model = self.env[model_name].with_context(active_test=False)
            if model.has_access("read"):
                query = model._search(fields.Domain("display_name", operator, value))
                found.append(fields.Domain("res_model", "=", model_name) & fields.Domain("res_id", "in", query))
        return fields.Domain.OR(found) if found else fields.Domain.FALSE
