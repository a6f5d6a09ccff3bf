import json
import zlib
from typing import Any

from odoo import fields, models
from odoo.tools import SQL

from ...runtime import retention
from ...runtime.erasure import Erasure
from ...runtime.sql import execute_values
from .run import of_ended


class RetailSyncPage(models.Model):
    """Remote records as they were read, stored before anything is done with them.

    The page is committed together with the cursor that follows it, so what was read
    is never read in vain; its job's effects and its "done" commit together, so a
    crash repeats the page and repeats nothing else.
    """

    _name = "retail.sync.page"
    _description = "Stored page of records"
    _erasure = Erasure(quotes=("samples",))
    _order = "run_id, sequence, id"

    run_id = fields.Many2one("retail.sync.run", required=True, ondelete="cascade", index=True)
    stream_id = fields.Many2one("retail.sync.stream", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer()
    state = fields.Selection([("pending", "Pending"), ("done", "Done")], default="pending", required=True)
    size = fields.Integer(help="Records in the page.")
    read_at = fields.Datetime(help="When the read of these records began, on the database's clock.")
    payload = fields.Binary(attachment=False, groups=fields.NO_ACCESS)
    counters = fields.Json()
    samples = fields.Json(help="Masked examples of each outcome (dry runs).")
    unknown = fields.Json(help="{kind: {value: records}} of values that Odoo does not know (dry runs).")
    seconds = fields.Float(help="Duration of the page.")
    job_uuid = fields.Char(index=True)

    _pending_idx = models.Index("(run_id) WHERE state = 'pending'")

    @retention.batched
    def _gc_pages(self) -> retention.Progress:
        """Delete pages of runs that have ended and did not drop them: pages hold whole records."""
        return retention.delete_expired(self, of_ended(self._table), SQL("id"))

    def _pack(self, rows: Any) -> Any:
        """Return rows (list of dicts) as stored bytes; level 1 since pages live for seconds."""
        return zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), 1)

    def _rows(self) -> Any:
        """Return the stored records, a list of dicts."""
        self.ensure_one()
        # Read through SQL: a Binary field would pass the bytes through base64 and keep them in cache.
        self.env.cr.execute("SELECT payload FROM retail_sync_page WHERE id = %s", [self.id])
        return json.loads(zlib.decompress(bytes(self.env.cr.fetchone()[0])))

    def _store(self, run: Any, rows: Any, page_size: Any, read_at: Any = None) -> Any:
        """Cut rows into pages and store them; return the new pages.

        One INSERT for all of them. Order is kept: page n holds earlier records than page n+1.
        """
        self.flush_model()
        self.env.cr.execute("SELECT COALESCE(MAX(sequence), 0) FROM retail_sync_page WHERE run_id = %s", [run.id])
        first = self.env.cr.fetchone()[0] + 1
        values = []
        for number, start in enumerate(range(0, len(rows), page_size)):
            part = rows[start : start + page_size]
            values.append((run.id, run.stream_id.id, first + number, "pending", len(part), self._pack(part), read_at))
        if not values:
            return self.browse()
        ids = execute_values(
            self.env,
            "INSERT INTO retail_sync_page (run_id, stream_id, sequence, state, size, payload, read_at,"
            " create_date, write_date) VALUES %s RETURNING id",
            values,
            template="(%s, %s, %s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
            page_size=100,
        )
        return self.browse([row[0] for row in ids])
