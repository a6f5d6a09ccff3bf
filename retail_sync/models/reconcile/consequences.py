"""What Odoo changed because of what the platform changed: it is sent, unless the platform has the value already.

The triggers mark all changes of a page with its connection, and the router does not send them back there. That is right
for what the engine wrote. Computes, automations, other addons and relatives of the records write in the same
transaction, and what the engine wrote changes values that Odoo derives of it, such as the status of a tax ID: here, at
the end of the page, these changes are found by value and raised without an origin.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.reconcile import echo
from ...domain.reconcile.reasons import Reason
from ...domain.reconcile.three_way import Conflict
from ...runtime.constants import UNCLOSED_STATES
from ..mapping import entity_kinds
from ..mapping.item import Reconciled
from ..outbox.outbox import LIVING

# {Odoo model: {record id: columns}}
Columns = dict[str, dict[int, set[str]]]


def begin(env: Environment) -> int:
    """Return the place in the captured changes behind which those of a page will be."""
    return int(env.execute_query(SQL("SELECT last_value FROM retail_sync_change_id_seq"))[0][0])


def raise_found(
    env: Environment, stream: models.BaseModel, items: Iterable[Reconciled], since: int, repeated: bool = False
) -> None:
    """Raise what Odoo changed on top of what a page wrote. Values that the platform owns and Odoo keeps are conflicts.

    To be called in the page's transaction, after its links are saved and before its outcomes are filed.

    :param items: the page's; item.written says what the engine wrote
    :param since: the place from `begin`
    :param repeated: whether the page was read to deliver or refresh records: Odoo has reacted to these values before
    """
    connection = stream.connection_id
    sending = stream._sending().filtered(lambda other: other.connection_id == connection)
    if not sending:
        return
    env.flush_all()
    by_record = {res_id: item for item in items for res_id in item.written}
    columns, sources = _captured(env, stream, since, by_record)
    model = stream._entity()._res_model
    for res_id, written in _overwritten(stream._entity(), by_record).items():
        columns[model][res_id] |= written
    for other in sending:
        other_model = other._entity()._res_model
        names = _names_of(other._entity(), columns[other_model], sources[other_model])
        if names:
            _raise_of(env, other.with_env(env), names, by_record if other == stream else {}, repeated)


def _captured(
    env: Environment, stream: models.BaseModel, since: int, by_record: dict[int, Reconciled]
) -> tuple[defaultdict[str, defaultdict[int, set[str]]], defaultdict[str, defaultdict[int, set[str]]]]:
    """Return the columns that the page's transaction changed beside what the engine wrote, and those that it wrote.

    Records that came or went without the engine lose their origin here: the router decides about them.
    """
    rows = env.execute_query(
        SQL(
            "SELECT id, model, res_id, op, names FROM retail_sync_change WHERE id > %s AND txid = txid_current()"
            " AND origin = %s AND op <> 'C'",
            since,
            str(stream.connection_id.id),
        )
    )
    own_model, stranger_rows = stream._entity()._res_model, []
    columns: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    sources: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for id_, model, res_id, op, names in rows:
        item = by_record.get(res_id) if model == own_model else None
        if op == "U":
            written = item.written[res_id] if item else {}
            changed = {column for column in (names or "").split(",") if column}
            if beside := changed - written.keys():
                columns[model][res_id] |= beside
            if changed & written.keys():
                sources[model][res_id] |= changed & written.keys()
        elif item is None:
            stranger_rows.append(id_)
    if stranger_rows:
        env.cr.execute("UPDATE retail_sync_change SET origin = NULL WHERE id = ANY(%s)", [stranger_rows])
    return columns, sources


def _names_of(
    entity: models.BaseModel, columns: dict[int, set[str]], sources: dict[int, set[str]]
) -> dict[int, set[str]]:
    """Return {record id: canonical names} of what changed beside the engine's writing, and of what derives from it."""
    names = {res_id: entity._fields_of(found) for res_id, found in columns.items()}
    derived = entity._own_source_names() if sources else {}
    for res_id, found in sources.items():
        names[res_id] = names.get(res_id, set()).union(*(derived.get(column, ()) for column in found))
    return {res_id: found for res_id, found in names.items() if found}


def _overwritten(entity: models.BaseModel, by_record: dict[int, Reconciled]) -> dict[int, set[str]]:
    """Return the columns that hold another value than the engine wrote."""
    records = entity._model().browse(by_record).exists()
    mapped = {column for found in entity._columns().values() for column in found}
    found = {}
    for record in records:
        written = by_record[record.id].written[record.id]
        lost = {name for name in written.keys() & mapped if not entity_kinds.holds(record, name, written[name])}
        if lost:
            found[record.id] = lost
    return found


def _raise_of(
    env: Environment,
    stream: models.BaseModel,
    changed: dict[int, set[str]],
    by_record: dict[int, Reconciled],
    repeated: bool,
) -> None:
    """Raise for one stream what of the changed names it sends and the platform does not have."""
    entity, sendable = stream._entity(), stream._outbound_fields()
    names = {res_id: found & sendable for res_id, found in changed.items()}
    names = {res_id: found for res_id, found in names.items() if found}
    if not names:
        return
    links = env["retail.sync.link"].search_fetch(
        [
            ("connection_id", "=", stream.connection_id.id),
            ("res_model", "=", entity._res_model),
            ("res_id", "in", list(names)),
            ("is_primary", "=", True),
        ],
        ["res_id", "part", "state", "stream_id", "base"],
    )
    linked = {link.res_id: link for link in links.filtered(lambda link: link.stream_id == stream)}
    send: defaultdict[frozenset[str], set[int]] = defaultdict(set)
    living = {res_id: link for res_id, link in linked.items() if link.state in LIVING}
    for res_id, found in _differing(env, stream, entity, living, names).items():
        link = living[res_id]
        specs = entity._spec().merge_specs(link.part)
        rules = env["retail.sync.ownership.rule"]._for(stream.connection_id, stream.entity)
        decided = echo.reaction(found, specs, rules, repeated and res_id in by_record)
        for name in sorted(decided.refused):
            _refused(by_record[res_id], link, name, found[name])
        if decided.send:
            send[frozenset(entity._expand_names(decided.send, link.part))].add(res_id)
    # What no link knows may be a reason to create a record, or belong to one: the router decides.
    strangers = names.keys() - set(links.mapped("res_id"))
    for res_id in strangers:
        send[frozenset(names[res_id])].add(res_id)
    for found_names, ids in send.items():
        env["retail.sync.change"]._raise(entity._res_model, sorted(ids), set(found_names))


def _differing(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    links: dict[int, models.BaseModel],
    names: dict[int, set[str]],
) -> dict[int, dict[str, Any]]:
    """Return {record id: {name: Odoo's value}} of what differs from the platform's values, as the links know them."""
    if not links:
        return {}
    records = entity._model().browse(links).exists()
    ctx = dict(entity._context(stream.connection_id, []), fields=stream._mapped_fields())
    bases = {res_id: link.base for res_id, link in links.items()}
    local = entity._local_values(records, ctx, bases)
    entity._local_references(stream, {record.id: record for record in records}, local)
    on_their_way = _on_their_way(env, stream, records.ids)
    found = {}
    for res_id, values in local.items():
        link = links[res_id]
        specs = entity._spec().merge_specs(link.part)
        folded = (names[res_id] | entity._composites_of(names[res_id])) & specs.keys()
        differ = echo.differing(folded, values, link.base or {}, specs)
        if res_id in on_their_way:
            # The base does not show yet what the platform is about to have.
            differ = folded & values.keys()
        if differ:
            found[res_id] = {name: values[name] for name in differ}
    return found


def _on_their_way(env: Environment, stream: models.BaseModel, res_ids: Collection[int]) -> set[int]:
    """Return the ids of those records of which values are being sent."""
    env["retail.sync.message"].flush_model(["state"])
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT res_id FROM retail_sync_message WHERE stream_id = %s AND res_id = ANY(%s)"
            " AND kind = 'delivery' AND state = ANY(%s) AND claim IS NOT NULL",
            stream.id,
            list(res_ids),
            list(UNCLOSED_STATES),
        )
    )
    return {res_id for (res_id,) in rows}


def _refused(item: Reconciled, link: models.BaseModel, name: str, value: Any) -> None:
    """Note on an item that Odoo keeps a value in the place of the platform's."""
    remote_value = (link.base or {}).get(name)
    item.conflicts.append(Conflict(name, remote_value, remote_value, value, None, Reason.odoo_keeps_value))
    item.conflict_parts.append(link.part)


def note_written(items: Iterable[Reconciled], changes: dict[int, dict[str, Any]]) -> None:
    """Note on items what was written to their records: {record id: vals}."""
    for item in items:
        ids = {item.res_id, *(bound.res_id for bound in item.bound.values())}
        item.written.update({res_id: changes[res_id] for res_id in ids if res_id and res_id in changes})
