"""One comparison of 200,000 linked contacts with the org: API calls, seconds, memory, and planted differences."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from setup.lib.bench import BenchContext
from tests.end_to_end.connection import Connection
from tests.end_to_end.customers import Customers

from .linked_copies import copy_contacts
from .loads import channels, timed_load

LINKED = 200_000
EACH = 84  # differences of each of six kinds: 504
TEMPLATES, FIRMS = 400, 100
READ = 10_000  # records that are read again: the baseline's speed does not depend on their number
KINDS = ("stale", "changed_by_hand", "conflict", "missing_there", "orphan")
MEGABYTE = 1e6
Found = dict[str, set[Any]]


def run(ctx: BenchContext) -> dict:
    """Read records again as a baseline, compare sides that agree, then sides with planted differences."""
    size = ctx.size(LINKED)
    with ctx.stack("bench_comparison", workers=2, channels=channels(1), simulator=True) as stack:
        connection = Connection(stack, stack.simulator, name="Bench")
        customers = Customers(9001)
        linked = _fill(ctx, connection, customers, min(size, READ))
        again = timed_load(connection)
        ctx.say(f"reading again: {again.records:,} records in {again.seconds:.0f} s, {again.api_calls} calls")
        linked += _copy(ctx, connection, linked, size - len(linked))
        idle = max(stack.memory_bytes().values())
        equal = _compare(ctx, connection, "equal sides")
        planted = _plant(connection, customers, linked)
        unequal = _compare(ctx, connection, "planted differences")
        found = unequal["found"]
        missed = sum(len(ids - found.get(kind, set())) for kind, ids in planted.items())
        false = sum(len(ids - planted.get(kind, set())) for kind, ids in found.items())
        false += sum(map(len, equal["found"].values()))
    read = again.seconds * equal["n_links"] / again.records
    metrics = {
        "linked": equal["n_links"],
        "api_calls": equal["calls"],
        "api_calls_with_differences": unequal["calls"],
        "seconds": round(equal["seconds"], 1),
        "seconds_with_differences": round(unequal["seconds"], 1),
        "records_per_s": round(equal["n_links"] / equal["seconds"]),
        "peak_mb": round(max(equal["peak"], unequal["peak"]) / MEGABYTE, 1),
        "peak_above_idle_mb": round((max(equal["peak"], unequal["peak"]) - idle) / MEGABYTE, 1),
        "longest_job_s": round(max(equal["longest"], unequal["longest"]), 1),
        "planted": sum(map(len, planted.values())),
        "missed": missed,
        "false": false,
        "seconds / reading all again, same records": round(equal["seconds"] / read, 2),
    }
    bars = (
        ("API calls, planted differences included", max(equal["calls"], unequal["calls"]), "<", 250),
        ("planted differences missed", missed, "<=", 0),
        ("false differences", false, "<=", 0),
        ("peak of a worker (MB)", metrics["peak_mb"], "<", 400),
    )
    return {
        "metrics": metrics,
        "bars": [{"name": name, "value": value, "op": op, "bar": bar} for name, value, op, bar in bars],
    }


def _fill(ctx: BenchContext, connection: Connection, customers: Customers, size: int) -> list[str]:
    """Load some contacts, and copy them on both sides; return all external ids."""
    org = connection.simulator
    firms = org.seed("Account", [customers.account() for _ in range(FIRMS)])
    templates = org.seed(
        "Contact",
        [customers.contact(AccountId=firms[number % FIRMS], Title="Buyer") for number in range(min(TEMPLATES, size))],
    )
    connection.load(timeout=600)
    connection.poll(times=2, timeout=600)
    return templates + _copy(ctx, connection, templates, size - len(templates))


def _copy(ctx: BenchContext, connection: Connection, linked: list[str], count: int) -> list[str]:
    started = time.monotonic()
    copies = copy_contacts(connection, linked[:TEMPLATES], count)
    ctx.say(f"{len(copies):,} linked contacts copied in {time.monotonic() - started:.0f} s")
    return copies


def _compare(ctx: BenchContext, connection: Connection, what: str) -> dict[str, Any]:
    """Compare the contacts; return seconds, calls as the org counts, peak memory, and {kind: ids} of differences."""
    stack, org = connection.stack, connection.simulator
    calls, peak = org.stats()["calls_counted"], 0
    [(last_job,)] = stack.sql("SELECT coalesce(max(id), 0) FROM queue_job")
    started = time.perf_counter()
    stack.rpc("retail.sync.stream", "action_compare", [[connection.stream("Contact")["id"]]])
    while True:
        [comparison] = connection.query("SELECT * FROM retail_sync_comparison ORDER BY id DESC LIMIT 1")
        if comparison["state"] not in ("pending", "running"):
            break
        if time.perf_counter() - started > 3600:
            raise RuntimeError(f"the comparison is not done: {comparison}")
        peak = max(peak, *stack.memory_bytes().values())
        time.sleep(0.5)
    seconds = time.perf_counter() - started
    if comparison["state"] != "done":
        raise RuntimeError(f"the comparison ended as {comparison['state']}: {comparison['message']}")
    found: Found = defaultdict(set)
    for row in connection.query("SELECT * FROM retail_sync_difference WHERE comparison_id = %s", comparison["id"]):
        found[row["kind"]].add(row["external_id"] or row["res_id"])
    jobs = stack.sql(
        "SELECT method_name, count(*), sum(exec_time), max(exec_time) FROM queue_job WHERE id > %s"
        " AND model_name = 'retail.sync.comparison.jobs' GROUP BY 1",
        [last_job],
    )
    ctx.say(
        f"{what}: {comparison['n_links']:,} linked in {seconds:.0f} s, {Counter({k: len(v) for k, v in found.items()})}"
    )
    for method, count, total, longest in jobs:
        ctx.say(f"  {method}: {count} jobs, {total or 0:.1f} s, longest {longest or 0:.1f} s")
    return {
        "seconds": seconds,
        "calls": org.stats()["calls_counted"] - calls,
        "peak": peak,
        "longest": max((longest or 0.0 for *_rest, longest in jobs), default=0.0),
        "n_links": comparison["n_links"],
        "found": dict(found),
    }


def _plant(connection: Connection, customers: Customers, linked: Sequence[str]) -> Found:
    """Plant differences that neither capture nor a poll sees, spread over all slices; return {kind: external ids}."""
    org = connection.simulator
    ordered = sorted(linked)
    step = max(1, len(ordered) // (EACH * len(KINDS)))
    planted: Found = {kind: set(ordered[n * step :: step * len(KINDS)][:EACH]) for n, kind in enumerate(KINDS)}
    for external_id in planted["stale"]:
        org.edit("Contact", external_id, {"Title": "Over there"})
    for external_id in planted["conflict"]:
        org.edit("Contact", external_id, {"Title": "There"})
    for external_id in planted["missing_there"]:
        org.hard_delete("Contact", external_id)
    for kind, title in (("changed_by_hand", "By hand"), ("conflict", "Here")):
        _by_sql(connection, planted[kind], "UPDATE res_partner SET function = %s WHERE id = ANY(%s)", title)
    _by_sql(connection, planted["orphan"], "DELETE FROM res_partner WHERE id = ANY(%s)")
    connection.stack.sql("DELETE FROM retail_sync_change")
    planted["missing_here"] = set(org.seed("Contact", [customers.contact() for _ in range(EACH)]))
    return planted


def _by_sql(connection: Connection, external_ids: set[str], statement: str, *values: Any) -> None:
    """Change the partners of external ids as a restored database does."""
    rows = connection.stack.sql(
        "SELECT res_id FROM retail_sync_link WHERE connection_id = %s AND external_id = ANY(%s)",
        [connection.id, sorted(external_ids)],
    )
    connection.stack.sql(statement, [*values, [res_id for (res_id,) in rows]])
