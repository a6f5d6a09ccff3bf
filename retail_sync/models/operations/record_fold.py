"""Keep the status of each record, and the number of records by status, from what changed since the last time.

Only the holder of a lock writes the tables; all others read them as they are. What a transaction changes is noted with
it, so that a crash or a rollback loses nothing and leaves nothing: what is noted and committed is folded in by whoever
comes next.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo.api import Environment

from ...runtime.transactions import lost_race, run_separately
from .record_status_sql import fresh

LOCK = 7_283_411_906
# Changes that one transaction folds in: about a second of work.
BATCH = 5000
# Changes that a user who opens a screen folds in: about a tenth of a second of work.
SHORT = 1000
# A row by its identity, as text: of a link by its id, of any other by stream and subject.
_KEY = "COALESCE({0}.link_id::varchar, {0}.stream_id || ' ' || {0}.subject)"
_COMPARED = (
    "connection_id", "stream_id", "message_id", "remote_object", "external_id", "res_model", "res_id", "status",
)  # fmt: skip
_COLUMNS = (*_COMPARED, "link_id", "subject")


class Stale(NamedTuple):
    """A note that the status of a record may have changed."""

    link_id: int | None
    connection_id: int | None
    role: str | None
    stream_id: int | None
    remote_object: str | None
    external_id: str | None
    res_model: str | None
    res_id: int | None


@dataclass(slots=True)
class _Scope:
    """Records whose status is computed again."""

    links: set[int] = field(default_factory=set)
    remote: set[tuple[int, str]] = field(default_factory=set)
    odoo: set[tuple[int, str, int]] = field(default_factory=set)

    def add(self, stream_id: int, external_id: str | None, res_model: str | None, res_id: int | None) -> None:
        """Add a record of a stream by each of the names that it has."""
        if external_id:
            self.remote.add((stream_id, external_id))
        if res_model and res_id:
            self.odoo.add((stream_id, res_model, res_id))

    def parameters(self) -> dict[str, list[Any]]:
        """Return the parameters of the queries."""
        remote, odoo = sorted(self.remote), sorted(self.odoo)
        return {
            "links": sorted(self.links),
            "streams": [key[0] for key in remote],
            "externals": [key[1] for key in remote],
            "odoo_streams": [key[0] for key in odoo],
            "odoo_models": [key[1] for key in odoo],
            "odoo_ids": [key[2] for key in odoo],
        }


def fold(env: Environment, limit: int = BATCH) -> bool:
    """Fold in at most so many changes; return whether none is left that this transaction knows.

    Nothing is done while another transaction does it: its result is read later.
    """
    env["retail.sync.link"].flush_model()
    env["retail.sync.message"].flush_model()
    env.cr.execute("SELECT FROM retail_sync_record_stale LIMIT 1")
    if not env.cr.rowcount:
        return True
    if env.cr.readonly:
        return False
    env.cr.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
    if not env.cr.fetchone()[0]:
        return False
    try:
        with env.cr.savepoint(flush=False):
            taken = _take(env, limit)
            _apply(env, _scope(env, taken))
            _new_version(env)
    except (OperationalError, UniqueViolation) as error:
        # Another transaction folded in the same changes, or others of the same records, after this one had begun: it
        # has the truth.
        if not lost_race(error):
            raise
        return False
    return len(taken) < limit


def fold_all(env: Environment, most: int = 200) -> bool:
    """Fold in what is noted, in at most so many transactions of their own; return whether all is folded in."""
    return any(run_separately(env, fold) for _number in range(most))


def recount(env: Environment) -> int:
    """Compute the status of all records afresh; return the number of rows that were not as they should be."""
    env["retail.sync.link"].flush_model()
    env["retail.sync.message"].flush_model()
    env.cr.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    env.cr.execute("SET LOCAL jit = off")
    env.cr.execute("DELETE FROM retail_sync_record_stale")
    wrong = _apply(env, None)
    env.cr.execute("DELETE FROM retail_sync_record_count")
    env.cr.execute(
        "INSERT INTO retail_sync_record_count (stream_id, status, res_model, linked, n)"
        " SELECT stream_id, status, COALESCE(res_model, ''), link_id IS NOT NULL, count(*)"
        " FROM retail_sync_record_status GROUP BY 1, 2, 3, 4"
    )
    # Tables of a few rows are never analysed, and plans by the estimate of an unknown table read a million rows each by
    # its own.
    env.cr.execute("ANALYZE retail_sync_connection, retail_sync_stream")
    _new_version(env)
    return wrong


def version(env: Environment) -> tuple[int, Any]:
    """Return (version of the figures, time at which they were true)."""
    env.cr.execute("SELECT version, at FROM retail_sync_record_figures")
    found: tuple[int, Any] | None = env.cr.fetchone()
    return found or (0, None)


def _new_version(env: Environment) -> None:
    env.cr.execute(
        "UPDATE retail_sync_record_figures SET version = nextval('retail_sync_record_version'),"
        " at = now() AT TIME ZONE 'UTC'"
    )
    if not env.cr.rowcount:
        env.cr.execute(
            "INSERT INTO retail_sync_record_figures"
            " VALUES (nextval('retail_sync_record_version'), now() AT TIME ZONE 'UTC')"
        )


def _take(env: Environment, limit: int) -> list[Stale]:
    """Delete and return so many notes."""
    env.cr.execute(
        "DELETE FROM retail_sync_record_stale"
        " WHERE ctid = ANY(ARRAY(SELECT ctid FROM retail_sync_record_stale LIMIT %s))"
        f" RETURNING {', '.join(Stale._fields)}",
        [limit],
        # A transaction that began before another one had folded in the same notes fails here, which is no trouble.
        log_exceptions=False,
    )
    return [Stale(*row) for row in env.cr.fetchall()]


def _scope(env: Environment, taken: Iterable[Stale]) -> _Scope:
    """Return all records that the notes concern, with all names under which messages may know them."""
    scope, objects = _Scope(), set()
    streams = _streams_by_role(env)
    for note in taken:
        if note.link_id:
            scope.links.add(note.link_id)
            for stream_id in streams[note.connection_id, note.role]:
                scope.add(stream_id, note.external_id, note.res_model, note.res_id)
        elif note.stream_id:
            scope.add(note.stream_id, note.external_id, note.res_model, note.res_id)
            if note.external_id and note.remote_object:
                objects.add((note.stream_id, note.remote_object, note.external_id))
    for link_id, connection_id, role, external_id, res_model, res_id in _links(env, scope, sorted(objects)):
        scope.links.add(link_id)
        for stream_id in streams[connection_id, role]:
            scope.add(stream_id, external_id, res_model, res_id)
    return scope


def _streams_by_role(env: Environment) -> defaultdict[tuple[int | None, str | None], list[int]]:
    env["retail.sync.stream"].flush_model()
    env.cr.execute("SELECT connection_id, role, id FROM retail_sync_stream")
    found: defaultdict[tuple[int | None, str | None], list[int]] = defaultdict(list)
    for connection_id, role, stream_id in env.cr.fetchall():
        found[connection_id, role].append(stream_id)
    return found


def _links(env: Environment, scope: _Scope, objects: list[tuple[int, str, str]]) -> list[tuple[Any, ...]]:
    """Return the links of records that are known by other names, and those of the scope."""
    odoo = scope.parameters()
    columns = "link.id, link.connection_id, link.role, link.external_id, link.res_model, link.res_id"
    env.cr.execute(
        f"SELECT {columns} FROM retail_sync_link link WHERE link.id = ANY(%(links)s) AND link.part = 'main' UNION"
        f" SELECT {columns} FROM unnest(%(streams)s::int[], %(objects)s::varchar[], %(externals)s::varchar[])"
        " AS name (stream_id, remote_object, external_id) JOIN retail_sync_stream stream ON stream.id = name.stream_id"
        " JOIN retail_sync_link link ON link.connection_id = stream.connection_id"
        " AND link.remote_object = name.remote_object AND link.external_id = name.external_id AND link.part = 'main'"
        f" AND link.role = stream.role UNION SELECT {columns}"
        " FROM unnest(%(odoo_streams)s::int[], %(odoo_models)s::varchar[], %(odoo_ids)s::int[])"
        " AS name (stream_id, res_model, res_id) JOIN retail_sync_stream stream ON stream.id = name.stream_id"
        " JOIN retail_sync_link link ON link.connection_id = stream.connection_id AND link.is_primary"
        " AND link.res_model = name.res_model AND link.res_id = name.res_id AND link.role = stream.role"
        " AND link.part = 'main'",
        {
            **odoo,
            "streams": [key[0] for key in objects],
            "objects": [key[1] for key in objects],
            "externals": [key[2] for key in objects],
        },
    )
    return env.cr.fetchall()


def _apply(env: Environment, scope: _Scope | None) -> int:
    """Make the rows of a scope, or all, equal to what links and messages say; return how many were not."""
    table = "retail_sync_record_status"
    old = f"SELECT * FROM {table}"
    if scope:
        old = (
            f"SELECT * FROM {table} WHERE link_id = ANY(%(links)s) UNION ALL"
            f" SELECT {table}.* FROM unnest(%(streams)s::int[], %(externals)s::varchar[]) AS name (stream_id, text)"
            f" JOIN {table} ON {table}.stream_id = name.stream_id AND {table}.subject = 'remote ' || name.text"
            f" AND {table}.link_id IS NULL UNION ALL SELECT {table}.*"
            " FROM unnest(%(odoo_streams)s::int[], %(odoo_models)s::varchar[], %(odoo_ids)s::int[])"
            f" AS name (stream_id, model, id) JOIN {table} ON {table}.stream_id = name.stream_id"
            f" AND {table}.subject = 'odoo ' || name.model || name.id AND {table}.link_id IS NULL"
        )
    counted = "COALESCE({0}.res_model, '') AS res_model, {0}.link_id IS NOT NULL AS linked"
    values = ", ".join(f"fresh.{name}" for name in _COLUMNS)
    sides = [", ".join(f"{side}.{name}" for name in _COMPARED) for side in ("old", "fresh")]
    env.cr.execute(
        f"""
        WITH fresh AS MATERIALIZED (
            SELECT found.*, {_KEY.format("found")} AS key FROM ({fresh(scope is not None)}) found
        ), old AS MATERIALIZED (SELECT found.*, {_KEY.format("found")} AS key FROM ({old}) found
        ), gone AS (
            DELETE FROM {table} USING old WHERE {table}.id = old.id
               AND NOT EXISTS (SELECT FROM fresh WHERE fresh.key = old.key)
            RETURNING old.stream_id, old.status, {counted.format("old")}
        ), changed AS (
            UPDATE {table} SET {", ".join(f"{name} = fresh.{name}" for name in _COMPARED)}
              FROM old JOIN fresh ON fresh.key = old.key
             WHERE {table}.id = old.id AND ({sides[0]}) IS DISTINCT FROM ({sides[1]})
            RETURNING old.stream_id AS old_stream, old.status AS old_status, {counted.format("old")},
                      fresh.stream_id, fresh.status, COALESCE(fresh.res_model, '') AS new_model
        ), born AS (
            INSERT INTO {table} ({", ".join(_COLUMNS)})
            SELECT {values} FROM fresh WHERE NOT EXISTS (SELECT FROM old WHERE old.key = fresh.key)
            RETURNING stream_id, status, {counted.format(table)}
        ), deltas AS (
            SELECT stream_id, status, res_model, linked, -1 AS n FROM gone UNION ALL
            SELECT old_stream, old_status, res_model, linked, -1 FROM changed UNION ALL
            SELECT stream_id, status, new_model, linked, 1 FROM changed UNION ALL
            SELECT stream_id, status, res_model, linked, 1 FROM born
        ), summed AS (
            INSERT INTO retail_sync_record_count AS counted (stream_id, status, res_model, linked, n)
            SELECT stream_id, status, res_model, linked, sum(n) FROM deltas GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
            ON CONFLICT (stream_id, status, res_model, linked) DO UPDATE SET n = counted.n + EXCLUDED.n
        )
        SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM changed) + (SELECT count(*) FROM born)
        """,
        scope.parameters() if scope else None,
    )
    found: int = env.cr.fetchone()[0]
    return found
