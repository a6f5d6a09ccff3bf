"""Which captured changes are routed next: urgent ones, then those of small transactions, then mass changes by pages.

Changes are taken by deletion. Of one record a later change may so be routed before an earlier one: what is made of both
is the same in either order, since each field counts by the time of its last edit and a deletion outlasts all else.
"""

from collections.abc import Iterable
from typing import NamedTuple

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.resilience.lanes import BULK_FROM, mass_page

# A step ends before an urgent change that is committed meanwhile has waited long.
SMALL_PER_STEP = 2000
# Before every few pages, all that waits is looked at: of a million changes, small pages would be mostly looks.
MASS_PER_STEP = 3000
# Held while a page of a mass change is routed, by one worker of the database: the others stay free for urgent work,
# and what two took of one transaction would look like a small one when its end comes.
MASS_LOCK = 7_283_411_908


class Captured(NamedTuple):
    """A change that was taken. at: ms since 1970. size: how many the same transaction made in this model."""

    model: str
    res_id: int
    op: str
    names: str
    origin: str | None
    txid: int | None
    at: int
    size: int


class Waiting(NamedTuple):
    """What waits.

    names: (model, names) of all changes. mass: (model, transaction, size) of mass changes, oldest first. small: how
    many changes are part of none.
    """

    names: set[tuple[str, str]]
    mass: list[tuple[str, int, int]]
    small: int


def look(env: Environment) -> Waiting:
    """Return what waits, by one pass over the changes."""
    rows = env.execute_query(
        SQL(
            "SELECT model, COALESCE(names, ''), COALESCE(txid, 0), COUNT(*) FROM retail_sync_change"
            " GROUP BY GROUPING SETS ((model, COALESCE(names, '')), (model, COALESCE(txid, 0)))"
            " HAVING GROUPING(COALESCE(txid, 0)) = 1 OR COUNT(*) >= %s ORDER BY MIN(id)",
            BULK_FROM,
        )
    )
    by_names = {(model, names): count for model, names, _txid, count in rows if names is not None}
    mass = [(model, txid, count) for model, names, txid, count in rows if names is None]
    return Waiting(set(by_names), mass, sum(by_names.values()) - sum(count for _model, _txid, count in mass))


def take_small(
    env: Environment, waiting: Waiting, urgent: Iterable[tuple[str, str]], limit: int = SMALL_PER_STEP
) -> list[Captured]:
    """Take changes of transactions that are no mass change, oldest first; those with urgent names before the others.

    :param urgent: (model, names) of changes that concern an urgent field
    """
    pairs = sorted(urgent)
    return _take(
        env,
        SQL(
            "SELECT change.ctid FROM retail_sync_change change WHERE NOT EXISTS (SELECT FROM"
            " unnest(%s::text[], %s::bigint[]) AS mass (model, txid)"
            " WHERE mass.model = change.model AND mass.txid = COALESCE(change.txid, 0))"
            " ORDER BY (change.model, COALESCE(change.names, '')) NOT IN (SELECT urgent.model, urgent.names"
            " FROM unnest(%s::text[], %s::text[]) AS urgent (model, names)), change.id LIMIT %s"
            " FOR UPDATE OF change SKIP LOCKED",
            [model for model, _txid, _size in waiting.mass],
            [txid for _model, txid, _size in waiting.mass],
            [model for model, _names in pairs],
            [names for _model, names in pairs],
            limit,
        ),
    )


def lock_mass(env: Environment) -> bool:
    """Return whether this transaction may route a page of a mass change; no other one may until it ends."""
    return bool(env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s)", MASS_LOCK))[0][0])


def take_mass(env: Environment, waiting: Waiting, limit: int = MASS_PER_STEP) -> list[Captured]:
    """Take a page of the oldest mass change; the last page takes all the rest, so that no end looks like a small one.

    To be called under `lock_mass`. What waits may have been looked at earlier: how much is left is seen here.
    """
    if not waiting.mass:
        return []
    model, txid, size = waiting.mass[0]
    rows = env.execute_query(
        SQL(
            "SELECT ctid::text FROM retail_sync_change WHERE COALESCE(txid, 0) = %s AND model = %s"
            " ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            txid,
            model,
            limit + BULK_FROM,
        )
    )
    places = [place for (place,) in rows[: mass_page(len(rows), limit)]]
    taken = _take(env, SQL("SELECT unnest(%s::text[])::tid", places)) if places else []
    return [change._replace(size=size) for change in taken]


def after(waiting: Waiting, taken: int, limit: int) -> Waiting:
    """Return what waits once a page of so many changes was taken of the oldest mass change."""
    if not waiting.mass:
        return waiting
    (model, txid, size), *others = waiting.mass
    # A page that is no full one, or a longer one, was the last.
    left = [(model, txid, size - taken)] if taken == limit and size > taken else []
    return waiting._replace(mass=[*left, *others])


def _take(env: Environment, chosen: SQL) -> list[Captured]:
    """Delete changes at the chosen places, and return them in the order in which they were captured."""
    rows = env.execute_query(
        SQL(
            # By place: the table is empty at most times, and statistics made then promise a join of nothing.
            "WITH taken AS (DELETE FROM retail_sync_change WHERE ctid = ANY(ARRAY(%s)) RETURNING *)"
            " SELECT model, res_id, op, COALESCE(names, ''), origin, txid, (EXTRACT(EPOCH FROM at) * 1000)::bigint,"
            " COUNT(*) OVER (PARTITION BY txid, model) FROM taken ORDER BY id",
            chosen,
        )
    )
    return [Captured(*row) for row in rows]
