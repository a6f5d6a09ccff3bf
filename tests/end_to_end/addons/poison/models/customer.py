from odoo import models


def check(env, path, names):
    """Fail over a name with the word that the parameter `poison.PATH` has."""
    word = env["ir.config_parameter"].sudo().get_param(f"poison.{path}")
    if word and any(word in (name or "") for name in names):
        raise ZeroDivisionError(f"an addon with a fault in {path}")


class RetailSyncEntityCustomer(models.AbstractModel):
    _inherit = "retail.sync.entity.customer"

    def _fold(self, item, ctx):
        check(self.env, "in", [item.incoming.parts["main"].get("name")])
        return super()._fold(item, ctx)

    def _local_values(self, records, ctx, bases):
        check(self.env, "values", records.mapped("name"))
        return super()._local_values(records, ctx, bases)
