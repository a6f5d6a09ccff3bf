"""Records that came before the records to which they refer."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...runtime import environment
from ...runtime.sql import execute_values
from ..mapping import write_guard
from ..mapping.entity import Refusal
from ..runs import refresh_queue


def note(env: Environment, stream: models.BaseModel, waiting: Iterable[tuple[int | None, str, dict[str, list[str]]]]):
    """Note which references of records wait, in place of what was noted of these records before; two statements.

    :param waiting: [(link id, None for a record that could not be created; external id; {reference: ["Object/id"]})]
    """
    waiting = list(waiting)
    if not waiting:
        return
    env.cr.execute(
        "DELETE FROM retail_sync_deferred_reference WHERE stream_id = %s AND external_id = ANY(%s)",
        [stream.id, [external_id for _link_id, external_id, _refs in waiting]],
    )
    entity = stream._entity()
    references = entity._spec().references
    rows = [
        (
            stream.connection_id.id,
            stream.id,
            link_id,
            external_id,
            name,
            ref,
            entity._of_name(references[name].entity)._res_model,
        )
        for link_id, external_id, refs in waiting
        for name, found in refs.items()
        for ref in found
    ]
    if rows:
        execute_values(
            env,
            "INSERT INTO retail_sync_deferred_reference"
            " (connection_id, stream_id, link_id, external_id, name, ref, target_model) VALUES %s"
            " ON CONFLICT (stream_id, external_id, name, ref) DO UPDATE SET link_id = EXCLUDED.link_id",
            rows,
            page_size=1000,
        )
    env["retail.sync.deferred.reference"].invalidate_model()


def link(env: Environment, connection: models.BaseModel, limit: int = 5000, refs: Collection[str] | None = None) -> int:
    """Complete records by references that came after them; return how many references that were.

    Set-based: one query finds all references whose records are linked by now. Run after each page for the records of
    that page, and for all at the end of each load and by the sweeper: two pages that work at the same time cannot see
    each other's records.

    :param refs: "Object/id" of the records that have come; None looks at all that wait
    """
    if refs is not None and not refs:
        return 0
    coming = SQL() if refs is None else SQL(" AND waiting.ref = ANY(%s)", sorted(refs))
    env["retail.sync.link"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT waiting.id, waiting.stream_id, waiting.external_id, waiting.name, waiting.ref, link.id,"
            " link.res_id, target.res_id, stream.entity, waiting.refused FROM retail_sync_deferred_reference waiting"
            " JOIN retail_sync_stream stream ON stream.id = waiting.stream_id"
            " JOIN retail_sync_link target ON target.connection_id = waiting.connection_id AND target.part = 'main'"
            " AND target.remote_object = split_part(waiting.ref, '/', 1)"
            " AND target.external_id = substr(waiting.ref, strpos(waiting.ref, '/') + 1)"
            " AND target.res_model = waiting.target_model AND target.state <> 'excluded'"
            " LEFT JOIN retail_sync_link link ON link.id = waiting.link_id"
            " WHERE waiting.connection_id = %s%s AND (link.id IS NULL OR link.state NOT IN ('excluded', 'merged'))"
            " ORDER BY COALESCE(waiting.refused, false), waiting.id LIMIT %s",
            connection.id,
            coming,
            limit,
        )
    )
    if not rows:
        return 0
    groups: dict[Any, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    unread: dict[int, set[str]] = defaultdict(set)
    remarks, kept, filled = [], set(), []
    for _id, stream_id, external_id, name, _ref, link_id, res_id, target, entity, refused in rows:
        if link_id is None or not _fills(env, entity, name):
            unread[stream_id].add(external_id)
            continue
        if res_id != target:
            groups[(entity, name)][target].append(res_id)
        if refused:
            # Its remark is outdated, if it is completed now.
            unread[stream_id].add(external_id)
    # The schedules that come here have no user of a connection: the rights are those of the integration user.
    entities = environment.of_connection(env, connection)["retail.sync.entity"] if groups else None
    for (entity, name), ids_by_target in groups.items():
        refusals = _complete(entities._of_name(entity), connection, name, ids_by_target)
        field = env["retail.sync.entity"]._of_name(entity)._spec().references[name].field
        for row in rows:
            if (row[8], row[3]) != (entity, name) or row[5] is None or row[6] == row[7]:
                continue
            refusal = refusals.get(row[6])
            if refusal is None:
                filled.append((row[5], field, row[4]))
                continue
            remarks.append((row[5], refusal.reason))
            if refusal.again:
                kept.add(row[0])
                unread[row[1]].discard(row[2])
    _agree(env, filled)
    _remark(env, remarks)
    for stream_id, external_ids in unread.items():
        if external_ids:
            stream = env["retail.sync.stream"].browse(stream_id)
            refresh_queue.enqueue_ids(env, stream, sorted(external_ids), "standard")
    done = [row[0] for row in rows if row[0] not in kept]
    env.cr.execute("DELETE FROM retail_sync_deferred_reference WHERE id = ANY(%s)", [done])
    env.cr.execute("UPDATE retail_sync_deferred_reference SET refused = true WHERE id = ANY(%s)", [list(kept)])
    env["retail.sync.deferred.reference"].invalidate_model()
    return len(done)


def _complete(
    entity: models.BaseModel, connection: models.BaseModel, name: str, ids_by_target: dict[int, list[int]]
) -> dict[int, Refusal]:
    """Complete records by references that came after them; return {record id: Refusal} of those that stay as they are.

    :param ids_by_target: {target id: [record ids]}
    """
    wanted = {res_id for ids in ids_by_target.values() for res_id in ids}
    refused = write_guard.refused(entity, connection, wanted)
    allowed = {target: [id_ for id_ in ids if id_ not in refused] for target, ids in ids_by_target.items()}
    refusals = entity._apply_deferred(name, {target: ids for target, ids in allowed.items() if ids})
    return refusals | {res_id: Refusal(fault.message) for res_id, fault in refused.items()}


def _fills(env: Environment, entity: str, name: str) -> bool:
    """Return whether a record can be completed by a reference: one of its lines is read again with the record."""
    return name in env["retail.sync.entity"]._of_name(entity)._header_references()


def _agree(env: Environment, filled: list[tuple[int, str, str]]) -> None:
    """Note on links [(id, field, "Object/id")] that both sides agree on references now, in one statement."""
    if not filled:
        return
    execute_values(
        env,
        "UPDATE retail_sync_link link SET base = COALESCE(link.base, '{}') || jsonb_build_object(found.name, found.ref)"
        " FROM (VALUES %s) AS found(id, name, ref) WHERE link.id = found.id",
        filled,
        page_size=1000,
    )
    env["retail.sync.link"].invalidate_model(["base"])


def _remark(env: Environment, remarks: list[tuple[int, str]]) -> None:
    """Note on links [(id, reason)] why their record stays without its reference."""
    for link_id, reason in remarks:
        found = env["retail.sync.link"].browse(link_id)
        if reason not in (found.warnings or []):
            found.write({"warnings": [*(found.warnings or []), reason], "has_warnings": True})
