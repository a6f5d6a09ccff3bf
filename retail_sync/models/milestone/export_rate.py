from odoo import api, fields, models
from odoo.tools import SQL

from ...runtime.erasure import Erasure
from ...runtime.transactions import separate_transaction

# Requests that a user may make in a minute.
PER_MINUTE = 120


class RetailSyncExportRate(models.Model):
    """Count the requests of each user to the milestone export: one row for all workers and servers of the database."""

    _name = "retail.sync.export.rate"
    _description = "Requests to the milestone export"
    _erasure = Erasure(why="Holds ids of users of Odoo and numbers.")
    _log_access = False
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    minute = fields.Integer(required=True, readonly=True, help="Minutes since 1970 at the last request.")
    count = fields.Integer(required=True, readonly=True, help="Requests in that minute.")

    _user_uniq = models.UniqueIndex("(user_id)")

    @api.model
    def _count(self, user_id: int) -> int:
        """Count a request of a user; return 0 if it may pass, else after how many seconds the user may ask again.

        Counted in a transaction of its own, whatever becomes of the request. The clock is the database's.
        """
        with separate_transaction(self.env, read_committed=True) as tx:
            [(count, seconds)] = tx.execute_query(
                SQL(
                    "WITH clock AS (SELECT extract(epoch FROM clock_timestamp())::bigint AS now)"
                    " INSERT INTO retail_sync_export_rate AS kept (user_id, minute, count)"
                    " SELECT %s, now / 60, 1 FROM clock"
                    " ON CONFLICT (user_id) DO UPDATE SET minute = GREATEST(kept.minute, EXCLUDED.minute),"
                    # A clock that is set back does not begin to count anew.
                    " count = CASE WHEN kept.minute >= EXCLUDED.minute THEN kept.count + 1 ELSE 1 END"
                    " RETURNING count, (SELECT 60 - now %% 60 FROM clock)::int",
                    user_id,
                )
            )
        return int(seconds) if count > PER_MINUTE else 0
