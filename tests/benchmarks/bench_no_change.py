"""The same 50,000 records again, when nothing changed, against their first load."""

from __future__ import annotations

from setup.lib.bench import BenchContext
from tests.end_to_end.accounting import state_digest

from .loads import connected, prove, timed_load


def run(ctx: BenchContext) -> dict:
    """First load, then the same load again, one job at a time."""
    accounts, contacts = ctx.size(20_000), ctx.size(30_000)
    with connected(ctx, "bench_no_change", accounts, contacts, jobs=1) as connection:
        first = timed_load(connection)
        prove(connection, accounts + contacts)
        ctx.say(f"first load: {first.speed:.0f} records/s")
        # Our ids are written to the org after the load, which moves its records' versions: until the polls have taken
        # note of it there is something to do, and at a small scale it is not done before the next load begins.
        connection.wait_idle(timeout=1800)
        connection.poll(times=2, timeout=600)
        before = state_digest(connection)
        again = timed_load(connection)
        if again.records != first.records or state_digest(connection) != before:
            raise RuntimeError("the second load did not read everything, or changed something")
        ctx.say(f"again: {again.speed:.0f} records/s")
    return {
        "metrics": {
            "records": again.records,
            "first_load_records_per_s": round(first.speed, 1),
            "no_change_records_per_s": round(again.speed, 1),
            "no_change_seconds": round(again.seconds, 2),
        },
        "bars": [
            {"name": "no change / first load", "value": round(again.speed / first.speed, 2), "op": ">=", "bar": 15}
        ],
    }
