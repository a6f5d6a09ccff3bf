"""When orders have to be looked at though nothing is written: a promise passes, days go by."""

from collections.abc import Collection, Mapping
from datetime import datetime

from odoo.api import Environment
from odoo.tools import SQL

from ...runtime.sql import execute_values
from . import fact_holds, store

# Orders of one transaction.
BATCH = 200
# Minutes until an order that could not be evaluated is looked at again, by the number of failures.
AGAIN = (1, 5, 15, 60, 240)


def set_times(env: Environment, times: Mapping[int, datetime | None]) -> None:
    """Set when orders are looked at next; None: not unless something is written."""
    none = sorted(order_id for order_id, at in times.items() if at is None)
    if none:
        env.cr.execute("DELETE FROM retail_sync_milestone_look WHERE order_id = ANY(%s)", [none])
    rows = sorted((order_id, at) for order_id, at in times.items() if at is not None)
    if rows:
        execute_values(
            env,
            "INSERT INTO retail_sync_milestone_look (order_id, at, failures) VALUES %s ON CONFLICT (order_id)"
            " DO UPDATE SET at = EXCLUDED.at, failures = 0, error = NULL, since = NULL"
            " WHERE retail_sync_milestone_look.at <> EXCLUDED.at OR retail_sync_milestone_look.failures > 0",
            rows,
            template="(%s, %s, 0)",
        )
    env["retail.sync.milestone.look"].invalidate_model()


def times(env: Environment, order_ids: Collection[int]) -> dict[int, datetime]:
    """Return {order id: when its look is due, or was due before it failed} of orders that have a look."""
    query = "SELECT order_id, COALESCE(since, at) FROM retail_sync_milestone_look WHERE order_id = ANY(%s)"
    return dict(env.execute_query(SQL(query, list(order_ids))))


def schedule(env: Environment, order_ids: Collection[int]) -> None:
    """Have orders looked at by the next run of the schedule, with whatever else is due."""
    env.cr.execute(
        "INSERT INTO retail_sync_milestone_look (order_id, at, failures)"
        " SELECT unnest(%s), now() AT TIME ZONE 'UTC', 0"
        " ON CONFLICT (order_id) DO UPDATE SET at = LEAST(retail_sync_milestone_look.at, EXCLUDED.at)",
        [sorted(set(order_ids))],
    )
    env["retail.sync.milestone.look"].invalidate_model()


def schedule_open(env: Environment, *, shipped: bool = False) -> int:
    """Have all orders looked at of which time alone may make something true; return how many there are.

    Those that a hold may stop or release are among them: open ones, and those without goods.

    :param shipped: those too of which goods were shipped within a year: they may count as delivered now
    """
    having = fact_holds.stoppable(env)
    if shipped:
        having = SQL(
            "(%s OR sale.state = 'sale' AND EXISTS (SELECT FROM stock_picking picking WHERE picking.sale_id = sale.id"
            " AND picking.state = 'done' AND picking.date_done > now() AT TIME ZONE 'UTC' - interval '1 year'))",
            having,
        )
    return _schedule_where(env, having)


def schedule_stoppable(env: Environment) -> int:
    """Have all orders looked at that a rule for all customers may hold or release; return how many there are."""
    return _schedule_where(env, fact_holds.stoppable(env))


def _schedule_where(env: Environment, having: SQL) -> int:
    env.flush_all()
    env.cr.execute(
        SQL(
            "INSERT INTO retail_sync_milestone_look (order_id, at, failures)"
            " SELECT sale.id, now() AT TIME ZONE 'UTC', 0 FROM sale_order sale WHERE %s"
            " ON CONFLICT (order_id) DO UPDATE SET at = LEAST(retail_sync_milestone_look.at, EXCLUDED.at)",
            having,
        )
    )
    count: int = env.cr.rowcount
    env["retail.sync.milestone.look"].invalidate_model()
    return count


def note_failure(env: Environment, order_id: int, error: Exception) -> None:
    """Have an order looked at again later that could not be evaluated; the look shows that it failed."""
    env.cr.execute(
        "INSERT INTO retail_sync_milestone_look AS kept (order_id, at, failures, error, since)"
        " VALUES (%(order)s, now() AT TIME ZONE 'UTC' + %(first)s * interval '1 minute', 1, %(error)s,"
        " now() AT TIME ZONE 'UTC')"
        " ON CONFLICT (order_id) DO UPDATE SET failures = COALESCE(kept.failures, 0) + 1, error = EXCLUDED.error,"
        " since = COALESCE(kept.since, kept.at), at = now() AT TIME ZONE 'UTC' + interval '1 minute'"
        " * (%(again)s::int[])[LEAST(COALESCE(kept.failures, 0) + 1, %(steps)s)]",
        {
            "order": order_id,
            "first": AGAIN[0],
            "error": type(error).__name__,
            "again": list(AGAIN),
            "steps": len(AGAIN),
        },
    )
    env["retail.sync.milestone.look"].invalidate_model()


def failing(env: Environment, order_ids: Collection[int]) -> set[int]:
    """Return those orders whose last evaluation failed."""
    query = "SELECT order_id FROM retail_sync_milestone_look WHERE order_id = ANY(%s) AND failures > 0"
    return {order_id for (order_id,) in env.execute_query(SQL(query, list(order_ids)))}


def due(env: Environment, limit: int = BATCH) -> list[int]:
    """Return orders whose look is due, and lock them; those that another transaction has are left out."""
    rows = env.execute_query(
        SQL(
            "WITH due AS (SELECT order_id FROM retail_sync_milestone_look WHERE at <= now() AT TIME ZONE 'UTC'"
            " ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED)"
            # One that is evaluated just now gets its look from there: to wait for it here could be a deadlock.
            " SELECT order_id FROM due WHERE pg_try_advisory_xact_lock(%s, order_id)",
            limit,
            store.LOCK_SPACE,
        )
    )
    return sorted(order_id for (order_id,) in rows)
