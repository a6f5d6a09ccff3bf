"""Identity at 1,000,000 customers: candidates, decisions, a page, and the duplicate finder, in PostgreSQL and Odoo."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from setup.lib import odoo_config, paths
from setup.lib.bench import BenchContext
from setup.lib.console import say, table
from tests.end_to_end.connection import Connection
from tests.stack import Stack

from .identity.population import arrivals, people
from .loads import channels

SIZES = (10_000, 100_000, 1_000_000)
COLUMNS = (
    "name", "complete_name", "is_company", "active", "type", "autopost_bills", "email", "phone", "vat", "website",
    "street", "city", "zip", "country_id",
)  # fmt: skip
STEP = 50_000


def run(ctx: BenchContext) -> dict:
    """Measured as the base grows; the bars are those of the full size."""
    sizes = [ctx.size(size) for size in SIZES]
    found: dict[int, dict] = {}
    with (
        ctx.stack("bench_scale", workers=3, channels=channels(2), simulator=True) as stack,
        tempfile.TemporaryDirectory(prefix="retail-sync-scale-") as folder,
    ):
        Connection(stack, stack.simulator, name="Bench")
        given = Path(folder, "arrivals.jsonl")
        given.write_text("".join(json.dumps(row) + "\n" for row in arrivals()), encoding="utf-8")
        source, filled = people(sizes[-1]), 0
        for size in sizes:
            started = time.monotonic()
            _fill(stack, source, size - filled)
            filled = size
            ctx.say(f"{size:,} customers: copied in {time.monotonic() - started:.0f} s")
            started = time.monotonic()
            peak = max(measured["rss_mb"] for measured in _shells(stack, folder, {"do": "index"}, times=2))
            built = time.monotonic() - started
            [counted] = _shells(stack, folder, {"do": "count"})
            ctx.say(f"index brought up to date in {built:.0f} s ({peak:.0f} MB), counts in {counted['seconds']:.0f} s")
            # What autovacuum does within a minute or so after an import.
            stack.sql("VACUUM ANALYZE")
            [found[size]] = _shells(stack, folder, {"do": "measure", "arrivals": str(given), "singles": 400})
            ctx.say(str(found[size]))
        finder = _find(stack, ctx)
        again = _find(stack, ctx)
    return _result(sizes, found, finder, again)


def _result(sizes: list[int], found: dict[int, dict], finder: dict, again: dict) -> dict:
    titles = ("candidates_ms", "decision_ms", "orm_ms", "page_ms")
    say(
        table(
            ["customers", *titles], [[f"{size:,}", *(f"{found[size][name]:.2f}" for name in titles)] for size in sizes]
        )
    )
    last, first = found[sizes[-1]], found[sizes[0]]
    metrics: dict[str, object] = {f"{size} {name}": round(found[size][name], 2) for size in sizes for name in titles}
    metrics.update({f"finder {name}": value for name, value in finder.items()})
    metrics.update({f"finder again {name}": value for name, value in again.items()})
    bars = (
        ("candidates p95 (ms)", round(last["candidates_ms"], 2), "<=", 1),
        ("decision p95 in SQL and Python (ms)", round(last["decision_ms"], 2), "<=", 5),
        ("decision p95 through the ORM (ms)", round(last["orm_ms"], 2), "<=", 20),
        ("page of 200 (ms)", round(last["page_ms"]), "<", 1000),
        ("decision, largest size / smallest", round(last["decision_ms"] / first["decision_ms"], 2), "<=", 1.5),
        ("sequential scans in the look-up's plans", last["plan"], "<=", 0),
        ("finder (minutes)", round(finder["seconds"] / 60, 1), "<=", 15),
        ("finder, longest job (s)", finder["longest_job_s"], "<=", 30),
        ("finder, memory of a worker (GB)", round(finder["rss_mb"] / 1024, 2), "<=", 2),
    )
    return {
        "metrics": metrics,
        "bars": [{"name": name, "value": value, "op": op, "bar": bar} for name, value, op, bar in bars],
    }


def _fill(stack: Stack, source, count: int) -> None:
    """Copy so many customers in; the triggers note that their keys are to be made."""
    countries = dict(stack.sql("SELECT code, id FROM res_country"))
    with contextlib.closing(stack.environment.databases.connection.connect(stack.db)) as connection:
        while count > 0:
            part = min(count, STEP)
            count -= part
            lines = io.StringIO()
            writer = csv.writer(lines)
            for _number in range(part):
                writer.writerow(_row(next(source), countries))
            lines.seek(0)
            with connection.cursor() as cursor:
                cursor.copy_expert(f"COPY res_partner ({', '.join(COLUMNS)}) FROM STDIN WITH (FORMAT csv)", lines)
            connection.commit()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
        connection.commit()
    # Outside of a transaction: the planner is to know the table's size, as it does in any database that lives.
    stack.sql("ANALYZE res_partner")


def _row(values: dict[str, str], countries: dict[str, int]) -> list:
    name = values["name"]
    return [
        name, name, values["kind"] == "company", True, "contact", "ask", values.get("email"),
        (values.get("mobile") or values.get("phone") or "").replace(" ", ""), values.get("vat"), values.get("website"),
        values.get("street"), values.get("city"), values.get("zip"), countries.get(values.get("country", "")),
    ]  # fmt: skip


def _shells(stack: Stack, folder: str, task: dict, times: int = 1) -> list[dict]:
    """Run a task of scale_worker in so many Odoo shells at once; their results."""
    conf = odoo_config.write(
        "bench_scale_shell", stack.environment.databases.connection, stack.environment.source, stack.db
    )
    command = [paths.PYTHON, paths.LAUNCHER, "shell", "-c", conf, "-d", stack.db, "--no-http", "--log-level=error"]
    script = Path(__file__).with_name("scale_worker.py").read_bytes()
    running = []
    for number in range(times):
        out = Path(folder, f"{task['do']}{number}.json")
        out.unlink(missing_ok=True)
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "SCALE_TASK": json.dumps({**task, "out": str(out)})},
        )  # fmt: skip
        process.stdin.write(script)
        process.stdin.close()
        running.append((process, out))
    results = []
    for process, out in running:
        text = process.stdout.read().decode(errors="replace")
        process.wait(7200)
        if not out.is_file():
            raise RuntimeError(f"{task['do']} failed: {text[-4000:]}")
        results.append(json.loads(out.read_text(encoding="utf-8")))
    return results


def _find(stack: Stack, ctx: BenchContext) -> dict:
    """Run the finder with its jobs; seconds, groups, and the largest memory of a worker."""
    started, peak = time.monotonic(), 0.0
    search = stack.rpc("retail.sync.duplicate.search", "action_start", [])["res_id"]
    while True:
        [row] = stack.rpc("retail.sync.duplicate.search", "read", [[search], ["state", "looked", "total", "found"]])
        peak = max([peak, *(_memory(pid) for pid in stack.worker_pids())])
        if row["state"] != "running":
            break
        if time.monotonic() - started > 7200:
            raise RuntimeError(f"the finder is not done: {row}")
        time.sleep(1)
    seconds = time.monotonic() - started
    # Odoo ends what computes for a minute, and other lanes wait for their turn meanwhile.
    [(longest,)] = stack.sql(
        "SELECT max(exec_time) FROM queue_job WHERE model_name = 'retail.sync.duplicates.jobs'"
        " AND method_name IN ('_job_begin', '_job_cut', '_job_finish', '_job_gather', '_job_group', '_job_slice')"
    )
    if row["state"] != "done":
        raise RuntimeError(f"the finder ended as {row['state']}: {row}")
    ctx.say(
        f"finder: {row['total']:,} customers in {seconds:.0f} s, {row['found']:,} groups, {peak:.0f} MB,"
        f" longest job {longest:.1f} s"
    )
    return {
        "seconds": round(seconds, 1), "customers": row["total"], "groups": row["found"], "rss_mb": round(peak),
        "longest_job_s": round(longest, 1),
    }  # fmt: skip


def _memory(pid: int) -> float:
    """Memory of a process in MB; 0 once it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)
