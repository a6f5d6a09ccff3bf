from odoo import api, models


class RetailSyncEntity(models.AbstractModel):
    """How one canonical entity lives in Odoo: `retail.sync.entity.<entity>`.

    The engine walks records through the same steps whatever they are; what a value
    means in Odoo is known here and nowhere else.
    """

    _name = "retail.sync.entity"
    _description = "Canonical entity in Odoo"

    _res_model = None

    @api.model
    def _context(self, backend, items):
        """Return look-up tables for a page; read once, passed to the methods below."""
        return {}

    @api.model
    def _fold(self, item, ctx):
        """Fill item.folded: its slots in the form that Odoo's own values take."""
        item.folded.update(item.incoming.slots)

    @api.model
    def _complete(self, values, local, untold):
        """Return folded values with Odoo's own parts (of local, its folded values) where the record told none."""
        return values

    @api.model
    def _vals(self, values, item, ctx):
        """Return Odoo vals of canonical values; what cannot be taken is named in item.incoming.warnings."""
        return {}

    @api.model
    def _create_records(self, items, ctx):
        """Create the Odoo records of items, whose parents exist; set their res_id.

        :return: {(external id, slot): record id}
        """
        return {}

    @api.model
    def _link_children(self, children_of):
        """Put {parent id: [child ids]} together; return {child id: reason} of those that cannot."""
        return {}

    @api.model
    def _local_values(self, records, ctx, bases):
        """Return {record id: canonical values as Odoo has them now}."""
        return {}
