"""The evaluation of rules: expectations are kept, exceptions open and end. In one place, whoever asks for it."""

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from psycopg2 import OperationalError

from odoo import fields, models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.commerce.expectations import Watch, overdue
from ...runtime.halving import halve
from ...runtime.transactions import LostRaceError, separate_transaction
from ..milestone import looks, store
from . import life, reading
from .constants import BATCH

# Conditions that end, or come true, without a change of the order: an address is completed, a platform is sent a stage.
UNHEARD = frozenset(("address", "contradiction"))
LOOK_AGAIN = timedelta(minutes=15)
# Seconds of one run of the schedule.
RUN_SECONDS = 40.0

_logger = logging.getLogger(__name__)


def evaluate(env: Environment, order_ids: Sequence[int], now: datetime | None = None) -> None:
    """Bring the expectations and exceptions of orders up to date, by all active rules.

    A function of what the database says now: to repeat it changes nothing.
    """
    env = env(su=True)
    ids = sorted(set(order_ids))
    if not ids:
        return
    env.flush_all()
    # One evaluation of an order at a time, and not beside one of its journal.
    store.lock(env, ids)
    rules = env["retail.sync.order.rule"].search([("active", "=", True)])
    asked = [reading.Asked(rule._pure(), rule._order_domain()) for rule in rules]
    found = reading.watches(env, ids, asked)
    # After the reading: what is first seen just now is seen at this time.
    now = now or fields.Datetime.now()
    again = {rule.id for rule in rules if rule.condition in UNHEARD}
    _keep_expectations(env, ids, found, now, again)
    caused = {key: due for key, seen in found.items() if (due := overdue(seen, now))}
    life.step(env, ids, rules, caused, now)


def evaluate_each(env: Environment, order_ids: Sequence[int]) -> list[int]:
    """Evaluate orders; return the ids of those that fail alone. Their failure stops no other.

    It is logged and noted: the order shows it, and the schedule of looks evaluates the order again.
    """
    failed: list[int] = []

    def attempt(ids: Sequence[int]) -> None:
        with env.cr.savepoint():
            evaluate(env, ids)

    def on_single(order_id: int, error: Exception) -> None:
        _logger.error("The rules of order %s could not be evaluated", order_id, exc_info=error)
        looks.note_failure(env, order_id, error)
        failed.append(order_id)

    ids = sorted(set(order_ids))
    halve(ids, attempt, on_single, passes_on=lambda error: isinstance(error, (OperationalError, LostRaceError)))
    return failed


def look(env: Environment, limit: int = BATCH) -> int:
    """Evaluate the orders of which something has fallen due, in this transaction; return how many there were."""
    due = _due(env, fields.Datetime.now(), limit)
    failed = evaluate_each(env, due)
    if failed:
        _postpone(env, failed)
    return len(due)


def run(env: Environment, seconds: float = RUN_SECONDS) -> bool:
    """Evaluate what has fallen due, in transactions of its own; return whether nothing due is left.

    Two schedules, or the router beside one, leave each other's orders alone.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with separate_transaction(env, read_committed=True) as tx:
            count = look(tx(su=True))
        if not count:
            return True
    return False


def due_query(now: datetime, limit: int = BATCH) -> SQL:
    """Return the query that locks the rows which are due: read by their index, whatever else is expected."""
    return SQL(
        """
        SELECT order_id FROM retail_sync_expectation
         WHERE look_at <= %s
         ORDER BY look_at LIMIT %s FOR UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )


def _due(env: Environment, now: datetime, limit: int = BATCH) -> list[int]:
    """Lock the rows that are due, and return the orders that they belong to: at most a batch."""
    env["retail.sync.expectation"].flush_model()
    return list(dict.fromkeys(order_id for (order_id,) in env.execute_query(due_query(now, limit))))


def _postpone(env: Environment, order_ids: Sequence[int]) -> None:
    """Look at orders again in an hour that cannot be evaluated now."""
    env.cr.execute(
        "UPDATE retail_sync_expectation SET look_at = %s WHERE look_at IS NOT NULL AND order_id = ANY(%s)",
        [fields.Datetime.now() + timedelta(hours=1), list(order_ids)],
    )
    env["retail.sync.expectation"].invalidate_model(["look_at"])


def _keep_expectations(
    env: Environment, order_ids: Sequence[int], found: reading.Found, now: datetime, again: Collection[int]
) -> None:
    """Make the rows of orders say what their watches say, in three statements at most.

    :param again: rules that are looked at again after a while: what ends their cause is no change of the order
    """
    model: models.BaseModel = env["retail.sync.expectation"]
    model.flush_model()
    companies = {order.id: order.company_id.id for order in env["sale.order"].browse(order_ids).exists()}
    kept = {
        (order_id, rule_id, document_model, document_id): (row_id, state)
        for row_id, order_id, rule_id, document_model, document_id, state in env.execute_query(
            SQL(
                "SELECT id, order_id, rule_id, document_model, document_id, state FROM retail_sync_expectation"
                " WHERE order_id = ANY(%s)",
                list(order_ids),
            )
        )
    }
    values = []
    wanted = set()
    for (order_id, rule_id), seen in sorted(found.items()):
        for document, watch in sorted(_by_document(seen).items()):
            key = (order_id, rule_id, *document)
            wanted.add(key)
            # What was met before anyone waited for it leaves no row: most orders keep what they promise.
            if watch.met_at is None or key in kept:
                values.append((*key, companies.get(order_id) or None, watch.since, watch.due_at, watch.met_at))
    gone = [row_id for key, (row_id, state) in kept.items() if key not in wanted and state != "met"]
    if gone:
        env.cr.execute("DELETE FROM retail_sync_expectation WHERE id = ANY(%s)", [gone])
    if values:
        _upsert(env, values, now, again)
    if gone or values:
        model.invalidate_model()


def _by_document(seen: Sequence[Watch]) -> dict[tuple[str, int], Watch]:
    """Return {document: its watch that is due first, one that is not met before any other}."""
    grouped: dict[tuple[str, int], list[Watch]] = defaultdict(list)
    for watch in seen:
        grouped[watch.document].append(watch)
    return {
        document: min(same, key=lambda watch: (watch.met_at is not None, watch.due_at, watch.since))
        for document, same in grouped.items()
    }


def _upsert(env: Environment, values: Sequence[tuple], now: datetime, again: Collection[int]) -> None:
    columns = list(zip(*values, strict=True))
    env.cr.execute(
        SQL(
            """
            INSERT INTO retail_sync_expectation AS kept (
                order_id, rule_id, document_model, document_id, company_id, since, due_at, met_at, state, look_at
            )
            SELECT found.*,
                   CASE WHEN met_at IS NOT NULL THEN 'met' WHEN due_at <= %(now)s THEN 'overdue' ELSE 'waiting' END,
                   CASE WHEN met_at IS NOT NULL THEN NULL WHEN due_at > %(now)s THEN due_at
                        WHEN rule_id = ANY(%(again)s) THEN %(next)s END
              FROM unnest(
                  %(orders)s::int[], %(rules)s::int[], %(models)s::text[], %(ids)s::int[], %(companies)s::int[],
                  %(since)s::timestamp[], %(due)s::timestamp[], %(met)s::timestamp[]
              ) AS found(order_id, rule_id, document_model, document_id, company_id, since, due_at, met_at)
            ON CONFLICT (order_id, rule_id, document_model, document_id) DO UPDATE
               SET since = EXCLUDED.since, due_at = EXCLUDED.due_at, met_at = EXCLUDED.met_at,
                   state = EXCLUDED.state, look_at = EXCLUDED.look_at, company_id = EXCLUDED.company_id
             WHERE (kept.since, kept.due_at, kept.met_at, kept.state, kept.look_at)
                   IS DISTINCT FROM (EXCLUDED.since, EXCLUDED.due_at, EXCLUDED.met_at, EXCLUDED.state, EXCLUDED.look_at)
            """,
            now=now,
            again=list(again),
            next=now + LOOK_AGAIN,
            orders=list(columns[0]),
            rules=list(columns[1]),
            models=list(columns[2]),
            ids=list(columns[3]),
            companies=list(columns[4]),
            since=list(columns[5]),
            due=list(columns[6]),
            met=list(columns[7]),
        )
    )
