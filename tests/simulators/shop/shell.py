"""Lets a shop live: runs in ``odoo shell``, with its task in SHOP_TASK, a JSON object.

``orders``: how many; ``products``, ``lines``: how many products there are, and lines of an order; ``partners``: ids of
the customers; ``seed``; ``full``: stories from order to payment only; ``mixed``: steps of all orders at random;
``steps``: these of every order, in place of its story; ``part``: [number, of so many] when several processes share the
work; ``folder``: where `done-<number>.json` says how it went; ``pause``: seconds between two steps; ``root``: the
checkout. Each step is a transaction of its own, repeated when it loses a race.
"""

import contextlib
import json
import os
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from psycopg2 import OperationalError

TASK = json.loads(os.environ["SHOP_TASK"])
sys.path.insert(0, TASK["root"])

from tests.simulators.shop import stories  # noqa: E402
from tests.simulators.shop.till import Till  # noqa: E402

TRIES = 30
SHOP_LOCK = 7_283_411_950


@contextlib.contextmanager
def repeated(env: Any) -> Iterator[None]:
    """One process makes the products; the others find them."""
    env.cr.execute("SELECT pg_advisory_lock(%s)", [SHOP_LOCK])
    try:
        # What the other process has committed meanwhile is seen from here on.
        env.cr.rollback()
        yield
        env.cr.commit()
    finally:
        env.cr.execute("SELECT pg_advisory_unlock(%s)", [SHOP_LOCK])
        env.cr.commit()


def main(env: Any) -> None:
    """Do all steps; write down {"orders", "steps", "lost_races", "failed"}."""
    part, parts = TASK.get("part") or (0, 1)
    given = stories.full_stories(TASK["orders"]) if TASK.get("full") else stories.stories(TASK["orders"], TASK["seed"])
    if TASK.get("steps"):
        given = [stories.Story(story.number, "given", tuple(TASK["steps"])) for story in given]
    shared = [story for story in given if story.number % parts == part]
    with repeated(env):
        products = Till.stock_up(env, TASK["products"])
    till = Till(env, TASK["partners"], products, TASK.get("lines", 3), TASK["seed"])
    walk = stories.interleaved(shared, TASK["seed"] + part) if TASK.get("mixed") else stories.in_turn(shared)
    orders: dict[int, int] = {}
    failed: dict[int, str] = {}
    times: dict[str, list[float]] = {}
    races = steps = 0
    for story, step in walk:
        if story.number in failed:
            continue
        began = time.perf_counter()
        for attempt in range(TRIES):
            try:
                orders[story.number] = till.do(step, story, orders.get(story.number))
                env.cr.commit()
                break
            except OperationalError:
                env.cr.rollback()
                races += 1
                time.sleep(0.05 * (attempt + 1))
            except Exception:
                env.cr.rollback()
                failed[story.number] = f"{step}: {traceback.format_exc()}"
                break
        else:
            failed[story.number] = f"{step}: lost {TRIES} races"
        steps += 1
        times.setdefault(step, []).append(time.perf_counter() - began)
        if TASK.get("pause"):
            time.sleep(TASK["pause"])
    mean = {step: round(1000 * sum(took) / len(took), 1) for step, took in times.items()}
    result = {"orders": list(orders.values()), "steps": steps, "lost_races": races, "failed": failed, "ms": mean}
    target = Path(TASK["folder"], f"done-{part}.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result))


main(globals()["env"])
