"""Confirms orders with and without the streams of commerce, in turn; runs inside ``odoo shell``.

Writes {"ratio", "on_ms", "off_ms", "rows", "trigger_ms"} as JSON to the file named by CONFIRM_OUT.
"""

import contextlib
import json
import os
import time
from statistics import median
from unittest.mock import patch

from odoo import Command

ROUNDS = int(os.environ.get("CONFIRM_ROUNDS") or 100)
WARM = 4
LINES = 4
# Orders that are confirmed under one setting before the other has its turn: the triggers are made anew each time.
BLOCK = 20
TRIGGERS = "SELECT COALESCE(sum(self_time), 0) FROM pg_stat_user_functions WHERE funcname LIKE 'retail\\_sync%%'"


def make(env, products, partner, count):
    """Return so many draft orders, committed."""
    orders = env["sale.order"].create(
        [
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2}) for product in products
                ],
            }
            for _ in range(count)
        ]
    )
    env.cr.commit()
    return orders.ids


def confirm(env, order_id):
    """Return the seconds that confirming one order takes, commit included."""
    order = env["sale.order"].browse(order_id)
    started = time.perf_counter()
    order.action_confirm()
    env.cr.commit()
    seconds = time.perf_counter() - started
    env.invalidate_all()
    return seconds


def switch(env, on):
    """Let the streams write or not; what was captured so far is forgotten."""
    env["retail.sync.stream"].search([]).write({"direction": "out" if on else "in"})
    env.cr.execute("DELETE FROM retail_sync_change")
    env.cr.execute("DELETE FROM queue_job")
    env.cr.commit()


def main(env):
    connection = env["retail.sync.connection"].create(
        {
            "name": "Confirm",
            "system": "salesforce",
            "base_url": "https://confirm.example.com",
            "client_id": "x",
            "client_secret": "y",
        }
    )
    connection.with_context(active_test=False).stream_ids.write({"active": True, "state": "live"})
    connection.state = "running"
    products = env["product.product"].create(
        [
            {"name": f"Confirm {number}", "default_code": f"CONFIRM-{number}", "type": "consu", "is_storable": True}
            for number in range(LINES)
        ]
    )
    location = env["stock.warehouse"].search([], limit=1).lot_stock_id
    for product in products:
        env["stock.quant"]._update_available_quantity(product, location, 1_000_000)
    partner = env["res.partner"].create({"name": "Confirm"})
    env.cr.commit()
    found, rows = {True: [], False: []}, []
    # Whoever confirms waits for the job that calls the router too; without the sync there is none. The router itself
    # works in another process, which is no part of it.
    silent = patch.object(type(env["retail.sync.change"]), "_schedule_routing", lambda self: None)
    for block in range(WARM + max(2, ROUNDS // BLOCK)):
        samples = {}
        for on in (True, False) if block % 2 else (False, True):
            switch(env, on)
            orders = make(env, products, partner, BLOCK)
            env.cr.execute("DELETE FROM retail_sync_change")
            env.cr.execute("DELETE FROM queue_job")
            env.cr.commit()
            with contextlib.nullcontext() if on else silent:
                samples[on] = [confirm(env, order_id) for order_id in orders]
            if on:
                env.cr.execute("SELECT count(*) FROM retail_sync_change")
                rows.append(env.cr.fetchone()[0] / BLOCK)
        if block >= WARM:
            found[True].append(median(samples[True]))
            found[False].append(median(samples[False]))
    switch(env, True)
    orders = make(env, products, partner, BLOCK)
    env.cr.execute("SET track_functions = 'pl'")
    env.cr.execute("SELECT pg_stat_reset()")
    env.cr.commit()
    for order_id in orders:
        confirm(env, order_id)
    env.cr.execute("SELECT pg_stat_force_next_flush()")
    env.cr.commit()
    env.cr.execute(TRIGGERS)
    trigger_ms = float(env.cr.fetchone()[0]) / BLOCK
    pairs = [on / off for on, off in zip(found[True], found[False], strict=True)]
    result = {
        "ratio": median(pairs),
        "on_ms": 1000 * median(found[True]),
        "off_ms": 1000 * median(found[False]),
        "rows": round(median(rows), 1),
        "trigger_ms": trigger_ms,
    }
    with open(os.environ["CONFIRM_OUT"], "w", encoding="utf-8") as out:
        json.dump(result, out)


main(env)  # noqa: F821  (odoo shell provides env)
