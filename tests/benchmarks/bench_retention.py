"""A backlog of 1,000,000 messages that expired at once, deleted while Odoo's own housekeeping goes on."""

from __future__ import annotations

import threading
import time

from setup.lib.bench import BenchContext
from setup.lib.rpc import OdooRpc
from tests.end_to_end.connection import Connection
from tests.stack import Stack

from .operations_data import Sizes, fill

# What expires, by its column. Messages in these states stay.
AGED = (
    ("retail_sync_message", "resolved_at", "state IN ('done', 'ignored', 'superseded')"),
    ("retail_sync_run", "ended_at", "TRUE"),
    ("retail_sync_event", "received_at", "TRUE"),
    ("retail_sync_match_decision", "decided_on", "TRUE"),
    ("retail_sync_taken_back", "at", "TRUE"),
)
LIMIT_SECONDS = 4 * 3600


def run(ctx: BenchContext) -> dict:
    """Let everything expire, then run the schedule as Odoo does until nothing is left; time both housekeepings."""
    sizes = Sizes(
        partners=50_000, messages=1_060_000, events=500_000, runs=30_000, decisions=50_000, taken_back=50_000,
        differences=1_000, groups=1_000, audit=1_000,
    ).scaled(ctx.scale)  # fmt: skip
    with ctx.stack("bench_retention", workers=3, simulator=True) as stack:
        connection = Connection(stack, stack.simulator, name="Bench")
        for made in fill(stack, connection.id, sizes):
            ctx.say(made)
        quiet = _housekeeping(stack)
        for table, column, which in AGED:
            stack.sql(
                f"UPDATE {table} SET {column} = now() AT TIME ZONE 'UTC' - interval '4000 days'"
                f" WHERE {column} IS NOT NULL AND {which}"
            )
            stack.sql(f"VACUUM ANALYZE {table}")
        stack.sql("DELETE FROM retail_sync_record_stale")
        before = _expired(stack)
        ctx.say(f"expired: {before}")
        beside: list[float] = []
        ended = threading.Event()
        watcher = threading.Thread(target=_keep_house, args=(stack, beside, ended), daemon=True)
        watcher.start()
        started = time.monotonic()
        turns: list[float] = []
        while any(_expired(stack).values()):
            begun = time.monotonic()
            _trigger(stack, "retail_sync", "cron_retention")
            turns.append(time.monotonic() - begun)
            ctx.say(f"{_expired(stack)} after {time.monotonic() - started:.0f} s")
            if time.monotonic() - started > LIMIT_SECONDS:
                raise RuntimeError("retention does not end")
        seconds = time.monotonic() - started
        ended.set()
        watcher.join(timeout=600)
        problems = stack.log_problems()
        if problems:
            raise RuntimeError(f"the log tells of errors: {problems[:3]}")
    gone = before["retail_sync_message"]
    minutes = seconds / 60 * 1_000_000 / max(gone, 1)
    return {
        "metrics": {
            **{f"{table} deleted": rows for table, rows in before.items()},
            "seconds": round(seconds, 1),
            "rows per second": round(sum(before.values()) / seconds),
            "turns": len(turns),
            "Odoo's housekeeping alone, s": round(quiet, 2),
            "Odoo's housekeeping beside it, median s": round(sorted(beside)[len(beside) // 2], 2) if beside else 0,
            "Odoo's housekeeping beside it, runs": len(beside),
        },
        "bars": [
            {"name": "minutes for 1,000,000 messages", "value": round(minutes, 2), "op": "<", "bar": 30},
            {"name": "longest turn, s", "value": round(max(turns), 1), "op": "<", "bar": 90},
            {"name": "runs of Odoo's housekeeping beside it", "value": len(beside), "op": ">=", "bar": 1},
        ],
    }


def _expired(stack: Stack) -> dict[str, int]:
    return {
        table: stack.sql(
            f"SELECT count(*) FROM {table} WHERE {column} < now() AT TIME ZONE 'UTC' - interval '3999 days'"
        )[0][0]
        for table, column, _which in AGED
    }


def _trigger(stack: Stack, module: str, name: str, rpc: OdooRpc | None = None) -> None:
    [(cron,)] = stack.sql("SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s", [module, name])
    (rpc or stack.rpc)("ir.cron", "method_direct_trigger", [[cron]])


def _housekeeping(stack: Stack) -> float:
    started = time.monotonic()
    _trigger(stack, "base", "autovacuum_job", OdooRpc(stack.url, stack.db, timeout=600))
    return time.monotonic() - started


def _keep_house(stack: Stack, found: list[float], ended: threading.Event) -> None:
    """Run Odoo's housekeeping again and again beside the retention; note how long each run took."""
    while not ended.is_set():
        found.append(_housekeeping(stack))
