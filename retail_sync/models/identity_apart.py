from odoo import api, fields, models
from odoo.tools import SQL


class RetailSyncIdentityApart(models.Model):
    """A person said that a record, or a customer, is not this customer. It is not asked again."""

    _name = "retail.sync.identity.apart"
    _description = "Not the same customer"
    _rec_name = "partner_id"
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True, readonly=True
    )
    backend_id = fields.Many2one("retail.sync.backend", string="Connection", ondelete="cascade", readonly=True)
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
        "(partner_id, backend_id, remote_object, external_id) WHERE external_id IS NOT NULL",
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
        held = self.search(
            [
                ("backend_id", "=", message.backend_id.id),
                ("remote_object", "=", message.remote_object),
                ("external_id", "=", message.key),
            ]
        ).partner_id.ids
        self.create(
            [
                {
                    "partner_id": partner_id,
                    "backend_id": message.backend_id.id,
                    "remote_object": message.remote_object,
                    "external_id": message.key,
                }
                for partner_id in dict.fromkeys(partner_ids)
                if partner_id not in held
            ]
        )

    @api.model
    def _of_records(self, flow, external_ids):
        """Return {external id: ids of customers that it is not}."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT external_id, array_agg(partner_id) FROM retail_sync_identity_apart WHERE backend_id = %s"
                " AND remote_object = %s AND external_id = ANY(%s) GROUP BY external_id",
                flow.backend_id.id,
                flow.remote_object,
                list(external_ids),
            )
        )
        return {external_id: set(ids) for external_id, ids in rows}
