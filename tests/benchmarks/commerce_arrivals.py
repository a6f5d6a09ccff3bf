"""Opportunities that were won, thousands of them, one of ten with each check that fails; then all of them once more."""

from __future__ import annotations

import time
from typing import Any

from setup.lib.bench import BenchContext
from tests.end_to_end import arrivals, commerce
from tests.end_to_end.two_way import BothWays

from .loads import connected, load_all

SALES, ACCOUNTS = 1_000, 60
# Of a thousand: nine failed checks of a hundred sales each, and a hundred sound sales.
FAILING_AT_ONCE = 9


def run(ctx: BenchContext) -> dict[str, Any]:
    """Let the sales come by one poll; look at what each has become; let them come again."""
    with connected(ctx, "bench_arrivals", ACCOUNTS, 10, jobs=2, kind=BothWays) as connection:
        org = connection.simulator
        arrivals.open_intake(connection)
        load_all(connection)
        connection.call("go_live")
        commerce.begin(connection)
        complete = [
            row["Id"] for row in org.records("Account")
            if all(row.get(f"Billing{part}") for part in ("Street", "City", "PostalCode", "Country"))
        ]  # fmt: skip
        room = arrivals.Salesroom(connection, complete)
        sales = room.win([kind for kinds in _thousands(ctx.size(SALES)) for kind in kinds])
        before = _orders(connection)
        org.reset_counters()
        started = time.perf_counter()
        connection.quiet(rounds=100, timeout=1800)
        seconds = time.perf_counter() - started
        calls = org.counters()["calls"]
        wrong = arrivals.wrong_outcomes(connection, sales)
        silent = arrivals.unanswered(connection, sales)
        orders = _orders(connection)
        for sale in sales:
            org.edit("Opportunity", sale.external_id, {"NextStep": "Again"})
        connection.quiet(rounds=100, timeout=1800)
        wrong_again = arrivals.wrong_outcomes(connection, sales)
        twice = _orders(connection) - orders
    if wrong or wrong_again:
        ctx.say("\n".join([*wrong, *wrong_again][:20]))
    return {
        "metrics": {
            "sales": len(sales),
            "became quotations": orders - before,
            "until all had an outcome (s)": round(seconds, 1),
            "API calls of the sales": calls,
        },
        "bars": [
            {"name": "wrong outcomes", "value": len(wrong), "op": "<=", "bar": 0},
            {"name": "wrong outcomes after a replay", "value": len(wrong_again), "op": "<=", "bar": 0},
            {"name": "orders made twice", "value": twice, "op": "<=", "bar": 0},
            {"name": "quotations whose number did not go back", "value": len(silent), "op": "<=", "bar": 0},
        ],
    }


def _thousands(size: int) -> list[list[str]]:
    """Kinds of sales: of each so many, one of ten fails each of some checks; all checks are among them."""
    starts = range(0, len(arrivals.FAILING), FAILING_AT_ONCE)
    groups = [["sound", *arrivals.FAILING[start : start + FAILING_AT_ONCE]] for start in starts]
    return [[group[number % len(group)] for number in range(size)] for group in groups]


def _orders(connection: BothWays) -> int:
    [(count,)] = connection.stack.sql("SELECT count(*) FROM sale_order")
    return int(count)
