"""Workers that are killed while agents refund, replace and cancel: all or nothing, and a retry finishes."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from typing import Any

from setup.lib.bench import BenchContext

from .helpdesk_calls import Answer
from .helpdesk_stack import Desk, helpdesk

KILLS = 200
_PATIENCE = 120


def run(ctx: BenchContext) -> dict[str, Any]:
    """Kill the worker that has a transaction open, again and again, while actions are submitted and money moves."""
    kills = ctx.size(KILLS)
    found: Counter[str] = Counter()
    with helpdesk(ctx, "bench_helpdesk_kills", max(4, kills), workers=3) as desk:
        draw = random.Random(1)
        acted: list[tuple[str, str]] = []
        killed = 0
        for order in desk.orders:
            if killed >= kills:
                break
            killed += _act_and_kill(desk, order, draw, acted, found)
            if killed and killed % 20 == 0:
                ctx.say(f"{killed} kills: {dict(found)}")
        desk.stack.wait_for_jobs(timeout=900)
        halves = _halves(desk, acted)
        overpaid = desk.overpaid()
    answers = {f"answers {name}": number for name, number in sorted(found.items())}
    return {
        "metrics": {"kills": killed, "actions": len(acted), **answers},
        "bars": [
            {"name": "kills", "value": killed, "op": ">=", "bar": kills},
            {"name": "keys without exactly one action", "value": len(halves), "op": "<=", "bar": 0},
            {"name": "orders credited beyond their invoices", "value": len(overpaid), "op": "<=", "bar": 0},
        ],
    }


def _act_and_kill(
    desk: Desk, order: int, draw: random.Random, acted: list[tuple[str, str]], found: Counter[str]
) -> int:
    """Act on an order with one key until it is done, and kill a worker meanwhile; return how many were killed."""
    [line] = desk.stack.rpc("sale.order.line", "search_read", [[["order_id", "=", order]], ["id"]], {"limit": 1})
    request = draw.choice(
        [
            {"action": "refund_full", "reason": "damaged"},
            {"action": "refund_lines", "reason": "damaged", "lines": [{"line_id": line["id"], "quantity": "1"}]},
            {"action": "replace", "reason": "damaged", "lines": [{"line_id": line["id"], "quantity": "1"}]},
        ]
    )
    shown = desk.agent().preview(order, request)
    if shown.status != 200:
        found[f"preview {shown.status} {shown.code}"] += 1
        return 0
    key, answers = str(uuid.uuid4()), []

    def submit() -> None:
        answers.append(_until_done(desk, order, request, shown, key))

    thread = threading.Thread(target=submit)
    thread.start()
    time.sleep(draw.uniform(0, 0.5))
    killed = 0
    if busy := desk.stack.busy_worker_pids():
        desk.stack.kill_worker(pid=busy[0])
        killed = 1
    thread.join()
    [answer] = answers
    found[f"{answer.status} {answer.code}".strip()] += 1
    if answer.status == 201:
        acted.append((key, request["action"]))
    return killed


def _until_done(desk: Desk, order: int, request: dict[str, Any], shown: Answer, key: str) -> Answer:
    until = time.monotonic() + _PATIENCE
    while True:
        answer = desk.agent().submit(order, request, shown.body["token"], key)
        lost = answer.status == 0 or answer.status >= 500 or answer.code in ("request_in_progress", "conflict")
        if not lost or time.monotonic() > until:
            return answer
        time.sleep(0.2)


def _halves(desk: Desk, acted: list[tuple[str, str]]) -> list[str]:
    """Return keys that did not lead to one action with all its documents."""
    wrong = []
    for key, action in acted:
        rows = desk.stack.sql(
            "SELECT a.id FROM retail_sync_action a JOIN retail_sync_idempotency_key k ON k.action_id = a.id"
            " WHERE k.key = %s AND a.state = 'done'",
            (key,),
        )
        if len(rows) != 1:
            wrong.append(f"{action} {key}: {len(rows)} actions")
    return wrong
