from odoo import fields, models
from odoo.tools import SQL

from ...runtime import retention
from ...runtime.erasure import Erasure, Remote
from ...runtime.fields import BigInteger
from ...runtime.sql import execute_values


class RetailSyncRemoteVersion(models.Model):
    """Ids and versions of a stream's records as the platform lists them, until their comparison ends."""

    _name = "retail.sync.remote.version"
    _description = "Listed version of a record on the platform"
    _erasure = Erasure(rows=(Remote(connection=None, object=None),))
    _log_access = False

    comparison_id = fields.Many2one("retail.sync.comparison", required=True, ondelete="cascade")
    external_id = fields.Char(required=True)
    version = BigInteger(required=True)

    _record_uniq = models.UniqueIndex("(comparison_id, external_id)")

    def _store(self, comparison, versions):
        """Store [(external id, version)]; of a record that is listed twice, the later version."""
        newest = {}
        for external_id, version in versions:
            newest[external_id] = max(version, newest.get(external_id, 0))
        if newest:
            execute_values(
                self.env,
                "INSERT INTO retail_sync_remote_version (comparison_id, external_id, version) VALUES %s"
                " ON CONFLICT (comparison_id, external_id) DO UPDATE SET version ="
                " GREATEST(retail_sync_remote_version.version, EXCLUDED.version)",
                [(comparison.id, external_id, version) for external_id, version in newest.items()],
                page_size=5000,
            )

    @retention.batched
    def _gc_versions(self) -> retention.Progress:
        """Delete versions of comparisons that have ended and did not drop them."""
        ended = SQL(
            "EXISTS (SELECT FROM retail_sync_comparison comparison WHERE comparison.id = comparison_id"
            " AND comparison.state NOT IN ('pending', 'running'))"
        )
        return retention.delete_expired(self, ended, SQL("id"))

    def _forget(self, comparison):
        self.env.cr.execute(SQL("DELETE FROM retail_sync_remote_version WHERE comparison_id = %s", comparison.id))
