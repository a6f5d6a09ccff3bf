"""What staff call the record of a link or of a message, to read and to search by."""

from typing import Any

from odoo import api, fields, models

from ..mapping import record_names

NEGATIVE = ("not in", "not like", "not ilike", "!=", "not =like", "not =ilike")


class RetailSyncNamedRecord(models.AbstractModel):
    """A row about a record of Odoo (`res_model`, `res_id`) shows the record's name as far as its reader may see it."""

    _name = "retail.sync.named.record"
    _description = "Name of the record of a row"

    record_name = fields.Char(
        "Name in Odoo",
        compute="_compute_record_name",
        search="_search_record_name",
        help="Name of the record in Odoo, as far as you may see it.",
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_record_name(self) -> None:
        names = record_names.readable(self.env, [(row.res_model, row.res_id) for row in self])
        for row in self:
            row.record_name = names.get((row.res_model, row.res_id), False)

    @api.model
    def _search_record_name(self, operator: str, value: Any) -> Any:
        """Search each model of an entity by name, under the user's own access."""
        return NotImplemented if operator in NEGATIVE else self._named_domain(operator, value)


class RetailSyncLink(models.Model):
    _name = "retail.sync.link"
    _inherit = ["retail.sync.link", "retail.sync.named.record"]


class RetailSyncMessage(models.Model):
    _name = "retail.sync.message"
    _inherit = ["retail.sync.message", "retail.sync.named.record"]
