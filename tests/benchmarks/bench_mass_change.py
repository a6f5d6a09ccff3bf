"""Credit holds behind a mass change: committed in Odoo until they are stored in Salesforce, while 100,000 wait."""

from __future__ import annotations

import time

from setup.lib.bench import BenchContext
from setup.lib.odoo_config import CHANNELS
from tests.end_to_end.two_way import BothWays

from .bench_critical import hold
from .linked_copies import copy_contacts
from .loads import connected, load_all, percentile

ROUNDS = 4
HOLDS = 15  # of a round, at most: the later ones meet the bulk delivery of what was routed


def run(ctx: BenchContext) -> dict:
    """Change all linked contacts by one statement, and block customers right behind it; with the shipped channels."""
    with connected(ctx, "bench_mass_change", 200, 300, jobs=2, kind=BothWays, channels=CHANNELS) as connection:
        load_all(connection)
        connection.quiet(timeout=600)
        links = connection.links(part="main")
        firms = [row for row in links if row["remote_object"] == "Account"]
        templates = [row["external_id"] for row in links if row["remote_object"] == "Contact"]
        copy_contacts(connection, templates, ctx.size(100_000) - len(templates))
        # Of the same machine at the same hour, while nothing else waits: other firms than those of the rounds.
        idle = [hold(connection, firm, number) for number, firm in enumerate(firms[-HOLDS:])]
        first, times, routed = [], [], []
        for number in range(ROUNDS):
            changed = _change_all(connection, number)
            started = time.perf_counter()
            if number % 2:
                # The router has begun with the mass change when the hold comes.
                connection.sweep()
                time.sleep(1)
            firm = number * HOLDS
            first.append(hold(connection, firms[firm], firm))
            while _waiting(connection):
                firm += 1
                if firm < (number + 1) * HOLDS:
                    times.append(hold(connection, firms[firm], firm))
                else:
                    time.sleep(0.5)
            routed.append(changed / (time.perf_counter() - started))
            ctx.say(f"round {number + 1}: the hold behind {changed:,} changes took {first[-1]:.2f} s")
    times += first
    return {
        "metrics": {
            "changed": changed,
            "p95 with nothing else waiting (s)": round(percentile(idle, 0.95), 2),
            "holds": len(times),
            "first_holds_s": ", ".join(f"{seconds:.2f}" for seconds in first),
            "p50_s": round(percentile(times, 0.5), 2),
            "max_s": round(max(times), 2),
            "changes routed a second": round(min(routed)),
        },
        "bars": [
            {"name": "p95 (s)", "value": round(percentile(times, 0.95), 2), "op": "<", "bar": 3},
            {"name": "the hold right behind, worst (s)", "value": round(max(first), 2), "op": "<", "bar": 3},
        ],
    }


def _change_all(connection: BothWays, number: int) -> int:
    """Change all linked contacts in one transaction; return how many there are."""
    changed = connection.stack.sql(
        "UPDATE res_partner SET phone = '+39043' || (%s + id) WHERE id IN (SELECT res_id FROM retail_sync_link"
        " WHERE connection_id = %s AND remote_object = 'Contact' AND part = 'main' AND is_primary) RETURNING id",
        (2_000_000 + number, connection.id),
    )
    return len(changed)


def _waiting(connection: BothWays) -> bool:
    [(waiting,)] = connection.stack.sql("SELECT EXISTS (SELECT FROM retail_sync_change)")
    return bool(waiting)
