"""Seal rows of the audit trail: number them without a gap, and chain their hashes, after they are committed.

Transactions of people never wait for each other here. They insert rows without a seal; this step, one at a time, seals
what is committed. A row whose transaction was rolled back never gets a number, and one whose worker died is sealed by
the schedule.
"""

import functools
import logging
from typing import Any

import psycopg2

from odoo.api import Environment

from ...domain.security import audit
from ...runtime.server_config import option
from ...runtime.sql import execute_values
from ...runtime.transactions import run_separately

_logger = logging.getLogger(__name__)

LOCK = 7_283_411_907
BATCH = 1000
# The values that a hash is made of, in this order; the number and the time of the seal come before them.
COLUMNS = "id, at, kind, user_id, company_id, connection_model, connection_id, model, res_ids, details, text_digest"
_ON_COMMIT = "retail_sync.audit.seal"


def after_commit(env: Environment) -> None:
    """Seal what waits once the transaction of env has committed; a transaction that is rolled back seals nothing."""
    data = env.cr.postcommit.data
    if _ON_COMMIT not in data:
        data[_ON_COMMIT] = True
        env.cr.postcommit.add(functools.partial(_try_to_seal, env))


def _try_to_seal(env: Environment) -> None:
    # The work of the user is committed. What keeps the seal away here does not keep it from the schedule.
    try:
        seal_waiting(env)
    except psycopg2.Error:
        _logger.warning("Rows of the audit trail wait for the schedule to be sealed", exc_info=True)


def seal_waiting(env: Environment) -> int:
    """Seal the committed rows that wait, up to BATCH of them, in a transaction of their own; return how many."""
    sealed: int = run_separately(env, _seal, retry=False, read_committed=True)
    return sealed


def _seal(tx: Environment) -> int:
    # Each statement sees what was committed before it. So the rows that the former holder of the lock sealed are
    # visible once the lock is ours; whoever does not get it leaves the rows to the holder, or to the schedule.
    # The commit that uninstalls the addon comes here too, when the table is gone.
    tx.cr.execute("SELECT to_regclass('retail_sync_audit') IS NOT NULL AND pg_try_advisory_xact_lock(%s)", [LOCK])
    if not tx.cr.fetchone()[0]:
        return 0
    tx.cr.execute(f"SELECT {COLUMNS} FROM retail_sync_audit WHERE seq IS NULL ORDER BY id LIMIT %s", [BATCH])
    rows = tx.cr.fetchall()
    if not rows:
        return 0
    seq, previous = _end(tx)
    tx.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
    now = tx.cr.fetchone()[0]
    seals = []
    for row in rows:
        seq += 1
        previous = audit.seal(previous, chained(seq, now, row))
        seals.append((row[0], seq, previous))
    execute_values(
        tx,
        "UPDATE retail_sync_audit audit SET seq = seal.seq, hash = seal.hash, sealed_at = seal.at"
        " FROM (VALUES %s) AS seal (id, seq, hash, at) WHERE audit.id = seal.id",
        [(*values, now) for values in seals],
    )
    key = option("audit_key")
    signature = audit.sign(key, seq, previous) if key else None
    tx.cr.execute(
        "INSERT INTO retail_sync_audit_head (id, seq, hash, signature, sealed_at) VALUES (1, %(seq)s, %(hash)s,"
        " %(signature)s, %(now)s) ON CONFLICT (id) DO UPDATE SET seq = %(seq)s, hash = %(hash)s,"
        " signature = %(signature)s, sealed_at = %(now)s",
        {"seq": seq, "hash": previous, "signature": signature, "now": now},
    )
    # A log that is kept elsewhere is a copy of the head which nothing in this database can change.
    _logger.info("Audit trail: sealed up to row %s, hash %s", seq, previous)
    return len(rows)


def _end(tx: Environment) -> tuple[int, str]:
    """Return (number, hash) that the next row follows.

    Where rows were taken off the end, the head is further than the rows: the gap stays, and the verification finds it.
    """
    tx.cr.execute(
        "(SELECT seq, hash FROM retail_sync_audit WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1)"
        " UNION ALL SELECT seq, hash FROM retail_sync_audit_head"
    )
    return max(tx.cr.fetchall(), default=(0, audit.GENESIS))


def chained(seq: int, sealed_at: Any, row: tuple[Any, ...]) -> list[Any]:
    """Return the values of a row, given in the order of COLUMNS, that its hash is made of."""
    row_id, at, *rest = row
    return [seq, sealed_at.isoformat(), row_id, at.isoformat(), *rest]
