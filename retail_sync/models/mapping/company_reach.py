"""Streams, field mappings and ownership rules stay within the companies of who changes them."""

from typing import Any, Self

from odoo import api, models


class RetailSyncStream(models.Model):
    _name = "retail.sync.stream"
    _inherit = ["retail.sync.stream", "retail.sync.company.reach"]


class RetailSyncFieldMap(models.Model):
    _name = "retail.sync.field.map"
    _inherit = ["retail.sync.field.map", "retail.sync.company.reach"]


class RetailSyncOwnershipRule(models.Model):
    _name = "retail.sync.ownership.rule"
    _inherit = ["retail.sync.ownership.rule", "retail.sync.company.reach"]

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        rules = super().create(vals_list)
        # The record rule knows the company of a rule; the connection that a rule is for may be another one's.
        if not self.env.su:
            rules.connection_id.check_access("read")
        return rules
