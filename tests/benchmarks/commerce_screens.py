"""The order's list and form, the journal and the exceptions, with 100,000 orders and a million milestones."""

from __future__ import annotations

from typing import Any

from setup.lib.bench import BenchContext
from setup.lib.rpc import OdooRpc
from tests.end_to_end import commerce
from tests.end_to_end.two_way import BothWays
from tests.stack import Stack

from .commerce_stack import commerce_connection
from .screens import Browser, Timed, timed

ORDERS, MILESTONES = 100_000, 1_000_000
BAR_MS = 1_000
# Ids of copies: far above those of the originals.
BASE = 10_000_000
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
        copied = _copy(stack, original, orders, milestones)
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


def _copy(stack: Stack, order: int, orders: int, milestones: int) -> int:
    """Copy an order with its lines, link and messages, and as many milestones; return how many of these there are."""
    step = "g * 100 + row_number() OVER (PARTITION BY g ORDER BY source.id)"
    _insert(stack, "sale_order", f"source.id = {order}", orders, f"{BASE} + g", {"name": f"'S' || ({BASE} + g)::text"})
    _insert(
        stack, "sale_order_line", f"source.order_id = {order}", orders, f"{BASE} + {step}", {"order_id": f"{BASE} + g"}
    )
    _insert(
        stack,
        "retail_sync_link",
        f"source.res_model = 'sale.order' AND source.res_id = {order}",
        orders,
        f"{BASE} + g",
        {"res_id": f"{BASE} + g", "external_id": "'a0X' || lpad(g::text, 15, '0')"},
    )
    _insert(
        stack,
        "retail_sync_message",
        f"source.res_model = 'sale.order' AND source.res_id = {order}",
        orders,
        f"{BASE} + {step}",
        {"res_id": f"{BASE} + g", "key": f"'sale.order:' || ({BASE} + g)::text"},
    )
    [(has,)] = stack.sql("SELECT count(*) FROM retail_sync_milestone WHERE res_id = %s", (order,))
    each = max(1, milestones // max(1, orders * has))
    for turn in range(each):
        _insert(
            stack,
            "retail_sync_milestone",
            f"source.res_model = 'sale.order' AND source.res_id = {order}",
            orders,
            f"{BASE} + {turn} * 20000000 + {step}",
            {"res_id": f"{BASE} + g", "ordinal": f"source.ordinal + {turn} * 100", "reverses_id": "NULL"},
        )
    for table in ("sale_order", "sale_order_line", "retail_sync_link", "retail_sync_message", "retail_sync_milestone"):
        stack.sql(f"ANALYZE {table}")
    [(count,)] = stack.sql("SELECT count(*) FROM retail_sync_milestone")
    return int(count)


def _insert(stack: Stack, table: str, where: str, copies: int, new_id: str, changes: dict[str, str]) -> None:
    """Copy rows of a table so many times, without the triggers that capture changes; ``g`` numbers the copies."""
    columns = [
        name
        for (name,) in stack.sql(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'"
            " AND column_name <> 'id' AND is_generated = 'NEVER' ORDER BY ordinal_position",
            (table,),
        )
    ]
    values = ", ".join(changes.get(name, f'source."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    stack.sql(
        f"BEGIN; SET LOCAL session_replication_role = replica; INSERT INTO {table} (id, {names})"
        f" SELECT {new_id}, {values} FROM {table} source, generate_series(1, {copies}) g WHERE {where}; COMMIT"
    )
