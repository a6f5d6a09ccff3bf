"""What is left of records that were deleted in Odoo is erased after a time: deleting a customer is meant to last."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...runtime import retention
from ...runtime.constants import UNCLOSED_STATES
from .erase import erase
from .person import of_records

KEEP_DAYS = 30
# Deleted records of one batch: each of them has rows in many tables.
BATCH = 500


class RetailSyncLink(models.Model):
    """Links whose record was deleted in Odoo."""

    _inherit = "retail.sync.link"

    _deleted_idx = models.Index("(deleted_at) WHERE state = 'excluded' AND deleted_at IS NOT NULL")

    @retention.batched
    def _gc_deleted_records(self) -> retention.Progress:
        """Erase what is left of records deleted in Odoo so many days ago; those whose deletion is to be sent wait."""
        limit = retention.before(self.env, "keep_deleted_days", KEEP_DAYS)
        if not limit:
            return 0, 0
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT link.res_model, link.res_id FROM retail_sync_link link"
                " WHERE link.state = 'excluded' AND link.deleted_at < %s AND NOT EXISTS ("
                " SELECT FROM retail_sync_message message WHERE message.res_model = link.res_model"
                " AND message.res_id = link.res_id AND message.state = ANY(%s)) LIMIT %s",
                limit,
                list(UNCLOSED_STATES),
                BATCH + 1,
            )
        )
        done = 0
        for res_model in sorted({name for name, _res_id in rows}):
            ids = [res_id for name, res_id in rows[:BATCH] if name == res_model]
            there = self.env[res_model].sudo().browse(ids).exists() if res_model in self.env else ()
            # A record with the id of a deleted one, such as the undo of a merge restores, is not left over.
            back = set(there.ids) if there else set()
            self.search(
                [("res_model", "=", res_model), ("res_id", "in", list(back)), ("state", "=", "excluded")]
            ).write({"deleted_at": False})
            gone = [res_id for res_id in ids if res_id not in back]
            if gone:
                erase(self.env, of_records(self.env, res_model, gone, words=False), basis="deleted")
            done += len(ids)
        return done, int(len(rows) > BATCH)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retail_sync_keep_deleted_days = fields.Integer(
        string="Erase deleted customers after",
        default=KEEP_DAYS,
        config_parameter="retail_sync.keep_deleted_days",
        help="What Retail Sync keeps of a customer is erased so long after the customer was deleted in Odoo.",
    )

    @api.constrains("retail_sync_keep_deleted_days")
    def _check_retail_sync_keep_deleted(self) -> None:
        if any(settings.retail_sync_keep_deleted_days < 1 for settings in self):
            raise ValidationError(
                self.env._("Customers that were deleted are erased after 1 day at the earliest. Enter 1 or more days.")
            )
