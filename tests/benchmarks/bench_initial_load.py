"""First load of 20,000 accounts and 30,000 contacts, end to end, against plain create of the same partners."""

from __future__ import annotations

from setup.lib.bench import BenchContext

from .baseline import partners_of, plain_create
from .loads import connected, prove, timed_load


def run(ctx: BenchContext) -> dict:
    """One job at a time, two jobs at a time, and the partners by ``res.partner.create`` in its best batch form."""
    accounts, contacts = ctx.size(20_000), ctx.size(30_000)
    with connected(ctx, "bench_load_one", accounts, contacts, jobs=1) as connection:
        loaded = timed_load(connection)
        prove(connection, accounts + contacts)
        ctx.say(f"one job at a time: {loaded.speed:.0f} records/s in {loaded.seconds:.0f} s, {loaded.api_calls} calls")
        partners = partners_of(connection)
        # The baseline has the machine to itself, as the load had.
        connection.stack.stop()
        plain = plain_create(connection.stack, partners)
        baseline = plain["records"] / plain["seconds"]
        ctx.say(f"plain create: {baseline:.0f} records/s, batches of {plain['batch']}")
    with connected(ctx, "bench_load_two", accounts, contacts, jobs=2) as connection:
        two = timed_load(connection)
        prove(connection, accounts + contacts)
        ctx.say(f"two jobs at a time: {two.speed:.0f} records/s in {two.seconds:.0f} s")
    # Partners on both sides: a record that fills two partners (an address of its own) counts twice.
    created = len(partners) / loaded.seconds
    return {
        "metrics": {
            "records": loaded.records,
            "partners": len(partners),
            "one_job_records_per_s": round(loaded.speed, 1),
            "one_job_seconds": round(loaded.seconds, 1),
            "two_jobs_records_per_s": round(two.speed, 1),
            "plain_create_records_per_s": round(baseline, 1),
            "plain_create_batch": plain["batch"],
            "api_calls": loaded.api_calls,
        },
        "bars": [
            {"name": "one job / plain create", "value": round(created / baseline, 3), "op": ">=", "bar": 0.80},
            {"name": "two jobs / one job", "value": round(two.speed / loaded.speed, 3), "op": ">=", "bar": 1.3},
            {
                "name": "API calls per 2,000 records",
                "value": round(loaded.api_calls / (loaded.records / 2000), 3),
                "op": "<=",
                "bar": 1,
            },
        ],
    }
