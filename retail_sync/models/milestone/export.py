"""Pages of the milestone journal for other programs: codes, ids, quantities and amounts, in the order of writing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from odoo.api import Environment
from odoo.tools import SQL

from . import store

# Scope of the API keys that may read the journal, and nothing else.
SCOPE = "retail_sync.milestones"
# Scope that no key is made for: what opens it has none, and opens everything.
OTHER_SCOPE = "retail_sync.none"
DEFAULT_PAGE, MAX_PAGE = 1000, 5000


def page(
    env: Environment, after: int, limit: int, company_ids: Iterable[int], user_id: int | None = None
) -> dict[str, Any]:
    """Return {"milestones": [...], "next": cursor, "more": whether more is known already}.

    Rows get their ids before they are committed. Rows are passed on only up to the id before which no other transaction
    may still commit one, so that a reader who goes on from the last id misses none. To be called in a transaction of
    its own in which each statement sees what is committed by then: see `store.announce`.

    :param after: id after which to go on; 0: from the beginning
    :param limit: rows of a page
    :param company_ids: rows of these companies
    :param user_id: rows of orders that this user may read, as lists show them; None: of all orders
    """
    # Before the rows are read: a row that is committed in between is seen, one that comes later has a later id.
    until = store.finished_until(env)
    rows = env.execute_query_dict(
        SQL(
            "SELECT row.id, row.res_id AS order_id, row.company_id, row.kind, row.ordinal, row.reversal,"
            " row.reverses_id, row.document_model, row.document_id, row.document_name, row.at, row.seen_at, row.cause,"
            " row.user_id, row.quantities, row.amount::text AS amount, currency.name AS currency, row.assumed,"
            " row.rank, row.correlation FROM retail_sync_milestone row LEFT JOIN res_currency currency"
            " ON currency.id = row.currency_id WHERE row.id > %(after)s AND row.company_id = ANY(%(companies)s)"
            " AND row.id <= %(until)s ORDER BY row.id LIMIT %(limit)s",
            after=after,
            companies=list(company_ids),
            until=until,
            limit=limit + 1,
        )
    )
    found = rows[:limit]
    hidden = _hidden(env, found, company_ids, user_id) if user_id else set()
    return {
        "milestones": [_plain(row) for row in found if row["order_id"] not in hidden],
        "next": found[-1]["id"] if found else after,
        "more": len(rows) > limit,
    }


def _hidden(env: Environment, rows: list[dict[str, Any]], company_ids: Iterable[int], user_id: int) -> set[int]:
    """Return the ids of those orders of rows that are there, and that a user may not read."""
    orders = env["sale.order"].browse({row["order_id"] for row in rows}).exists()
    of_user = orders.with_user(user_id).with_context(allowed_company_ids=list(company_ids))
    return set(orders.ids) - set(of_user._filtered_access("read").ids)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as JSON: times in ISO 8601 and UTC, amounts as texts, as exact as they are."""
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat() + "Z"
    return value
