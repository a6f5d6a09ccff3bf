from odoo import api, fields, models

from ...runtime.sql import execute_values


class RetailSyncDryRunClaim(models.Model):
    """What proves who the records of a dry run are: "this VAT", "this e-mail and name".

    A dry run makes no customers, so the twin of a record in an earlier page is found by
    what that one claimed. A unique index serialises two pages that claim the same: under
    REPEATABLE READ the later one may not write a row that changed under its feet, so
    PostgreSQL raises a serialisation failure and queue_job runs the page again, on a
    snapshot that holds the winner. (Real loads announce their records, see
    `announcements`.)
    """

    _name = "retail.sync.dry.run.claim"
    _description = "Claimed match key"
    _log_access = False

    key = fields.Char(required=True)
    run_id = fields.Many2one(
        "retail.sync.run", ondelete="cascade", index="btree_not_null", help="Set for the claims of a dry run only."
    )

    _key_uniq = models.UniqueIndex("(key, COALESCE(run_id, 0))")

    @api.model
    def _claim(self, keys, run=None):
        """Claim keys; return the set of those that somebody had claimed before.

        Keys go in sorted order, so that two pages never wait for each other in a circle.

        :raises psycopg2.errors.SerializationFailure: when another transaction, not yet
            visible here, holds one of them. Must reach queue_job, which runs the page again.
        """
        keys = sorted(set(keys))
        if not keys:
            return set()
        fresh = execute_values(
            self.env,
            # DO UPDATE and not DO NOTHING: a claim made long ago (by a record that then
            # failed) must serialise its next two claimants as well.
            "INSERT INTO retail_sync_dry_run_claim (key, run_id) VALUES %s ON CONFLICT (key, COALESCE(run_id, 0))"
            " DO UPDATE SET key = EXCLUDED.key RETURNING key, xmax = 0",
            [(key, run.id if run else None) for key in keys],
            page_size=5000,
        )
        return {key for key, is_new in fresh if not is_new}
