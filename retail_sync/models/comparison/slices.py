"""A slice of linked records: versions first, then Odoo's values, and the platform's only where they may differ."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.canonical.schema import PART_MAIN, Incoming
from ...domain.comparison import classify
from ...domain.comparison.classify import Directions, Finding, Kind
from ...domain.reconcile.field_case import REMOTE, default_ownership_rule
from ...runtime import environment
from ...runtime.constants import UNCLOSED_STATES
from ..exceptions.subject import records_domain
from ..mapping.item import Decoded, Reconciled
from ..reconcile import pipeline

# States of a link whose record is expected on the platform.
EXPECTED = ("in_sync", "attention")
# States that a person or an earlier read has decided about: the platform's record is left alone.
DECIDED = ("excluded", "merged")
READ_IDS = 1000


@dataclass(slots=True)
class Difference:
    """A difference of one record, as it is stored. values: {name: {"odoo": ..., "remote": ...}}."""

    kind: Kind
    cause: str
    external_id: str | None = None
    res_id: int | None = None
    names: set[str] = field(default_factory=set)
    values: dict[str, Any] = field(default_factory=dict)
    version: int | None = None


@dataclass(slots=True)
class Found:
    """What a step found; read: records read in full; waiting: records left to a message that is on its way."""

    differences: list[Difference] = field(default_factory=list)
    read: int = 0
    waiting: int = 0


@dataclass(slots=True)
class Side:
    """What a slice knows of Odoo: links by external id (all parts), values by record id, and the rules.

    reported: names that the stream sends and of which the platform reports values, as far as is known. items: by record
    id, the bases as if they had just been read.
    """

    links: dict[str, list[Any]]
    local: dict[int, dict[str, Any]]
    bases: dict[int, dict[str, Any]]
    directions: Directions
    entity: Any
    ctx: dict[str, Any]
    reported: set[str]
    records: dict[int, Any]
    items: dict[int, Decoded]


def next_links(env: Environment, stream: models.BaseModel, after: str, limit: int) -> Any:
    """Return the next main, primary links of a stream in the order of their external ids."""
    env["retail.sync.link"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT id FROM retail_sync_link WHERE connection_id = %s AND remote_object = %s AND role = %s"
            " AND part = %s AND is_primary AND external_id > %s ORDER BY external_id LIMIT %s",
            stream.connection_id.id,
            stream.remote_object,
            stream.role,
            PART_MAIN,
            after,
            limit,
        )
    )
    return env["retail.sync.link"].sudo().browse([id_ for (id_,) in rows])


def compare(stream: models.BaseModel, comparison: models.BaseModel, links: Any) -> Found:
    """Compare the records of main links; return what differs."""
    env = stream.env
    versions = _versions(env, comparison, links)
    side = _side(stream, links)
    waiting = in_progress(stream, links.mapped("res_id"), links.mapped("external_id"))
    there = set(side.local)
    found, to_read = Found(), {}
    for link in links:
        version = versions.get(link.external_id)
        if link.state in DECIDED:
            continue
        if link.res_id in waiting[0] or link.external_id in waiting[1]:
            found.waiting += 1
        elif link.res_id not in there:
            if link.state in EXPECTED:
                found.differences.append(
                    Difference(Kind.orphan, "record_gone", link.external_id, link.res_id, version=version)
                )
        elif version is None:
            if link.state in EXPECTED:
                to_read[link.external_id] = link
        elif link.state not in EXPECTED or version > link.version or _unknown(side, link):
            to_read[link.external_id] = link
        else:
            _judge(found, side, link, None, version)
    _read(stream, found, side, to_read, versions)
    return found


def _versions(env: Environment, comparison: models.BaseModel, links: Any) -> dict[str, int]:
    rows = env.execute_query(
        SQL(
            "SELECT external_id, version FROM retail_sync_remote_version WHERE comparison_id = %s"
            " AND external_id = ANY(%s)",
            comparison.id,
            links.mapped("external_id"),
        )
    )
    return dict(rows)


def _side(stream: models.BaseModel, links: Any) -> Side:
    """Read Odoo's side of a slice: a few queries, however many records."""
    sync_env = environment.of_connection(stream.env, stream.connection_id)
    entity = stream.with_env(sync_env)._entity()
    parts = sync_env["retail.sync.link"].search(
        [
            ("connection_id", "=", stream.connection_id.id),
            ("remote_object", "=", stream.remote_object),
            ("role", "=", stream.role),
            ("external_id", "in", links.mapped("external_id")),
            ("is_primary", "=", True),
        ]
    )
    by_id: dict[str, list[Any]] = defaultdict(list)
    for link in parts:
        if link.part == PART_MAIN or (link.state in EXPECTED and not link.archived_by_sync):
            by_id[link.external_id].append(link)
    records = entity._model().browse(parts.mapped("res_id")).exists()
    bases = {link.res_id: link.base or {} for link in parts}
    items = {link.res_id: _as_read(link) for link in parts}
    ctx = dict(entity._context(stream.connection_id, items.values()), fields=stream._mapped_fields())
    local = entity._local_values(records, ctx, bases)
    entity._local_references(stream.with_env(sync_env), {record.id: record for record in records}, local)
    ways = directions(stream)
    # A field that was off has no value in any base: whether the platform reports it shows when it is read.
    off = set(stream.env["retail.sync.off.period"].sudo().search([("stream_id", "=", stream.id)]).mapped("name"))
    reported = (off - {False}) | {name for base in bases.values() for name in base}
    reported |= entity._composites_of(reported)
    reported = (reported & ways.sent) - set(entity._filled_in)
    by_record = {record.id: record for record in records}
    return Side(by_id, local, bases, ways, entity, ctx, reported, by_record, items)


def directions(stream: models.BaseModel) -> Directions:
    """Return which values of a stream travel, composites included."""
    entity = stream._entity()
    spec = entity._spec()
    rules = stream.env["retail.sync.ownership.rule"]._for(stream.connection_id, stream.entity)
    received = set()
    if stream.direction != "out" and stream._takes_in():
        lines = stream.sudo().map_ids.filtered(lambda line: line.active and line.direction in ("in", "both"))
        received = set(lines.mapped("canonical_field"))
    sent = stream._outbound_fields()
    names = {*spec.fields, *spec.composites}
    owned = {
        name
        for name in names
        if (rules.get(name) or default_ownership_rule(name, _spec_of(spec, name))).owner == REMOTE
    }
    return Directions(
        frozenset(sent | entity._composites_of(sent)),
        frozenset(received | entity._composites_of(received)),
        frozenset(owned),
    )


def _spec_of(spec: Any, name: str) -> Any:
    return spec.merge_specs().get(name) or spec.fields.get(name)


def in_progress(stream: models.BaseModel, res_ids: list[int], external_ids: list[str]) -> tuple[set[int], set[str]]:
    """Return (record ids, external ids) about which a message or a captured change waits: they are known already."""
    env, model = stream.env, stream._entity()._res_model
    env["retail.sync.message"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT res_id FROM retail_sync_message WHERE stream_id = %s AND res_model = %s AND res_id = ANY(%s)"
            " AND state = ANY(%s) UNION SELECT res_id FROM retail_sync_change WHERE model = %s AND res_id = ANY(%s)"
            " AND (op = 'C' OR origin IS DISTINCT FROM %s)",
            stream.id,
            model,
            res_ids,
            list(UNCLOSED_STATES),
            model,
            res_ids,
            str(stream.connection_id.id),
        )
    )
    messages = (
        env["retail.sync.message"]
        .sudo()
        .search_fetch(
            [
                ("stream_id", "=", stream.id),
                *records_domain(external_ids),
                ("state", "in", [*UNCLOSED_STATES, "ignored"]),
            ],
            ["external_id"],
        )
    )
    return {res_id for (res_id,) in rows}, set(messages.mapped("external_id"))


def _unknown(side: Side, link: Any) -> bool:
    """Return whether Odoo has a value of the record that both sides never exchanged."""
    return any(
        classify.needs_reading(side.bases[part.res_id], side.local[part.res_id], _specs(side, part), side.reported)
        for part in side.links[link.external_id]
        if part.res_id in side.local
    )


def _specs(side: Side, link: Any) -> Any:
    specs = side.entity._spec().merge_specs(link.part)
    if link.part == PART_MAIN:
        return specs
    # Of a part counts what both sides exchange of it: Odoo's record of it has more.
    base = side.bases[link.res_id]
    return {name: spec for name, spec in specs.items() if name in base}


def _judge(found: Found, side: Side, link: Any, folded: dict[str, Any] | None, version: int | None) -> None:
    """Compare all parts of one record; add its difference, if there is any."""
    finding, values = Finding(), {}
    for part in side.links[link.external_id]:
        local = side.local.get(part.res_id)
        if local is None:
            continue
        base, remote = side.bases[part.res_id], None
        if folded is not None:
            if part.part not in folded:
                continue
            remote = folded[part.part] or dict.fromkeys(base)
        part_finding = classify.compare(
            base, local, remote, _specs(side, part), side.directions, side.entity._filled_in
        )
        shown = base if remote is None else remote
        _drop_held(side, part.res_id, part_finding, shown)
        finding.add(part_finding)
        prefix = "" if part.part == PART_MAIN else f"{part.part}: "
        values.update({prefix + name: {"odoo": local[name], "remote": shown.get(name)} for name in part_finding.names})
    if finding.kind is None:
        return
    cause = {Kind.conflict: "both", Kind.stale: "poll_missed"}.get(finding.kind, "not_captured")
    if link.state not in EXPECTED:
        cause = "undeleted"
    found.differences.append(
        Difference(finding.kind, cause, link.external_id, link.res_id, finding.names, values, version)
    )


def _as_read(link: Any) -> Decoded:
    """Return the base of a link as an item, for look-ups and for writing."""
    return Decoded(Incoming(link.external_id, link.remote_object, link.version, {PART_MAIN: link.base or {}}))


def _drop_held(side: Side, res_id: int, finding: Finding, shown: dict[str, Any]) -> None:
    """Drop names whose value Odoo cannot hold, such as an owner who is no user: writing it changes nothing."""
    columns, references = side.entity._columns(), side.entity._header_references()
    for name in sorted(finding.names):
        fields = side.entity._expand_names({name})
        if references.keys() & fields or not fields & columns.keys():
            continue
        if not side.entity._vals_for_write(side.records[res_id], {name: shown.get(name)}, side.items[res_id], side.ctx):
            for names in (finding.remote_changed, finding.local_changed, finding.both):
                names.discard(name)


def _read(stream: models.BaseModel, found: Found, side: Side, links: dict[str, Any], versions: dict[str, int]) -> None:
    """Read records in full, and judge by their values."""
    external_ids = sorted(links)
    for start in range(0, len(external_ids), READ_IDS):
        chunk = external_ids[start : start + READ_IDS]
        rows, missing = stream._adapter().read_in_scope(stream, chunk)
        found.read += len(rows)
        for external_id, folded in fold(stream, side.entity, side.ctx, side, rows).items():
            if external_id not in links:
                continue
            link = links[external_id]
            if folded is None or link.state not in EXPECTED:
                found.differences.append(
                    Difference(
                        Kind.stale,
                        "poll_missed" if link.state in EXPECTED else "undeleted",
                        external_id,
                        link.res_id,
                        version=versions.get(external_id),
                    )
                )
            else:
                _judge(found, side, link, folded, versions.get(external_id))
        if missing and (stream.filter_text or "").strip():
            # A record that left the scope lives on: it is not updated any more, and that is no difference.
            _rows, missing = stream._adapter().read_by_ids(stream, missing)
        found.differences += [
            Difference(Kind.missing_there, "gone_there", external_id, links[external_id].res_id)
            for external_id in missing
            if external_id in links and links[external_id].state in EXPECTED
        ]


def fold(
    stream: models.BaseModel, entity: Any, ctx: dict[str, Any], side: Side | None, rows: list[dict[str, Any]]
) -> dict[str, dict[str, Any] | None]:
    """Return {external id: {part: folded values}} of rows; None for a record that cannot be read."""
    found: dict[str, dict[str, Any] | None] = {}
    for item in pipeline.decode(stream, rows):
        external_id = item.incoming.external_id
        if item.outcome:
            found[external_id] = None
            continue
        record = Reconciled.of(item)
        entity._fold(record, ctx)
        folded = dict(record.folded)
        for link in side.links.get(external_id, ()) if side else ():
            values, local = folded.get(link.part), side.local.get(link.res_id)
            if values is not None and local is not None:
                folded[link.part] = entity._complete(values, local, record.absent.get(link.part))
        found[external_id] = folded
    return found
