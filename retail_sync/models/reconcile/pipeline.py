"""A page of remote records, from rows to records of Odoo.

Every step takes the whole page: one query for the links, one for candidates,
one create, one statement for the links. Records that are unchanged leave at the
first step.
"""

from datetime import datetime
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...domain.canonical.schema import PART_MAIN
from ...domain.reconcile import former_readings
from ...domain.resilience.faults import FaultClass, FaultError
from ...runtime import environment
from ..exceptions.subject import records_domain
from ..links import erased_record, link_store
from ..links.rows import raw_hash
from ..mapping.item import Bound, Decoded, Outcome, Reconciled
from . import apply, consequences, page_outcomes, references, resolve, second_ids, taken_back

Row = dict[str, Any]


def take_in(
    env: Environment,
    stream: models.BaseModel,
    rows: list[Row],
    run: models.BaseModel,
    force: bool = False,
    decision: str | None = None,
    read_at: datetime | None = None,
) -> tuple[dict[str, int], list[Reconciled]]:
    """Take a page of rows in; return ({counter: int}, items).

    Runs in the caller's transaction and commits nothing. A record that cannot be
    taken becomes a message; the rest of the page goes through.

    :param force: take records even if their version is known
    :param decision: 'create' when a person decided that unknown records are new
    :param read_at: the database's clock before the rows were read; None when they were read within this
        transaction, which then fails and begins again where another transaction has written a record meanwhile
    """
    connection = stream.connection_id
    if not connection.user_id:
        raise UserError(env._("%s has no user to run as. Choose one in its settings.", connection.name))
    sync_env = environment.of_connection(env, connection)
    stream = stream.with_env(sync_env)
    counters = dict.fromkeys(
        ("n_unchanged", "n_linked", "n_created", "n_updated", "n_review", "n_failed", "n_excluded"), 0
    )
    rows, counters["n_excluded"] = erased_record.leave_out(sync_env, stream, newest(stream, rows))
    fresh = rows if force else fresh_rows(sync_env, stream, rows)
    counters["n_unchanged"] += len(rows) - len(fresh)
    if not fresh:
        return counters, []
    items = decode(stream, fresh)
    with env["retail.sync.capture"]._origin(connection):
        done = _work(sync_env, stream, items, run, force, decision, read_at)
    for item in done:
        counters["n_unchanged" if item.outcome is Outcome.stale else f"n_{item.outcome}"] += 1
    return counters, done


def _work(
    env: Environment,
    stream: models.BaseModel,
    items: list[Decoded],
    run: models.BaseModel,
    force: bool,
    decision: str | None,
    read_at: datetime | None,
) -> list[Reconciled]:
    since = consequences.begin(env)
    load_links(env, stream, items, read_at)
    keep_former_readings(stream, items)
    drop_unchanged(env, stream, items, force)
    note_touched(env, items)
    references.resolve(env, stream, [item for item in items if not item.outcome])
    undecided, ended = [], []
    for item in items:
        (ended if item.outcome else undecided).append(item)
    resolved = resolve.resolve(env, stream, undecided, decision)
    done = [Reconciled.of(item) for item in ended] + apply.apply(env, stream, resolved)
    second_ids.follow(env, stream, done)
    consequences.raise_found(env, stream, done, since, repeated=force)
    page_outcomes.file_outcomes(env, stream, done, run)
    taken_back.report(env, stream, done)
    return done


def keyed(stream: models.BaseModel, rows: list[Row]) -> tuple[list[Row], list[tuple[Row, Exception]]]:
    """Return (rows whose id and version can be read, the other rows with their errors).

    One row without an id would otherwise hold back all that were read with it.
    """
    row_key = stream._adapter().row_key
    sound, unread = [], []
    for row in rows:
        try:
            external_id, version = row_key(stream, row)
            if not external_id or "\x00" in external_id:
                raise ValueError("The record has no usable id.")
            int(version)
        except Exception as error:
            unread.append((row, error))
        else:
            sound.append(row)
    return sound, unread


def newest(stream: models.BaseModel, rows: list[Row]) -> list[Row]:
    """Keep the newest version of each record."""
    row_key = stream._adapter().row_key
    newest = {}
    for row in rows:
        external_id, version = row_key(stream, row)
        held = newest.get(external_id)
        if held is None or version >= held[0]:
            newest[external_id] = (version, row)
    return [row for _version, row in newest.values()]


def fresh_rows(env: Environment, stream: models.BaseModel, rows: list[Row]) -> list[Row]:
    """Return the rows that differ from what their link has seen.

    Nothing is decoded here: for a page in which nothing changed this is all there is.
    A version counts whole seconds on most platforms, so an equal one proves nothing:
    a record can change twice within one. Then the row itself is compared.
    """
    row_key = stream._adapter().row_key
    keys = [row_key(stream, row) for row in rows]
    env["retail.sync.link"].flush_model(["external_id", "version", "raw_hash"])
    env.cr.execute(
        "SELECT external_id, version, CASE state WHEN 'missing' THEN '' ELSE raw_hash END FROM retail_sync_link"
        " WHERE connection_id = %s AND remote_object = %s"
        " AND role = %s AND part = 'main' AND external_id = ANY(%s)",
        [stream.connection_id.id, stream.remote_object, stream.role, [external_id for external_id, _version in keys]],
    )
    # A record that was not visible remotely and shows again is taken in, whatever its version.
    known = {external_id: (version or 0, seen) for external_id, version, seen in env.cr.fetchall()}
    fresh = []
    for row, (external_id, version) in zip(rows, keys, strict=True):
        held, seen = known.get(external_id, (-1, None))
        if version > held or (version == held and seen != raw_hash(row)):
            fresh.append(row)
    return fresh


def decode(stream: models.BaseModel, rows: list[Row]) -> list[Decoded]:
    """Return rows as items; those that cannot be read have failed already."""
    adapter = stream._adapter()
    decoder, options = stream._decoder(), adapter.decode_options(stream)
    items = []
    for row in rows:
        incoming, errors = adapter.decode(stream, decoder, row, options)
        item = Decoded(incoming)
        if errors:
            item.outcome = Outcome.failed
            item.fault = FaultError(FaultClass.business, errors[0].code, " ".join(error.message for error in errors))
        items.append(item)
    return items


def load_links(
    env: Environment, stream: models.BaseModel, items: list[Decoded], read_at: datetime | None = None
) -> None:
    """Attach to each item the links of its record, all parts, in one query."""
    env["retail.sync.link"].flush_model()
    by_id = {item.incoming.external_id: item for item in items}
    rows = env.execute_query(
        SQL(
            "SELECT external_id, id, part, res_id, version, content_hash, base, state, is_primary,"
            " archived_by_sync, pushed, carries_our_id, synced_at, divergent FROM retail_sync_link"
            " WHERE connection_id = %s AND remote_object = %s AND role = %s AND external_id = ANY(%s)",
            stream.connection_id.id,
            stream.remote_object,
            stream.role,
            list(by_id),
        )
    )
    for external_id, *values in rows:
        bound = Bound(*values)
        item = by_id[external_id]
        item.bound[bound.part] = bound
        item.maybe_stale |= read_at is not None and bound.synced_at is not None and bound.synced_at >= read_at


def keep_former_readings(stream: models.BaseModel, items: list[Decoded]) -> None:
    """Let texts mean what both sides agreed on, where the record's country alone gives them another meaning."""
    spec = stream._entity()._spec()
    for item in items:
        for part, texts in item.incoming.read_in_country.items():
            bound, values = item.bound.get(part), item.incoming.parts.get(part)
            if bound and bound.base and values:
                former_readings.keep_former_readings(values, bound.base, texts, spec, part)


def drop_unchanged(env: Environment, stream: models.BaseModel, items: list[Decoded], force: bool) -> None:
    """Let go of records that need nothing: same content as before, excluded, or ignored by a person."""
    ignored = _ignored_versions(env, stream, items) if not force else {}
    for item in items:
        bound, incoming = item.bound.get(PART_MAIN), item.incoming
        if ignored.get(incoming.external_id, -1) >= incoming.version:
            # Also a record that cannot be read: each read would open a new message.
            item.outcome, item.fault = Outcome.excluded, None
        if item.outcome or bound is None:
            continue
        if bound.state == "excluded" or not bound.is_primary:
            item.outcome = Outcome.excluded
        elif not force and bound.state == "in_sync" and bound.content_hash == incoming.content_hash:
            # Touched, not changed: only the version moves on. A record that is requested by id
            # is reconciled nevertheless: the values in Odoo may have changed.
            item.outcome = Outcome.unchanged
            item.res_id = bound.res_id


def note_touched(env: Environment, items: list[Decoded]) -> None:
    """Move the versions of the links of unchanged records on, in one statement."""
    touched = [
        (item.bound[PART_MAIN].id, item.incoming.version, raw_hash(item.incoming.payload))
        for item in items
        if item.outcome is Outcome.unchanged
    ]
    if touched:
        link_store.move_versions(env, touched)


def _ignored_versions(env: Environment, stream: models.BaseModel, items: list[Decoded]) -> dict[str, int]:
    external_ids = [item.incoming.external_id for item in items]
    found = env["retail.sync.message"].search_fetch(
        [("stream_id", "=", stream.id), *records_domain(external_ids), ("state", "=", "ignored")],
        ["external_id", "version"],
    )
    versions = {}
    for message in found:
        external_id = message.external_id
        versions[external_id] = max(message.version, versions.get(external_id, -1))
    return versions
