from odoo import api, fields, models
from odoo.tools import SQL


class RetailSyncNonMatch(models.Model):
    """A person said that a record, or a customer, is not this customer. It is not asked again."""

    _name = "retail.sync.non.match"
    _description = "Not the same customer"
    _rec_name = "partner_id"
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True, readonly=True
    )
    connection_id = fields.Many2one("retail.sync.connection", string="Connection", ondelete="cascade", readonly=True)
    remote_object = fields.Char(string="Object", readonly=True)
    external_id = fields.Char(
        string="External id", readonly=True, help="The record on the platform that is not this customer."
    )
    other_id = fields.Many2one(
        "res.partner",
        string="Other customer",
        ondelete="cascade",
        index="btree_not_null",
        readonly=True,
        help="The customer that is not this one.",
    )
    create_uid = fields.Many2one("res.users", string="Said by", readonly=True)
    create_date = fields.Datetime(string="Said on", readonly=True)

    _record_uniq = models.UniqueIndex(
        "(partner_id, connection_id, remote_object, external_id) WHERE external_id IS NOT NULL",
        "This was said before.",
    )
    _pair_uniq = models.UniqueIndex("(partner_id, other_id) WHERE other_id IS NOT NULL", "This was said before.")
    _told = models.Constraint(
        "CHECK (external_id IS NOT NULL OR other_id > partner_id)",
        "Name the record, or two customers, the one with the lower number first.",
    )

    @api.model
    def _say(self, partner_ids, message):
        """Remember that the record of a message is none of these customers."""
        self._say_all([(partner_id, message) for partner_id in partner_ids])

    @api.model
    def _say_all(self, pairs):
        """Remember of [(customer id, message)] that the record is not the customer: one statement for all.

        What was said before stands; a customer that is gone needs no telling apart.
        """
        if not pairs:
            return
        partner_ids, messages = zip(*pairs, strict=True)
        self.env.cr.execute(
            SQL(
                "INSERT INTO retail_sync_non_match (partner_id, connection_id, remote_object, external_id,"
                " create_uid, write_uid, create_date, write_date)"
                " SELECT DISTINCT partner.id, told.connection_id, told.remote_object, told.external_id,"
                " %(uid)s, %(uid)s, %(now)s, %(now)s"
                " FROM unnest(%(partners)s::int[], %(connections)s::int[], %(objects)s::text[], %(keys)s::text[])"
                " AS told(partner_id, connection_id, remote_object, external_id)"
                " JOIN res_partner partner ON partner.id = told.partner_id"
                " ON CONFLICT (partner_id, connection_id, remote_object, external_id) WHERE external_id IS NOT NULL"
                " DO NOTHING",
                uid=self.env.uid,
                now=fields.Datetime.now(),
                partners=list(partner_ids),
                connections=[message.connection_id.id for message in messages],
                objects=[message.remote_object for message in messages],
                keys=[message.key for message in messages],
            )
        )
        self.invalidate_model()

    @api.model
    def _of_records(self, stream, external_ids):
        """Return {external id: ids of customers that it is not}."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT external_id, array_agg(partner_id) FROM retail_sync_non_match WHERE connection_id = %s"
                " AND remote_object = %s AND external_id = ANY(%s) GROUP BY external_id",
                stream.connection_id.id,
                stream.remote_object,
                list(external_ids),
            )
        )
        return {external_id: set(ids) for external_id, ids in rows}
