"""All links of a page, written in one statement."""

import json
from collections.abc import Iterable
from typing import Any

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.api import Environment

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.canonical.schema import PART_MAIN
from ...runtime.inbound_scope import scope_of
from ...runtime.sql import execute_values
from ..mapping import write_guard
from ..mapping.item import Reconciled
from . import deferred_references
from .rows import LinkRow, raw_hash

LINK_COLUMNS = (
    "connection_id",
    "stream_id",
    "remote_object",
    "external_id",
    "part",
    "role",
    "res_model",
    "res_id",
    "is_primary",
    "version",
    "remote_modified_at",
    "content_hash",
    "raw_hash",
    "base",
    "divergent",
    "provenance",
    "warnings",
    "has_warnings",
    "state",
    "rule",
    "reason",
    "linked_at",
    "synced_at",
    "archived_by_sync",
    "carries_our_id",
    "pushed",
)
# A link keeps how and when it was made; everything else follows the record.
KEPT = (
    "connection_id",
    "remote_object",
    "external_id",
    "part",
    "role",
    "res_model",
    "linked_at",
    "rule",
    "reason",
    "provenance",
)


def row(item: Reconciled, part: str, res_id: int, **extra: Any) -> LinkRow:
    """Return the row that links a part of a record with what the platform showed. extra: columns that differ."""
    incoming = item.incoming
    main = part == PART_MAIN
    values = dict(
        external_id=incoming.external_id,
        part=part,
        res_id=res_id,
        version=incoming.version,
        content_hash=incoming.content_hash,
        raw_hash=raw_hash(incoming.payload) if main else "",
        base=item.folded[part],
        warnings=list(dict.fromkeys(incoming.warnings)) if main else [],
        waits=item.missing() if main else {},
        rule=item.rule,
        reason=item.reason,
        carries_our_id=main and incoming.local_ref == str(res_id),
    )
    values.update(extra)
    return LinkRow(**values)


def secondary_rows(env: Environment, item: Reconciled) -> list[tuple[str, LinkRow]]:
    """Return rows for the other ids under which the platform knows this record."""
    return [
        (remote_object, _secondary_row(env, item, external_id))
        for remote_object, external_id in item.incoming.secondary_ids
        if external_id
    ]


def _secondary_row(env: Environment, item: Reconciled, external_id: str) -> LinkRow:
    return LinkRow(
        external_id=external_id,
        part=PART_MAIN,
        res_id=item.res_id,
        version=item.incoming.version,
        rule="alias",
        reason=env._("Another id of %s", item.incoming.external_id),
        is_primary=False,
    )


def save(env: Environment, stream: models.BaseModel, rows: Iterable[LinkRow | tuple[str, LinkRow]]) -> None:
    """Insert or update all links of a page, in one statement per remote object.

    :raises FaultError: inbound work would link a record that no platform may write; the steps before this one let such
        records fail one by one. What a delivery has created on the platform is linked in any case: it is there
    """
    rows = list(rows)
    if scope_of(env.context) is not None:
        made = (row[1] if isinstance(row, tuple) else row for row in rows)
        write_guard.check_protected(stream._entity(), {row.res_id for row in made if row.state != "excluded"})
    by_object = {}
    for row in rows:
        remote_object, row = row if isinstance(row, tuple) else (stream.remote_object, row)
        by_object.setdefault(remote_object, []).append(row)
    for remote_object, group in by_object.items():
        _upsert(env, stream, remote_object, group)


def _upsert(env: Environment, stream: models.BaseModel, remote_object: str, rows: list[LinkRow]) -> None:
    now = fields.Datetime.now()
    res_model = stream._entity()._res_model
    sets = ", ".join(f"{name} = EXCLUDED.{name}" for name in LINK_COLUMNS if name not in KEPT)
    # Where a value came from stays known until another one replaces it.
    sets += (
        ", provenance = COALESCE(retail_sync_link.provenance || EXCLUDED.provenance,"
        " EXCLUDED.provenance, retail_sync_link.provenance)"
    )
    sets += (
        ", deleted_at = CASE WHEN EXCLUDED.state IN ('in_sync', 'attention') THEN NULL"
        " ELSE retail_sync_link.deleted_at END"
    )
    # Another id of a record may belong to a record of its own: then the two are merged, and no link is lost on the way.
    kept = "EXCLUDED.rule <> 'alias' OR NOT retail_sync_link.is_primary OR retail_sync_link.res_id = EXCLUDED.res_id"
    kept += " OR retail_sync_link.state IN ('excluded', 'deleted', 'merged')"
    sets += ", reason = CASE EXCLUDED.state WHEN 'excluded' THEN EXCLUDED.reason ELSE retail_sync_link.reason END"
    values = [
        (
            stream.connection_id.id,
            stream.id,
            remote_object,
            row.external_id,
            row.part,
            stream.role,
            res_model,
            row.res_id,
            row.is_primary,
            row.version,
            row.version / 1000.0,
            row.content_hash,
            row.raw_hash,
            _json(row.base),
            _json(row.divergent),
            _json(row.provenance),
            _json(row.warnings or None),
            bool(row.warnings),
            row.state,
            row.rule,
            row.reason,
            now,
            row.archived_by_sync,
            row.carries_our_id,
            _json(row.pushed),
            env.uid,
            env.uid,
            now,
            now,
        )
        # A record that one part lets go may stand for another one in the same statement.
        for row in sorted(rows, key=lambda row: row.is_primary)
    ]
    marks = ["%s"] * len(LINK_COLUMNS)
    # Not the transaction's time: a read that began since then may not have seen what this brings.
    marks[LINK_COLUMNS.index("synced_at")] = "clock_timestamp() AT TIME ZONE 'UTC'"
    marks[LINK_COLUMNS.index("remote_modified_at")] = "to_timestamp(%s) AT TIME ZONE 'UTC'"
    for name in ("base", "divergent", "provenance", "warnings", "pushed"):
        marks[LINK_COLUMNS.index(name)] = "%s::jsonb"
    try:
        written = execute_values(
            env,
            f"INSERT INTO retail_sync_link ({', '.join(LINK_COLUMNS)},"
            " create_uid, write_uid, create_date, write_date) VALUES %s"
            " ON CONFLICT (connection_id, remote_object, external_id, part, role) DO UPDATE SET"
            f" {sets}, write_date = EXCLUDED.write_date, write_uid = EXCLUDED.write_uid WHERE {kept}"
            " RETURNING id, external_id, part",
            values,
            template=f"({', '.join(marks)}, %s, %s, %s, %s)",
            page_size=1000,
        )
    except UniqueViolation as error:
        raise RetryableJobError("Another worker linked this record", seconds=2, ignore_retry=True) from error
    if remote_object == stream.remote_object:
        ids = {external_id: link_id for link_id, external_id, part in written if part == PART_MAIN}
        deferred_references.note(
            env,
            stream,
            (
                (ids[row.external_id], row.external_id, row.waits)
                for row in rows
                if row.part == PART_MAIN and row.external_id in ids
            ),
        )
    env["retail.sync.link"].invalidate_model()


def move_versions(env: Environment, seen: list[tuple[int, int, str]]) -> None:
    """Note that records were seen again: [(link id, version, raw hash)], in one statement."""
    execute_values(
        env,
        "UPDATE retail_sync_link link SET version = seen.version, raw_hash = seen.raw,"
        " synced_at = clock_timestamp() AT TIME ZONE 'UTC',"
        " remote_modified_at = to_timestamp(seen.version / 1000.0) AT TIME ZONE 'UTC'"
        " FROM (VALUES %s) AS seen(id, version, raw) WHERE link.id = seen.id",
        seen,
        page_size=1000,
    )
    env["retail.sync.link"].invalidate_model(["version", "raw_hash", "synced_at", "remote_modified_at"])


def _json(value):
    return None if value is None else json.dumps(value)
