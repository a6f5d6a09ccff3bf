"""The key of a request: its lock, its row, its answer."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from odoo.tools import SQL

from ...api.errors import ApiProblem
from ...domain.api.idempotency import KeyOutcome, StoredKey, decide, lifetime

__all__ = ["finish", "glance", "insert", "look", "refuse"]


def glance(env: Any, scope: str, key: str) -> tuple[bool, StoredKey | None]:
    """Return (whether this request has the lock of a key now, its row): one statement, which waits for nothing."""
    rows = env.execute_query(
        SQL(
            "SELECT pg_try_advisory_xact_lock(%s), row.request_hash, row.expires_at, row.status, row.answer"
            " FROM (VALUES (1)) AS once LEFT JOIN retail_sync_idempotency_key row ON row.scope = %s AND row.key = %s",
            _lock_id(scope, key),
            scope,
            key,
        )
    )
    [(locked, hash_then, expires_at, status, answer)] = rows
    return locked, StoredKey(hash_then, expires_at, status, answer or "") if hash_then else None


def look(env: Any, scope: str, key: str, hash_now: str, now: datetime) -> tuple[KeyOutcome, Any]:
    """Return what a request with a key is, and the row of the key, if there is one.

    The lock is not waited for: equal requests that wait hold a worker and a connection each.

    :raises ApiProblem: another request has the key, or works under it now
    """
    locked = env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s)", _lock_id(scope, key)))[0][0]
    row = env["retail.sync.idempotency.key"].sudo().search([("scope", "=", scope), ("key", "=", key)])
    outcome = decide(row._stored(), locked, hash_now, now)
    refuse(outcome)
    return outcome, row


def refuse(outcome: KeyOutcome) -> None:
    """Raise the problem of what a request with a key is, if it is one.

    :raises ApiProblem: another request has the key, or works under it now
    """
    if outcome.problem:
        headers = {"Retry-After": str(outcome.retry_after)} if outcome.retry_after else {}
        raise ApiProblem(outcome.problem, headers=headers)


def insert(env: Any, scope: str, key: str, hash_now: str, expires_at: datetime) -> Any:
    """Return a new row of a key, without an answer.

    A row that was committed after this transaction began is not seen by it: the insertion then fails with a
    serialization error, and Odoo repeats the request, which finds the answer.

    :raises ApiProblem: the row is there
    """
    rows = env.execute_query(
        SQL(
            "INSERT INTO retail_sync_idempotency_key"
            " (scope, key, request_hash, status, expires_at, create_uid, create_date, write_uid, write_date)"
            " VALUES (%s, %s, %s, 0, %s, %s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC')"
            " ON CONFLICT (scope, key) DO NOTHING RETURNING id",
            scope,
            key,
            hash_now,
            expires_at,
            env.uid,
            env.uid,
        )
    )
    if not rows:
        raise ApiProblem("request_in_progress", headers={"Retry-After": "1"})
    return env["retail.sync.idempotency.key"].sudo().browse(rows[0][0])


def finish(row: Any, status: int, answer: str, action: Any, now: datetime, moves_money: bool) -> None:
    """Store the answer of a key as it is sent."""
    values = {"status": status, "answer": answer, "action_id": action.id, "expires_at": now + lifetime(moves_money)}
    row.write(values)


def _lock_id(scope: str, key: str) -> int:
    data = hashlib.sha256(f"retail_sync_helpdesk\0{scope}\0{key}".encode()).digest()
    return int.from_bytes(data[:8], "big", signed=True)
