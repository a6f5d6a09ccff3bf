"""The order's list and form, the journal and the exceptions, with 100,000 orders and a million milestones."""

from __future__ import annotations

from typing import Any

from setup.lib.bench import BenchContext
from setup.lib.rpc import OdooRpc
from tests.end_to_end import commerce
from tests.end_to_end.two_way import BothWays
from tests.stack import Stack

from .commerce_stack import commerce_connection
from .order_copies import copy_order
from .screens import Browser, Timed, timed

ORDERS, MILESTONES = 100_000, 1_000_000
BAR_MS = 1_000
ACTIONS = (
    "sale.action_orders",
    "retail_sync.action_milestone",
    "retail_sync.action_order_exception",
    "retail_sync.action_link",
)


def run(ctx: BenchContext) -> dict[str, Any]:
    """Copy one order that has lived to its end, and all that belongs to it; read the screens as a user."""
    with commerce_connection(ctx, "bench_commerce_screens") as connection:
        stack = connection.stack
        task = {"orders": 1, "products": 10, "lines": 4, "full": True}
        [result] = commerce.live(connection, partners=commerce.partners(connection, 4), **task)
        connection.quiet(rounds=30, timeout=600)
        [original] = result.orders
        orders, milestones = ctx.size(ORDERS), ctx.size(MILESTONES)
        copied = copy_order(stack, original, orders, milestones)
        ctx.say(f"{orders:,} orders, {copied:,} milestones")
        found = list(_screens(stack, connection, original))
    slowest = sorted(found, key=lambda entry: -entry.ms)
    return {
        "metrics": {
            "orders": orders,
            "milestones": copied,
            **{f"{entry.screen}, {entry.action} (ms)": round(entry.ms) for entry in slowest[:8]},
        },
        "bars": [
            {"name": f"{entry.screen}, {entry.action} (ms)", "value": round(entry.ms), "op": "<", "bar": BAR_MS}
            for entry in found
            if entry.action in ("list", "form")
        ],
    }


def _screens(stack: Stack, connection: BothWays, order: int) -> list[Timed]:
    rpc = OdooRpc(stack.url, stack.db)
    [user] = rpc("res.users", "search", [[("login", "=", "admin")]])
    browser = Browser(rpc, user)
    found = []
    for name in ACTIONS:
        module, _, xmlid = name.partition(".")
        rows = rpc("ir.model.data", "search_read", [[("module", "=", module), ("name", "=", xmlid)], ["res_id"]])
        fields = ["name", "res_model", "domain", "context", "search_view_id"]
        actions = rpc("ir.actions.act_window", "read", [[row["res_id"] for row in rows], fields])
        for screen in browser.screens(actions):
            found += list(browser.walk(screen, words="S00"))
    wanted, read = browser.form("sale.order", order)
    ms, _record = timed(lambda: read(wanted))
    return [*found, Timed("Order", "form", ms, 1)]
