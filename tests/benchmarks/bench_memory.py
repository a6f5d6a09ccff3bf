"""Memory of a worker during first loads of 50,000 and of 200,000 records."""

from __future__ import annotations

from setup.lib.bench import BenchContext

from .loads import connected, prove, timed_load

MEGABYTE = 1e6
FLAT = 1.15  # four times the records, at most so much more memory


def run(ctx: BenchContext) -> dict:
    """Highest resident memory of any worker, sampled twice a second, one job at a time."""
    peaks, metrics = {}, {}
    for name, accounts, contacts in (("50k", 20_000, 30_000), ("200k", 80_000, 120_000)):
        accounts, contacts = ctx.size(accounts), ctx.size(contacts)
        samples: list[int] = []
        with connected(ctx, f"bench_memory_{name}", accounts, contacts, jobs=1) as connection:

            def watch(samples=samples, stack=connection.stack) -> None:
                samples.append(max(stack.memory_bytes().values(), default=0))

            timing = timed_load(connection, watch)
            prove(connection, accounts + contacts)
        peaks[name] = max(samples) / MEGABYTE
        metrics[f"peak_mb_{name}"] = round(peaks[name], 1)
        metrics[f"records_per_s_{name}"] = round(timing.speed, 1)
        ctx.say(f"{name}: at most {peaks[name]:.0f} MB, {timing.speed:.0f} records/s")
    return {
        "metrics": metrics,
        "bars": [
            {"name": "peak of a worker, 200,000 records (MB)", "value": round(peaks["200k"], 1), "op": "<", "bar": 400},
            {
                "name": "peak 200,000 / peak 50,000",
                "value": round(peaks["200k"] / peaks["50k"], 3),
                "op": "<=",
                "bar": FLAT,
            },
        ],
    }
