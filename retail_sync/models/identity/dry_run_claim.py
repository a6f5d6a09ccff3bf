from collections.abc import Iterable

from odoo import api, fields, models

from ...runtime.sql import execute_values


class RetailSyncDryRunClaim(models.Model):
    """Keep the keys that records of a dry run claim, such as "this VAT number" or "this e-mail and name".

    A dry run creates no customers. Its claims show that a record of a later page repeats a record of an earlier page.
    A unique index serialises two pages that claim the same key: under REPEATABLE READ the later page may not write a
    row that changed after its snapshot, so PostgreSQL raises a serialisation failure, and queue_job runs the page
    again with a snapshot that holds the claim. Real loads announce their records instead (`announcements`).
    """

    _name = "retail.sync.dry.run.claim"
    _description = "Claimed match key"
    _log_access = False

    key = fields.Char(required=True)
    run_id = fields.Many2one(
        "retail.sync.run", ondelete="cascade", index="btree_not_null", help="Dry run that claims the key."
    )

    _key_uniq = models.UniqueIndex("(key, COALESCE(run_id, 0))")

    @api.model
    def _claim(self, keys: Iterable[str], run: models.BaseModel | None = None) -> set[str]:
        """Claim keys; return the keys that another record had claimed before.

        Keys are written in sorted order, so that two pages never wait for each other in a circle.

        :raises psycopg2.errors.SerializationFailure: when a transaction that is not visible yet holds one of the
            keys. The error must reach queue_job, which runs the page again.
        """
        keys = sorted(set(keys))
        if not keys:
            return set()
        fresh = execute_values(
            self.env,
            # DO UPDATE and not DO NOTHING: an old claim, of a record that failed later, must serialise its next two
            # claimants too.
            "INSERT INTO retail_sync_dry_run_claim (key, run_id) VALUES %s ON CONFLICT (key, COALESCE(run_id, 0))"
            " DO UPDATE SET key = EXCLUDED.key RETURNING key, xmax = 0",
            [(key, run.id if run else None) for key in keys],
            page_size=5000,
        )
        return {key for key, is_new in fresh if not is_new}
