"""Pages against the usual connector pattern: a job, a call, a search and a write per record."""

from __future__ import annotations

import json
import ssl
import time
import urllib.parse
import urllib.request
from pathlib import Path

from setup.lib import odoo_source, paths
from setup.lib.bench import BenchContext
from tests.end_to_end.accounting import live_records
from tests.end_to_end.connection import Connection

from .loads import connected, prove, timed_load

ADDONS = Path(__file__).with_name("addons")


def run(ctx: BenchContext) -> dict:
    """Records a second of both, one job at a time, on the same org, each in a fresh database of the same modules."""
    accounts, contacts = ctx.size(4_000), ctx.size(6_000)
    with connected(ctx, "bench_pages", accounts, contacts, jobs=1) as connection:
        ours = timed_load(connection)
        prove(connection, accounts + contacts)
        ctx.say(f"pages: {ours.speed:.0f} records/s")
    few = ctx.size(300), ctx.size(450)
    with connected(ctx, "bench_naive", *few, jobs=1, options={"addons_path": _addons_path()}) as connection:
        naive = _naive_load(connection)
        ctx.say(f"a job per record: {naive:.1f} records/s")
    return {
        "metrics": {
            "records_in_pages": ours.records,
            "pages_records_per_s": round(ours.speed, 1),
            "records_one_by_one": sum(few),
            "one_by_one_records_per_s": round(naive, 1),
        },
        "bars": [{"name": "pages / a job per record", "value": round(ours.speed / naive, 2), "op": ">=", "bar": 10}],
    }


def _addons_path() -> str:
    folders = [str(paths.ROOT), str(ADDONS), odoo_source.current().addons]
    return ",".join(folder for folder in folders if folder)


def _naive_load(connection: Connection) -> float:
    """Import all records through the naive addon; records a second from the first enqueueing to the last job's end."""
    stack, simulator = connection.stack, connection.simulator
    stack.rpc("ir.module.module", "update_list", [])
    module = stack.rpc("ir.module.module", "search", [[["name", "=", "naive_connector"]]])
    stack.rpc("ir.module.module", "button_immediate_install", [module])
    stack.restart()
    link = {"url": simulator.base_url, "token": _token(simulator), "ca": str(simulator.ca)}
    ids = {name: list(records) for name, records in live_records(connection).items()}
    count = sum(map(len, ids.values()))
    # The runner begins some seconds after its server: the first record is there to see that it has.
    stack.rpc("naive.binding", "import_batch", [link, "Account", [ids["Account"].pop(0)]])
    stack.wait_for_jobs(timeout=120)
    started = time.perf_counter()
    for name in ("Account", "Contact"):
        stack.rpc("naive.binding", "import_batch", [link, name, ids[name]])
        jobs = stack.wait_for_jobs(timeout=1800)
    seconds = time.perf_counter() - started
    [(made,)] = stack.sql("SELECT count(*) FROM naive_binding")
    if made != count or set(jobs) != {"done"}:
        raise RuntimeError(f"{made} of {count} records came through one by one; jobs: {jobs}\n{stack.log_tail()}")
    return (count - 1) / seconds


def _token(simulator) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": simulator.client_id,
        "client_secret": simulator.client_secret,
    }
    context = ssl.create_default_context(cafile=simulator.ca)
    data = urllib.parse.urlencode(form).encode()
    url = f"{simulator.base_url}/services/oauth2/token"
    with urllib.request.urlopen(url, data=data, context=context, timeout=60) as answer:
        return json.load(answer)["access_token"]
