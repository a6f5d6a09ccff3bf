"""Fifty equal refunds at the same moment: one credit note, and the same answer for all of them in the end."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from setup.lib.bench import BenchContext

from .helpdesk_calls import Answer, percentile
from .helpdesk_stack import helpdesk

CALLERS = 50
_MS = 1000
# What Odoo logs of a request: its status, queries, seconds of them, and seconds beside them, from its being taken on.
_LINE = re.compile(r'"POST \S+/actions HTTP/1\.\d" (\d+) - (?:\[\S+\] )?\d+ ([\d.]+) ([\d.]+)')


def run(ctx: BenchContext) -> dict[str, Any]:
    """Submit one refund with one key from many threads, then repeat it."""
    with helpdesk(ctx, "bench_helpdesk_parallel", 3, workers=8) as desk:
        order = desk.orders[0]
        request = {"action": "refund_full", "reason": "damaged"}
        shown = desk.agent().preview(order, request)
        if shown.status != 200:
            raise AssertionError(f"no preview: {shown.status} {shown.text[:500]}")
        token = shown.body["token"]
        before = desk.counts()
        log = desk.stack.log_path
        logged = log.stat().st_size
        answers = _at_once(desk, order, request, token)
        time.sleep(1)  # until the last lines are in the log
        taken = {409: [], **_server_ms(log, logged)}
        later = [desk.agent().submit(order, request, token, "the-only-key") for _number in range(20)]
        after = desk.counts()
    done = [answer for answer in answers if answer.status == 201]
    busy = [answer for answer in answers if answer.code == "request_in_progress"]
    rest = [f"{answer.status} {answer.code}" for answer in answers if answer not in done and answer not in busy]
    texts = {answer.text for answer in [*done, *later] if answer.status == 201}
    notes = after["credit notes"] - before["credit notes"]
    busy_ms = percentile([answer.seconds * _MS for answer in busy], 0.95)
    server_ms = percentile(taken[409], 0.95)
    broken = sum(answer.status >= 500 or not answer.status for answer in answers)
    return {
        "metrics": {
            "done or replayed": len(done),
            "in progress": len(busy),
            "other answers": ", ".join(sorted(set(rest))) or "none",
            "409, p95, whole answer (ms)": round(busy_ms),
            "409, p50, whole answer (ms)": round(percentile([answer.seconds * _MS for answer in busy], 0.5)),
            "409, p95, from its worker's taking it (ms)": round(server_ms),
            "409, p50, from its worker's taking it (ms)": round(percentile(taken[409], 0.5)),
            "later replay, p50 (ms)": round(percentile([answer.seconds * _MS for answer in later], 0.5)),
            "409, slowest (ms)": round(max((answer.seconds * _MS for answer in busy), default=0)),
        },
        "bars": [
            {"name": "credit notes", "value": notes, "op": "<=", "bar": 1},
            {"name": "credit notes there", "value": notes, "op": ">=", "bar": 1},
            {"name": "answers of 5xx", "value": broken, "op": "<=", "bar": 0},
            {"name": "different answers", "value": len(texts), "op": "<=", "bar": 1},
            {"name": "later replays that failed", "value": sum(a.status != 201 for a in later), "op": "<=", "bar": 0},
            {"name": "409, p95, whole answer (ms)", "value": round(busy_ms), "op": "<", "bar": 100},
            {"name": "409, p95, from its worker's taking it (ms)", "value": round(server_ms), "op": "<", "bar": 100},
        ],
    }


def _server_ms(log: Path, start: int) -> dict[int, list[float]]:
    """Return {status: milliseconds that submitted actions took in their workers}, without their wait for one."""
    found: dict[int, list[float]] = {}
    for status, queries, rest in _lines(log, start):
        found.setdefault(int(status), []).append((float(queries) + float(rest)) * _MS)
    return found


def _lines(log: Path, start: int) -> Iterator[tuple[str, ...]]:
    with log.open() as file:
        file.seek(start)
        for line in file:
            if known := _LINE.search(line):
                yield known.groups()


def _at_once(desk: Any, order: int, request: dict[str, Any], token: str) -> list[Answer]:
    answers: list[Answer] = []
    start = threading.Barrier(CALLERS)

    def call() -> None:
        agent = desk.agent()
        start.wait()
        answers.append(agent.submit(order, request, token, "the-only-key"))

    threads = [threading.Thread(target=call) for _number in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
