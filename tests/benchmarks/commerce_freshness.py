"""How soon a shipment and an invoice are visible while a bulk load runs, and a flash sale beside orders."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from setup.lib.bench import BenchContext
from setup.lib.odoo_config import CHANNELS
from tests.end_to_end import commerce, commerce_clerks
from tests.end_to_end.equality import last_entry
from tests.end_to_end.two_way import BothWays

from .commerce_stack import commerce_connection
from .loads import percentile

SAMPLES = 30
SALE_CHANGES, SALE_SECONDS, SALE_SKUS = 400, 90, 50
WINDOW_SECONDS = 2


def run(ctx: BenchContext) -> dict[str, Any]:
    """Orders are shipped and invoiced one by one while the catalogue is published; then the flash sale."""
    with commerce_connection(ctx, "bench_commerce_fresh", jobs=2, channels=CHANNELS) as connection:
        partners = commerce.partners(connection)
        orders = commerce.live(
            connection, orders=4 * SAMPLES, products=SALE_SKUS, partners=partners, seed=3, lines=4, steps=["confirm"]
        )[0].orders
        connection.quiet(rounds=30, timeout=900)
        bulk = ctx.size(50_000)
        # Odoo makes products more slowly than they are published: all of them are to wait when the rounds begin.
        connection.call("action_pause")
        commerce.make_products(connection, bulk)
        connection.call("action_resume")
        ctx.say(f"{bulk:,} products wait to be published")
        shipped: list[float] = []
        invoiced: list[float] = []
        waited: list[int] = []
        # In turn, so that both are measured while most of the load still waits.
        for first, second in zip(orders[:SAMPLES], orders[SAMPLES : 2 * SAMPLES], strict=True):
            shipped.append(_visible(connection, lambda o=first: _ship(connection, o)))
            invoiced.append(_visible(connection, lambda o=second: _invoice(connection, o)))
            waited.append(commerce.waiting(connection))
        connection.quiet(rounds=200, timeout=3600)
        sale = _flash_sale(ctx, connection, orders[2 * SAMPLES :])
    return {
        "metrics": {
            "bulk load": bulk,
            "what waits after the first, middle, last round": " ".join(
                f"{waited[at]:,}" for at in (0, SAMPLES // 2, -1)
            ),
            "shipment visible, p50 (s)": round(percentile(shipped, 0.5), 2),
            "invoice visible, p50 (s)": round(percentile(invoiced, 0.5), 2),
            **sale["metrics"],
        },
        "bars": [
            {"name": "shipment visible, p95 (s)", "value": round(percentile(shipped, 0.95), 2), "op": "<", "bar": 5},
            {"name": "invoice visible, p95 (s)", "value": round(percentile(invoiced, 0.95), 2), "op": "<", "bar": 5},
            *sale["bars"],
        ],
    }


def _visible(connection: BothWays, act: Callable[[], Callable[[], bool]], timeout: float = 120) -> float:
    """Seconds from the commit of what staff did until the platform shows it. Raises TimeoutError."""
    arrived = act()
    started = time.perf_counter()
    while not arrived():
        if time.perf_counter() - started > timeout:
            raise TimeoutError(
                f"not visible after {timeout} s: {connection.messages('pending', 'sending', 'parked')[:3]}"
            )
        time.sleep(0.05)
    return time.perf_counter() - started


def _ship(connection: BothWays, order: int) -> Callable[[], bool]:
    pickings = connection.stack.rpc("sale.order", "read", [[order], ["picking_ids"]])[0]["picking_ids"]
    commerce.ship(connection, pickings)
    return lambda: commerce.shows(connection, "ERP_Shipment__c", "stock.picking", pickings[0], State__c="Shipped")


def _invoice(connection: BothWays, order: int) -> Callable[[], bool]:
    invoice = commerce.invoice(connection, order)
    return lambda: commerce.shows(connection, "ERP_Invoice__c", "account.move", invoice, State__c="Posted")


def _flash_sale(ctx: BenchContext, connection: BothWays, orders: list[int]) -> dict[str, Any]:
    """Change stock 400 times in 90 seconds on 50 products, a few of which everybody wants; ship orders meanwhile."""
    products = commerce.publish_stock(connection, SALE_SKUS)
    connection.quiet(rounds=30, timeout=600)
    before_sale, in_sale = orders[: len(orders) // 2], orders[len(orders) // 2 :]
    calm = [_visible(connection, lambda o=order: _ship(connection, o)) for order in before_sale]
    connection.quiet(rounds=30, timeout=600)
    connection.simulator.reset_counters()
    before = last_entry(connection)
    ctx.say("flash sale")
    # Sales of a rush are not spread evenly: the most wanted product changes about once a second.
    weights = [1 / (rank + 1) for rank in range(len(products))]
    draw = random.Random(5).choices(products, weights, k=SALE_CHANGES)
    with ThreadPoolExecutor(1) as aside:
        counting = aside.submit(_take_all, connection, draw)
        busy = [_visible(connection, lambda o=order: _ship(connection, o)) for order in in_sale]
        lasted = counting.result()
    connection.quiet(rounds=30, timeout=600)
    writes = commerce.writes_since(connection, before, "ERP_Stock__c")
    per_sku = max(writes.values(), default=0)
    windows = lasted / WINDOW_SECONDS
    wrong = commerce_clerks.stock_differences(connection)
    return {
        "metrics": {
            "flash sale lasted (s)": round(lasted),
            "stock changes": SALE_CHANGES,
            "of the most wanted SKU": max(Counter(draw).values()),
            "stock records written": sum(writes.values()),
            "most writes of one SKU": per_sku,
            "API calls of the sale": connection.simulator.counters()["calls"],
            "shipment visible before the sale, p50, p95 (s)": _both(calm),
            "shipment visible in the sale, p50 (s)": round(percentile(busy, 0.5), 2),
        },
        "bars": [
            {"name": "writes of a SKU and window", "value": round(per_sku / windows, 3), "op": "<=", "bar": 1},
            {"name": "stock values that differ after it", "value": len(wrong), "op": "<=", "bar": 0},
            {
                "name": "shipment visible in the sale, p95 (s)",
                "value": round(percentile(busy, 0.95), 2),
                "op": "<",
                "bar": 5,
            },
        ],
    }


def _take_all(connection: BothWays, products: list[int]) -> float:
    """Change the stock of these products in turn, evenly over the time of the sale; return how long it took."""
    started = time.monotonic()
    for number, product in enumerate(products):
        commerce.take_stock(connection, product, number)
        pause = started + (number + 1) * SALE_SECONDS / SALE_CHANGES - time.monotonic()
        time.sleep(max(0.0, pause))
    return time.monotonic() - started


def _both(seconds: list[float]) -> str:
    return f"{percentile(seconds, 0.5):.2f}, {percentile(seconds, 0.95):.2f}"
