"""Orders of four lines, two deliveries, invoiced and paid, one of twenty returned, while calls fail and workers die."""

from __future__ import annotations

import time
from typing import Any

from setup.lib.bench import BenchContext
from tests.chaos.killer import Killer
from tests.end_to_end import commerce, commerce_clerks
from tests.end_to_end.two_way import BothWays
from tests.simulators.salesforce.client import Simulator

from .commerce_stack import commerce_connection

PROCESSES = 2
KILL_EVERY = 20.0  # seconds
# What goes wrong on the platform: a share of all calls, before or after they took effect, and of all records.
SHARE_OF_CALLS, SHARE_OF_RECORDS = 0.02, 0.001


def run(ctx: BenchContext) -> dict[str, Any]:
    """Let the shop live, then compare every document, amount and milestone with the platform's records."""
    orders = ctx.size(5_000)
    with commerce_connection(ctx, "bench_commerce", jobs=2) as connection:
        simulator = connection.simulator
        simulator.reset_counters()
        _script_faults(simulator)
        killer = Killer(connection.stack, 7)
        started = time.perf_counter()
        task = {"orders": orders, "lines": 4, "full": True, "mixed": True, "products": 200}
        partners = commerce.partners(connection)
        with commerce.shops(connection, PROCESSES, **task, partners=partners) as running:
            struck = time.monotonic()
            while not all(shop.result() for shop in running):
                time.sleep(1)
                if time.monotonic() - struck > KILL_EVERY:
                    killer.strike()
                    killer.wake()
                    struck = time.monotonic()
            results = [result for shop in running if (result := shop.result())]
        lived = time.perf_counter() - started
        struck = sum(fault["hits"] for fault in simulator.faults())
        simulator.clear_faults()
        connection.until(lambda: not commerce.waiting(connection), timeout=1800)
        rested = time.perf_counter() - started
        # What follows looks for changes of the platform, and is no part of what the orders cost.
        counters, milestones = simulator.counters(), _count(connection, "retail_sync_milestone")
        connection.quiet(rounds=60, timeout=1800)
        failed = {number: text for result in results for number, text in result.failed.items()}
        if failed:
            raise RuntimeError(f"{len(failed)} stories failed: {next(iter(failed.values()))}")
        waited = ctx.size(1_000)
        calls_after = _after_a_pause(connection, {**task, "orders": waited, "seed": 2, "partners": partners})
        wrong = commerce_clerks.differences(connection)
        if wrong:
            ctx.say("\n".join(wrong[:20]))
        calls = counters["calls"]
        storage, returned = _storage(connection)
    stored = (orders + waited) * 1024
    return {
        "metrics": {
            "orders": orders,
            "steps": sum(result.steps for result in results),
            "shop lived (s)": round(lived),
            "all at rest after (s)": round(rested),
            "jobs killed": killer.fatal,
            "milestones": milestones,
            "faults of the platform": struck,
            "API calls": calls,
            "of them, by kind": counters["calls_by_kind"],
            "orders a minute, API calls a minute": f"{orders * 60 / lived:.0f}, {calls * 60 / rested:.0f}",
            f"API calls an order, of {waited:,} that lived while the connection was paused": round(
                calls_after / waited, 3
            ),
            "storage an order, returns and credit notes included (KB)": round((storage + returned) / stored, 2),
        },
        "bars": [
            {"name": "differences", "value": len(wrong), "op": "<=", "bar": 0},
            {"name": "API calls an order", "value": round(calls / orders, 4), "op": "<=", "bar": 0.06},
            {"name": "API calls a milestone", "value": round(calls / milestones, 4), "op": "<=", "bar": 0.01},
            {"name": "storage an order (KB)", "value": round(storage / stored, 2), "op": "<=", "bar": 8},
        ],
    }


def _after_a_pause(connection: BothWays, task: dict[str, Any]) -> int:
    """Let a shop live while the connection is paused; return the calls that bring the platform up to date."""
    connection.call("action_pause")
    commerce.live(connection, processes=PROCESSES, **task)
    connection.simulator.reset_counters()
    connection.call("action_resume")
    connection.until(lambda: not commerce.waiting(connection), timeout=1800)
    calls: int = connection.simulator.counters()["calls"]
    connection.quiet(rounds=60, timeout=1800)
    return calls


def _script_faults(simulator: Simulator) -> None:
    calls = {"path": "/composite"}
    chance = {"times": -1, "probability": SHARE_OF_CALLS / 2}
    simulator.fault("status", calls, status=503, error_code="SERVER_UNAVAILABLE", message="busy", seed=1, **chance)
    simulator.fault("drop_after_commit", calls, seed=2, **chance)
    locked = {"error_code": "UNABLE_TO_LOCK_ROW", "times": -1, "probability": SHARE_OF_RECORDS}
    simulator.fault("record_error", {"op": "upsert"}, seed=3, **locked)


def _storage(connection: BothWays) -> tuple[int, int]:
    """Return the bytes of orders, shipments and invoices, and those of returns and credit notes; stock is apart."""
    taken = commerce.storage(connection)
    invoices = [record for record in connection.simulator.records("ERP_Invoice__c") if not record.get("IsDeleted")]
    notes = sum(record["Type__c"] == "Credit note" for record in invoices)
    credited = taken["ERP_Invoice__c"] * notes // len(invoices)
    documents = sum(taken[name] for name in ("ERP_Order__c", "ERP_Shipment__c", "ERP_Invoice__c"))
    return documents - credited, credited + taken.get("ERP_Return__c", 0)


def _count(connection: BothWays, table: str) -> int:
    [(count,)] = connection.stack.sql(f"SELECT count(*) FROM {table}")
    return int(count)
