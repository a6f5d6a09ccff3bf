from odoo import fields, models
from odoo.tools import SQL

from ...domain.canonical.schema import PART_MAIN
from ...runtime import retention
from ...runtime.erasure import Erasure
from ..runs.run import of_ended


class RetailSyncLoadSnapshot(models.Model):
    """Ids that a load has read, one row a fetch: linked records that are not among them are verified when it ends."""

    _name = "retail.sync.load.snapshot"
    _description = "Ids read by a load"
    _erasure = Erasure(items=("external_ids",))

    run_id = fields.Many2one("retail.sync.run", required=True, ondelete="cascade", index=True)
    external_ids = fields.Json(required=True)

    def _note(self, run: models.BaseModel, external_ids: list[str]) -> None:
        """Keep the ids of one fetch (a list of str) until the run ends."""
        if external_ids:
            self.create({"run_id": run.id, "external_ids": external_ids})

    def _unseen(self, run: models.BaseModel) -> list[str]:
        """Return the external ids, sorted, that were linked before the run began and that it did not read."""
        self.flush_model()
        self.env["retail.sync.link"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT link.external_id FROM retail_sync_link link"
                " WHERE link.stream_id = %s AND link.remote_object = %s AND link.part = %s"
                " AND link.is_primary AND link.state IN ('in_sync', 'attention') AND link.linked_at <= %s"
                " AND NOT EXISTS (SELECT FROM retail_sync_load_snapshot seen,"
                " jsonb_array_elements_text(seen.external_ids) AS shown(id)"
                " WHERE seen.run_id = %s AND shown.id = link.external_id)"
                " ORDER BY link.external_id",
                run.stream_id.id,
                run.stream_id.remote_object,
                PART_MAIN,
                run.started_at,
                run.id,
            )
        )
        return [external_id for (external_id,) in rows]

    @retention.batched
    def _gc_snapshots(self) -> retention.Progress:
        """Delete the ids of loads that have ended and did not drop them."""
        return retention.delete_expired(self, of_ended(self._table), SQL("id"))

    def _forget(self, run: models.BaseModel) -> None:
        self.search([("run_id", "=", run.id)]).unlink()
