from odoo import api, models


class RetailSyncEntity(models.AbstractModel):
    """How one canonical entity lives in Odoo: `retail.sync.entity.<entity>`.

    The engine walks records through the same steps whatever they are; what a value
    means in Odoo is known here and nowhere else.
    """

    _name = "retail.sync.entity"
    _description = "Canonical entity in Odoo"

    _res_model = None
    # Canonical fields that Odoo fills in by itself when nobody does.
    _filled_in = ()

    @api.model
    def _context(self, connection, items):
        """Return look-up tables for a page; read once, passed to the methods below."""
        return {}

    @api.model
    def _fold(self, item, ctx):
        """Fill item.folded: its parts in the form that Odoo's own values take."""
        item.folded.update(item.incoming.parts)

    @api.model
    def _complete(self, values, local, absent_parts):
        """Return folded values with Odoo's own parts (of local, its folded values) where the record told none."""
        return values

    @api.model
    def _vals(self, values, item, ctx):
        """Return Odoo vals of canonical values; what cannot be taken is named in item.incoming.warnings."""
        return {}

    @api.model
    def _create_records(self, items, ctx):
        """Create the Odoo records of items, whose parents exist; set their res_id.

        :return: {(external id, part): record id}
        """
        return {}

    @api.model
    def _link_children(self, children_of):
        """Put {parent id: [child ids]} together; return {child id: reason} of those that cannot."""
        return {}

    @api.model
    def _field_labels(self):
        """Return {canonical field or composite: what people call it}, translated; the declaration's label otherwise."""
        return {}

    # -- to the platform

    @api.model
    def _columns_of(self, names):
        """Return the stored columns that hold canonical values."""
        return set()

    @api.model
    def _steering_columns(self):
        """Return columns that decide whether and where a record is sent."""
        return set()

    @api.model
    def _fields_of(self, columns):
        """Return the canonical names that stored columns (or words of causes) hold."""
        return set(columns)

    @api.model
    def _spread(self, changed):
        """Return {record id: Touched} with the records added whose values follow from others'."""
        return changed

    @api.model
    def _subjects(self, stream, res_ids):
        """Return {record id: id of the record that is sent for it}: an address is sent with its customer."""
        return {res_id: res_id for res_id in res_ids}

    @api.model
    def _part_fields(self):
        """Return the canonical names that a part of a record (such as an address) brings with it."""
        return ()

    @api.model
    def _exportable(self, stream, res_ids, ordered=()):
        """Return the ids of those records that may be created on the platform now."""
        return []

    @api.model
    def _titles(self, res_ids):
        """Return {record id: what staff call it}."""
        return {}

    @api.model
    def _local_values(self, records, ctx, bases):
        """Return {record id: canonical values as Odoo has them now}."""
        return {}
