import json
from dataclasses import dataclass
from typing import Any

from odoo import api, fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure
from odoo.addons.retail_sync.runtime.transactions import separate_transaction

from ...domain.api.quota import Limit, QuotaState, QuotaVerdict, take


@dataclass(frozen=True, slots=True)
class Taken:
    """A request that was counted. ``now``: milliseconds since the epoch."""

    verdict: QuotaVerdict
    state: QuotaState
    now: int


class RetailSyncApiKeyUse(models.Model):
    """Count the requests of a key: one row for all workers and servers of the database.

    It is written in a transaction of its own that lasts a millisecond and waits for others of the same key. So requests
    with one key neither fail because of each other, nor are given back by what becomes of the request.
    """

    _name = "retail.sync.api.key.use"
    _description = "Requests with a key of the agent API"
    _erasure = Erasure(why="Holds numbers and the times of requests.")
    _log_access = False
    _rec_name = "key_id"

    key_id = fields.Many2one("retail.sync.api.key", required=True, readonly=True, ondelete="cascade")
    quota = fields.Text(readonly=True, help="State of the limits.")
    last_used_at = fields.Datetime(readonly=True)
    used = fields.Integer(readonly=True)
    refused = fields.Integer(readonly=True)

    _key_uniq = models.UniqueIndex("(key_id)")

    @api.model
    def _take(self, key_id: int, limits: tuple[Limit, ...]) -> Taken:
        """Return whether a request may go on, and count it. The clock is the database's."""
        with separate_transaction(self.env, read_committed=True) as tx:
            # A crash of the database may forget the last requests: what it costs to keep them is a disk's turn each.
            tx.cr.execute("SET LOCAL synchronous_commit TO OFF")
            tx.cr.execute("SELECT quota FROM retail_sync_api_key_use WHERE key_id = %s FOR UPDATE", [key_id])
            [(quota,)] = tx.cr.fetchall()
            # Asked after the row is locked: who waited for it must not get an earlier time.
            tx.cr.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
            now = tx.cr.fetchone()[0]
            verdict, state = take(_read(quota), limits, now)
            tx.cr.execute(
                "UPDATE retail_sync_api_key_use SET quota = %s, last_used_at = clock_timestamp() AT TIME ZONE 'UTC',"
                " used = COALESCE(used, 0) + %s, refused = COALESCE(refused, 0) + %s WHERE key_id = %s",
                [_text(state), int(verdict.allowed), int(not verdict.allowed), key_id],
            )
        return Taken(verdict, state, now)


def _read(text: str | None) -> QuotaState:
    values: dict[str, Any] = json.loads(text) if text else {}
    used = {name: (window, count) for name, (window, count) in values.get("used", {}).items()}
    return QuotaState(values.get("full_at", {}), used)


def _text(state: QuotaState) -> str:
    return json.dumps({"full_at": dict(state.full_at), "used": {name: list(row) for name, row in state.used.items()}})
