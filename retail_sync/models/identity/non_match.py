from collections.abc import Iterable, Sequence

from odoo import api, fields, models
from odoo.tools import SQL

from ...runtime import retention
from ...runtime.erasure import Erasure, Ids, Remote

# 0: for as long as the customers exist.
KEEP_DAYS = 0


class RetailSyncNonMatch(models.Model):
    """Keep that a person marked a record, or another customer, as different from a customer; no review asks again."""

    _name = "retail.sync.non.match"
    _inherit = ["retail.sync.business.access"]
    _description = "Non-match"
    _erasure = Erasure(rows=(Ids("partner_id"), Ids("other_id"), Remote()))
    _rec_name = "partner_id"
    _order = "id desc"
    _business_fields = (("res.partner", "partner_id"), ("res.partner", "other_id"))

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True, readonly=True
    )
    connection_id = fields.Many2one("retail.sync.connection", ondelete="cascade", index="btree_not_null", readonly=True)
    remote_object = fields.Char(string="Object", readonly=True)
    external_id = fields.Char(
        string="External id", readonly=True, help="Record on the platform that is not this customer."
    )
    other_id = fields.Many2one(
        "res.partner",
        string="Other customer",
        ondelete="cascade",
        index="btree_not_null",
        readonly=True,
        help="Customer that is different from this customer.",
    )
    create_uid = fields.Many2one("res.users", string="Marked by", readonly=True)
    create_date = fields.Datetime(string="Marked on", readonly=True)

    _retention_idx = models.Index("(create_date)")
    _record_uniq = models.UniqueIndex(
        "(partner_id, connection_id, remote_object, external_id) WHERE external_id IS NOT NULL",
        "This record is already marked as different from this customer.",
    )
    _pair_uniq = models.UniqueIndex(
        "(partner_id, other_id) WHERE other_id IS NOT NULL", "These two customers are already marked as different."
    )
    _record_or_pair = models.Constraint(
        "CHECK (external_id IS NOT NULL OR other_id > partner_id)",
        "A non-match needs a record, or two customers of which the first has the lower id. Check the values.",
    )

    @retention.batched
    def _gc_non_matches(self) -> retention.Progress:
        """Delete non-matches after the days of Settings; by default they stay as long as their customers.

        Without it a review asks again about records that a person declared different.
        """
        limit = retention.before(self.env, "keep_non_matches_days", KEEP_DAYS)
        return retention.delete_expired(self, SQL("create_date < %s", limit), SQL("create_date")) if limit else (0, 0)

    @api.model
    def _mark(self, partner_ids: Iterable[int], message: models.BaseModel) -> None:
        """Mark the record of a message as a non-match of these customers."""
        self._mark_all([(partner_id, message) for partner_id in partner_ids])

    @api.model
    def _mark_all(self, pairs: Sequence[tuple[int, models.BaseModel]]) -> None:
        """Mark the record of each message as a non-match of the customer, in one statement.

        Existing non-matches stay as they are, and deleted customers are left out.

        :param pairs: [(customer id, message)]
        """
        if not pairs:
            return
        partner_ids, messages = zip(*pairs, strict=True)
        self.env.cr.execute(
            SQL(
                "INSERT INTO retail_sync_non_match (partner_id, connection_id, remote_object, external_id,"
                " create_uid, write_uid, create_date, write_date)"
                " SELECT DISTINCT partner.id, marked.connection_id, marked.remote_object, marked.external_id,"
                " %(uid)s, %(uid)s, %(now)s, %(now)s"
                " FROM unnest(%(partners)s::int[], %(connections)s::int[], %(objects)s::text[], %(keys)s::text[])"
                " AS marked(partner_id, connection_id, remote_object, external_id)"
                " JOIN res_partner partner ON partner.id = marked.partner_id"
                " ON CONFLICT (partner_id, connection_id, remote_object, external_id) WHERE external_id IS NOT NULL"
                " DO NOTHING",
                uid=self.env.uid,
                now=fields.Datetime.now(),
                partners=list(partner_ids),
                connections=[message.connection_id.id for message in messages],
                objects=[message.remote_object for message in messages],
                keys=[message.external_id for message in messages],
            )
        )
        self.invalidate_model()

    @api.model
    def _of_records(self, stream: models.BaseModel, external_ids: Iterable[str]) -> dict[str, set[int]]:
        """Return {external id: ids of customers marked as different} of records of a stream."""
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
