"""Ten thousand different addresses: a worker does not keep an application for each of them."""

from __future__ import annotations

from typing import Any

from setup.lib.bench import BenchContext

from .helpdesk_stack import helpdesk

PATHS = 10_000
_MB = 1024 * 1024
BAR_MB = 20


def run(ctx: BenchContext) -> dict[str, Any]:
    """Ask one worker for so many orders, most of which do not exist, and compare its memory before and after."""
    paths = ctx.size(PATHS)
    with helpdesk(ctx, "bench_helpdesk_paths", 1, workers=1) as desk:
        agent = desk.agent()
        for number in range(200):
            agent.get(f"/orders/{1_000_000 + number}")
        before = max(desk.stack.memory_bytes().values())
        statuses = {agent.get(f"/orders/{2_000_000 + number}").status for number in range(paths)}
        after = max(desk.stack.memory_bytes().values())
    grown = (after - before) / _MB
    answers = ", ".join(map(str, sorted(statuses)))
    return {
        "metrics": {"paths": paths, "answers": answers, "before (MB)": round(before / _MB)},
        "bars": [{"name": "growth of the worker (MB)", "value": round(grown, 1), "op": "<=", "bar": BAR_MB}],
    }
