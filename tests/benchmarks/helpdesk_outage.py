"""A day without webhooks of a desk with many tickets: nothing lost, and no limit of the desk exceeded."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from setup.lib.bench import BenchContext
from tests.end_to_end.desk import DeskConnection
from tests.end_to_end.outage import Day, Outage, Traffic, days_ago
from tests.simulators.zendesk.client import start_simulator

from .loads import channels

TICKETS = 20_000
CUSTOMERS = 200
# Ten hours in which the tickets came about, the outage itself, and some time for the loads.
DAYS = 1.45
MINUTE, TEN_MINUTES = 60, 600
UPDATES = ("PUT tickets/{id}", "PUT tickets/{id}/tags", "POST tickets/{id}/tags", "DELETE tickets/{id}/tags")


def run(ctx: BenchContext) -> dict[str, Any]:
    """Load an account, let a day pass in which both sides write, and poll."""
    tickets = ctx.size(TICKETS)
    day = Day(
        commented=ctx.size(5_000),
        edited=ctx.size(3_000),
        made=ctx.size(500),
        commented_here=ctx.size(300),
        written=ctx.size(1_000),
        new=ctx.size(100),
    )
    with (
        ctx.stack("bench_helpdesk_outage", workers=3, channels=channels(2)) as stack,
        tempfile.TemporaryDirectory() as folder,
        start_simulator(Path(folder)) as simulator,
    ):
        simulator.freeze(days_ago(DAYS))
        simulator.freeze(None)
        [person, *_others] = simulator.seed(
            "user", [{"name": f"Customer {n}", "email": f"customer{n}@example.com"} for n in range(ctx.size(CUSTOMERS))]
        )
        desk = DeskConnection(stack, simulator)
        outage = Outage(desk, person)
        outage.seed(tickets, days=10 / 24)
        simulator.advance(90)
        ctx.say(f"{tickets} tickets at the desk: {simulator.stats()['records']}")
        began = time.monotonic()
        desk.load(timeout=7200)
        loaded = time.monotonic() - began
        ctx.say(f"tickets loaded in {loaded:.0f} s")
        reading = outage.recover(timeout=7200)
        first = Traffic(simulator.calls())
        singles_at_load = first.count("GET tickets/{id}/comments")
        ctx.say(
            f"comments read in {reading:.0f} s, {singles_at_load} tickets singly: {len(outage.differences())} differ"
        )
        mark = len(simulator.calls())
        began = time.monotonic()
        outage.pass_day(day)
        passed = time.monotonic() - began
        ctx.say(f"the day took {passed:.0f} s")
        before_recovery = len(simulator.calls())
        recovery = outage.recover(timeout=7200)
        calls = simulator.calls()
        whole, during, after = Traffic(calls), Traffic(calls[mark:]), Traffic(calls[before_recovery:])
        differences, disorder = outage.differences(), outage.disorder()
        for line in differences[:10]:
            ctx.say(line[:500])
        records, refused = simulator.stats()["records"], simulator.counters()["limits"]["refused"]
        exceptions = len(desk.exceptions())
    touched = day.commented + day.edited + day.made + day.written + day.new
    exports = whole.most(MINUTE, "GET incremental/")
    return {
        "metrics": {
            "tickets, comments at the end": f"{records['ticket']}, {records['comment']}",
            "first load: tickets (s)": round(loaded),
            "first load: comments (s)": round(reading),
            "first load: calls": mark,
            "first load: tickets read singly": singles_at_load,
            "first load: calls a ticket": round(mark / tickets, 4),
            "outage: writes at the desk": 2 * day.commented + day.edited + 2 * day.made,
            "outage: writes in Odoo": day.commented_here + day.written + day.new,
            "recovery (s)": round(recovery),
            "recovery: calls": len(after.calls),
            "recovery: export calls": sum("incremental/" in call["endpoint"] for call in after.calls),
            "recovery: tickets read singly": after.count("GET tickets/{id}/comments"),
            "day and recovery: calls a changed ticket": round(len(during.calls) / touched, 3),
            "exports in the fullest 60 s": exports,
            "updates in the fullest 60 s": whole.most(MINUTE, "", UPDATES),
            "updates of one ticket in 10 minutes": whole.most(TEN_MINUTES, "", UPDATES, by="path"),
            "refused by the desk's own count": str(refused),
            "exceptions": exceptions,
        },
        "bars": [
            {"name": "tickets or comments not on both sides once", "value": len(differences), "op": "<=", "bar": 0},
            {"name": "comments out of order", "value": disorder, "op": "<=", "bar": 0},
            {"name": "export calls in any minute", "value": exports, "op": "<=", "bar": 10},
            {"name": "updates in any minute", "value": whole.most(MINUTE, "", UPDATES), "op": "<=", "bar": 100},
            {
                "name": "updates of one ticket in any 10 minutes",
                "value": whole.most(TEN_MINUTES, "", UPDATES, by="path"),
                "op": "<=",
                "bar": 30,
            },
            {"name": "calls that the desk refused", "value": sum(refused.values()), "op": "<=", "bar": 0},
            {"name": "exceptions", "value": exceptions, "op": "<=", "bar": 0},
        ],
    }
