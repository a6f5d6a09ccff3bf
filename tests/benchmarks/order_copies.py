"""Copies of one order that has lived, by SQL: as many as a shop has after years."""

from __future__ import annotations

from tests.stack import Stack

# Ids of copies: far above those of the originals.
BASE = 10_000_000


def copy_order(stack: Stack, order: int, orders: int, milestones: int) -> int:
    """Copy an order with its lines, link and messages, and as many milestones; return how many of these there are."""
    step = "g * 100 + row_number() OVER (PARTITION BY g ORDER BY source.id)"
    names = {"name": f"'S' || ({BASE} + g)::text"}
    insert_copies(stack, "sale_order", f"source.id = {order}", orders, f"{BASE} + g", names)
    insert_copies(
        stack, "sale_order_line", f"source.order_id = {order}", orders, f"{BASE} + {step}", {"order_id": f"{BASE} + g"}
    )
    insert_copies(
        stack,
        "retail_sync_link",
        f"source.res_model = 'sale.order' AND source.res_id = {order}",
        orders,
        f"{BASE} + g",
        {"res_id": f"{BASE} + g", "external_id": "'a0X' || lpad(g::text, 15, '0')"},
    )
    insert_copies(
        stack,
        "retail_sync_message",
        f"source.res_model = 'sale.order' AND source.res_id = {order}",
        orders,
        f"{BASE} + {step}",
        {"res_id": f"{BASE} + g", "key": f"'sale.order:' || ({BASE} + g)::text"},
    )
    [(has,)] = stack.sql("SELECT count(*) FROM retail_sync_milestone WHERE res_id = %s", (order,))
    each = max(1, milestones // (orders * has)) if has else 0
    for turn in range(each):
        insert_copies(
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


def insert_copies(stack: Stack, table: str, where: str, copies: int, new_id: str, changes: dict[str, str]) -> None:
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
