from dataclasses import replace

from odoo import api, models

from .capture_sources import affected_of
from .constants import COMMERCIAL_NAMES


class RetailSyncEntityCustomer(models.AbstractModel):
    """Add credit values to the values of a customer."""

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _spread(self, changed):
        """Spread changes of commercial values to all linked contacts of the company, which share these values."""
        sources = [
            res_id for res_id, what in changed.items() if what.names.keys() & (COMMERCIAL_NAMES | {"first_order"})
        ]
        spread = dict(changed)
        for source, others in affected_of(self.env, sources).items():
            names = {
                name: at
                for name, at in changed[source].names.items()
                if name in COMMERCIAL_NAMES or name == "first_order"
            }
            for other in others - {source}:
                change = spread[other] = spread.get(other) or type(changed[source])()
                if change is changed.get(other):
                    change = spread[other] = replace(change, names=dict(change.names), foreign=set(change.foreign))
                change.add(replace(changed[source], names=names, ops={"C"}, foreign=set()))
        return spread

    # -- values

    @api.model
    def _local_values(self, records, ctx, bases):
        """Add the values that Odoo alone owns, only if the stream maps them, because each costs a query or two."""
        local = super()._local_values(records, ctx, bases)
        names = ctx.get("fields", set()) & (COMMERCIAL_NAMES | {"odoo_id"})
        if names:
            company = self.env["res.company"].browse(ctx.get("company_id")) or self.env.company
            commercial = records.with_company(company)._retail_sync_commercial()
            for record_id, values in local.items():
                values.update({name: commercial[record_id].get(name) for name in names & COMMERCIAL_NAMES})
                if "odoo_id" in names:
                    values["odoo_id"] = str(record_id)
        return local
