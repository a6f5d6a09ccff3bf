"""Verify the audit trail: walk it from the first row to the last, a page of rows at a time."""

from dataclasses import dataclass
from datetime import datetime

from odoo.api import Environment

from ...domain.security.audit import Damage, Sealed, Verification
from ...runtime.server_config import option
from . import protection, sealing

PAGE = 2000


@dataclass(frozen=True, slots=True)
class Result:
    """What a verification found, and how much it looked at.

    at: number of the damaged row. sealed_at: time of the last seal. waiting: rows without a seal.
    """

    damage: Damage
    at: int
    seq: int
    hash: str
    sealed_at: datetime | None
    waiting: int
    without_text: int


def verify(env: Environment) -> Result:
    """Return what the trail looks like in this transaction; nothing is written."""
    walk = Verification(erased=_erased(env))
    if protection.GUARD.missing(env):
        walk.find(Damage.UNPROTECTED)
    sealed_at = None
    while page := _page(env, walk.seq):
        for values in page:
            *row, seq, row_hash, sealed_at, salt, text = values
            chained = sealing.chained(seq, sealed_at, tuple(row))
            walk.walk(Sealed(row[0], seq, row_hash, chained, row[-1], None if salt is None else (salt, text)))
    walk.end(_head(env), option("audit_key"))
    waiting, oldest, now = _waiting(env)
    walk.wait(oldest, now)
    return Result(walk.damage, walk.at, walk.seq, walk.hash, sealed_at, waiting, walk.without_text)


def hash_at(env: Environment, seq: int) -> str | None:
    """Return the hash of the row with a number, None where there is no such row: to compare it with a copy."""
    env.cr.execute("SELECT hash FROM retail_sync_audit WHERE seq = %s", [seq])
    found = env.cr.fetchone()
    return found[0] if found else None


def _page(env: Environment, after: int) -> list[tuple]:
    columns = ", ".join(f"audit.{name.strip()}" for name in sealing.COLUMNS.split(","))
    env.cr.execute(
        f"SELECT {columns}, audit.seq, audit.hash, audit.sealed_at, text.salt, text.text FROM retail_sync_audit audit"
        " LEFT JOIN retail_sync_audit_text text ON text.audit_id = audit.id"
        " WHERE audit.seq > %s ORDER BY audit.seq LIMIT %s",
        [after, PAGE],
    )
    return env.cr.fetchall()


def _erased(env: Environment) -> frozenset[int]:
    """Return the ids of rows of which the trail says that their reason was erased."""
    env.cr.execute(
        "SELECT DISTINCT jsonb_array_elements_text(details -> 'texts_of')::int FROM retail_sync_audit"
        " WHERE kind = 'erasure' AND jsonb_typeof(details -> 'texts_of') = 'array'"
    )
    return frozenset(row_id for (row_id,) in env.cr.fetchall())


def _head(env: Environment) -> tuple[int, str, str | None] | None:
    env.cr.execute("SELECT seq, hash, signature FROM retail_sync_audit_head ORDER BY id LIMIT 1")
    return env.cr.fetchone()


def _waiting(env: Environment) -> tuple[int, datetime | None, datetime]:
    env.cr.execute("SELECT count(*), min(at), now() AT TIME ZONE 'UTC' FROM retail_sync_audit WHERE seq IS NULL")
    return env.cr.fetchone()
