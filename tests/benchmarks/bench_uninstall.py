"""Uninstalling the platform's addon with 500,000 links: what the dialog says, and how long a person waits."""

from __future__ import annotations

import time

from setup.lib.bench import BenchContext
from setup.lib.rpc import OdooRpc
from tests.end_to_end.connection import Connection

from .operations_data import Sizes, fill

ADDON = "retail_sync_salesforce"


def run(ctx: BenchContext) -> dict:
    """Uninstall as the Apps screen does, with the limit of a worker; then install again."""
    sizes = Sizes(
        partners=510_000, messages=1_000_000, events=500_000, runs=50_000, decisions=50_000, taken_back=20_000,
        differences=20_000, groups=1_000, audit=1_000,
    ).scaled(ctx.scale)  # fmt: skip
    with ctx.stack("bench_uninstall", workers=2, simulator=True, options={"limit_time_real": 1200}) as stack:
        connection = Connection(stack, stack.simulator, name="Bench")
        for made in fill(stack, connection.id, sizes):
            ctx.say(made)
        [(links,)] = stack.sql("SELECT count(*) FROM retail_sync_link")
        rpc = OdooRpc(stack.url, stack.db, timeout=1300)
        [(module,)] = stack.sql("SELECT id FROM ir_module_module WHERE name = %s", [ADDON])
        [dialog] = rpc("base.module.uninstall", "create", [[{"module_ids": [(6, 0, [module])]}]])
        started = time.monotonic()
        [shown] = rpc("base.module.uninstall", "read", [[dialog], ["retail_sync_loss"]])
        asked = time.monotonic() - started
        if f"{links}" not in (shown["retail_sync_loss"] or ""):
            raise RuntimeError(f"the dialog does not say that {links} links go: {shown}")
        started = time.monotonic()
        rpc("ir.module.module", "button_immediate_uninstall", [[module]])
        seconds = time.monotonic() - started
        left = stack.sql(
            "SELECT (SELECT count(*) FROM retail_sync_link), (SELECT count(*) FROM retail_sync_connection)"
        )
        if left != [(0, 0)]:
            raise RuntimeError(f"links and connections are left: {left}")
        started = time.monotonic()
        OdooRpc(stack.url, stack.db, timeout=1300)("ir.module.module", "button_immediate_install", [[module]])
        again = time.monotonic() - started
    return {
        "metrics": {
            "links": links,
            "the dialog's counts, s": round(asked, 2),
            "uninstalling, s": round(seconds, 1),
            "installing again, s": round(again, 1),
        },
        "bars": [{"name": "uninstalling, s", "value": round(seconds, 1), "op": "<", "bar": 120}],
    }
