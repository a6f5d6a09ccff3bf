"""Changed partners to the platform: records a second and API calls, from the routing to the last delivered message."""

from __future__ import annotations

import time

from setup.lib.bench import BenchContext
from tests.end_to_end.equality import differences
from tests.end_to_end.two_way import BothWays

from .loads import connected, load_all

MOVING = "('pending', 'sending')"
REFUSED_SHARE = 50  # one of so many: 2 %


def run(ctx: BenchContext) -> dict:
    """10,000 partners changed by one statement of plain SQL, as an import does; two jobs at a time.

    Then again, after 2 % of them were moved to a company that the integration user may not enter.
    """
    accounts, contacts = ctx.size(4_000), ctx.size(6_000)
    with connected(ctx, "bench_outbound", accounts, contacts, jobs=2, kind=BothWays) as connection:
        load_all(connection)
        connection.quiet(timeout=1800)
        simulator = connection.simulator
        simulator.reset_counters()
        ctx.say("loaded; changing all")
        count, seconds = _change_all(connection, 2_000_000)
        counters = simulator.counters()
        connection.wait_idle(timeout=600)
        connection.quiet(timeout=1800)
        wrong = differences(connection, ours=True)
        if wrong:
            raise RuntimeError(f"{len(wrong)} records differ, first: {wrong[:3]}")
        refused = _move_elsewhere(connection)
        ctx.say(f"changing all, {refused} of which are refused")
        again, seconds_refused = _change_all(connection, 3_000_000)
        waiting, causes = _refused(connection)
        if waiting != refused:
            raise RuntimeError(f"{waiting} of {refused} refused records wait for people")
        # Once more without any: what ran before may have changed the speed of the machine.
        _move_back(connection)
        _count, seconds_after = _change_all(connection, 4_000_000)
    calls = counters["calls"]
    undisturbed = count / ((seconds + seconds_after) / 2)
    return {
        "metrics": {
            "records": count,
            "seconds": round(seconds, 1),
            "api_calls": calls,
            "writes": counters["writes"],
            "refused": refused,
            "exceptions about them": causes,
            "records/s with 2 % refused": round((again - refused) / seconds_refused),
            "records/s afterwards, none refused": round(count / seconds_after),
        },
        "bars": [
            {"name": "records/s", "value": round(count / seconds), "op": ">=", "bar": 500},
            {"name": "API calls a record", "value": round(calls / count, 5), "op": "<=", "bar": 0.01},
            {
                "name": "speed with 2 % refused / none",
                "value": round((again - refused) / seconds_refused / undisturbed, 2),
                "op": ">=",
                "bar": 0.8,
            },
        ],
    }


def _change_all(connection: BothWays, base: int) -> tuple[int, float]:
    """Change all linked partners by one statement; return how many, and the seconds until none of them is moving."""
    changed = connection.stack.sql(
        "UPDATE res_partner SET phone = '+39043' || (%s + id) WHERE id IN (SELECT res_id FROM"
        " retail_sync_link WHERE connection_id = %s AND part = 'main' AND is_primary) RETURNING id",
        (base, connection.id),
    )
    started = time.perf_counter()
    connection.sweep()
    connection.stack.wait_for(lambda: _nothing_left(connection), timeout=1800, interval=0.1)
    return len(changed), time.perf_counter() - started


def _move_elsewhere(connection: BothWays) -> int:
    """Move one of so many linked customers to a company that the integration user may not enter; return how many."""
    [company] = connection.stack.rpc("res.company", "create", [[{"name": "Elsewhere"}]])
    # Whoever creates a company may enter it.
    [user] = connection.query("SELECT user_id FROM retail_sync_connection WHERE id = %s", connection.id)
    connection.stack.rpc("res.users", "write", [[user["user_id"]], {"company_ids": [(3, company)]}])
    moved = connection.stack.sql(
        "WITH linked AS (SELECT res_id, row_number() OVER (ORDER BY res_id) AS place FROM retail_sync_link"
        " WHERE connection_id = %s AND part = 'main' AND is_primary)"
        " UPDATE res_partner SET company_id = %s FROM linked WHERE linked.res_id = res_partner.id"
        " AND linked.place %% %s = 0 RETURNING res_partner.id",
        (connection.id, company, REFUSED_SHARE),
    )
    return len(moved)


def _move_back(connection: BothWays) -> None:
    """Let the integration user change all customers again, and forget what waited for it."""
    connection.stack.sql("UPDATE res_partner SET company_id = NULL WHERE company_id IS NOT NULL RETURNING id")


def _refused(connection: BothWays) -> tuple[int, int]:
    """Return (records that wait for people or for the exception about their cause, such exceptions)."""
    [(waiting, causes)] = connection.stack.sql(
        "SELECT count(*) FILTER (WHERE kind = 'delivery' AND state IN ('open', 'parked')),"
        " count(*) FILTER (WHERE state = 'open') FROM retail_sync_message WHERE direction = 'out'"
    )
    return waiting, causes


def _nothing_left(connection: BothWays) -> bool:
    [(left,)] = connection.stack.sql(
        f"SELECT (SELECT count(*) FROM retail_sync_change) + (SELECT count(*) FROM retail_sync_message"
        f" WHERE direction = 'out' AND state IN {MOVING})"
    )
    return not left
