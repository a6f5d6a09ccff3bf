from odoo import models

from .customer import check


class RetailSyncAdapterSalesforce(models.AbstractModel):
    _inherit = "retail.sync.adapter.salesforce"

    def encode(self, stream, records):
        partners = self.env["res.partner"].browse([record.res_id for record in records])
        check(self.env, "encode", partners.mapped("name"))
        return super().encode(stream, records)
