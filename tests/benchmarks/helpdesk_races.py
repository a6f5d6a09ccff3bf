"""Agents who act on the same orders at the same moment, at random: never more goes back than was paid."""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Any

from setup.lib.bench import BenchContext

from .helpdesk_stack import Desk, helpdesk

ROUNDS = 1_000
AGENTS = 2
_BATCH = 40


def run(ctx: BenchContext) -> dict[str, Any]:
    """Let two agents act on one order each round: the same line, or two actions that exclude each other."""
    rounds = ctx.size(ROUNDS)
    orders = max(1, rounds // 10)
    found: Counter[str] = Counter()
    with helpdesk(ctx, "bench_helpdesk_races", orders, workers=4) as desk:
        draw = random.Random(1)
        for number in range(rounds):
            _round(desk, desk.orders[number % len(desk.orders)], draw, found)
            if number % _BATCH == 0:
                ctx.say(f"round {number}: {dict(found)}")
        overpaid = desk.overpaid()
        wrong = _quantities(desk)
    broken = sum(number for name, number in found.items() if name >= "500")
    return {
        "metrics": {"rounds": rounds, **{f"answers {name}": count for name, count in sorted(found.items())}},
        "bars": [
            {"name": "orders credited beyond their invoices", "value": len(overpaid), "op": "<=", "bar": 0},
            {"name": "lines credited or returned beyond what was delivered", "value": len(wrong), "op": "<=", "bar": 0},
            {"name": "answers of 5xx", "value": broken, "op": "<=", "bar": 0},
        ],
    }


def _round(desk: Desk, order: int, draw: random.Random, found: Counter[str]) -> None:
    lines = desk.stack.rpc("sale.order.line", "search_read", [[["order_id", "=", order]], ["product_uom_qty"]])
    line = draw.choice(lines)
    claimed = {"line_id": line["id"], "quantity": "1"}
    requests = [
        {"action": "refund_lines", "reason": "damaged", "lines": [claimed]},
        {"action": "return", "reason": "changed_mind", "lines": [claimed]},
        {"action": "replace", "reason": "damaged", "lines": [claimed]},
        {"action": "refund_full", "reason": "damaged"},
        {"action": "cancel_rest", "reason": "other"},
    ]
    weights = (6, 3, 3, 1, 1)
    chosen = draw.choices(requests, weights, k=AGENTS)
    if draw.random() < 0.3:
        chosen = [chosen[0]] * AGENTS

    def act(request: dict[str, Any]) -> None:
        answer = desk.agent().act(order, request)
        found[f"{answer.status} {answer.code}".strip()] += 1

    threads = [threading.Thread(target=act, args=(request,)) for request in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _quantities(desk: Desk) -> list[tuple[Any, ...]]:
    """Return lines whose credited quantity is more than what was invoiced."""
    return desk.stack.sql(
        "SELECT sl.id FROM sale_order_line sl JOIN sale_order_line_invoice_rel r ON r.order_line_id = sl.id"
        " JOIN account_move_line l ON l.id = r.invoice_line_id JOIN account_move m ON m.id = l.move_id"
        " WHERE m.state <> 'cancel' AND m.move_type IN ('out_invoice', 'out_refund') GROUP BY sl.id"
        " HAVING coalesce(sum(l.quantity) FILTER (WHERE m.move_type = 'out_refund'), 0)"
        " > sum(l.quantity) FILTER (WHERE m.move_type = 'out_invoice') + 0.0001"
    )
