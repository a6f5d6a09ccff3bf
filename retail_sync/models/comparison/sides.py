"""What a slice knows of both sides: Odoo's values and the rules, and the platform's rows in the same form."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from odoo import fields, models
from odoo.tools import SQL

from ...domain.canonical.parts import repeating_parts
from ...domain.canonical.schema import PART_MAIN, Incoming
from ...domain.comparison.classify import Directions
from ...domain.reconcile.field_case import REMOTE, default_ownership_rule
from ...domain.reconcile.former_readings import keep_former_readings
from ...runtime import environment
from ...runtime.constants import UNCLOSED_STATES
from ..exceptions.subject import records_domain
from ..mapping.item import Decoded, Reconciled
from ..reconcile import pipeline

# States of a link whose record is expected on the platform.
EXPECTED = ("in_sync", "attention")


@dataclass(slots=True)
class Side:
    """What a slice knows of Odoo: links by external id (all parts), values by record id, and the rules.

    reported: names that the stream sends and of which the platform reports values, as far as is known. items: by record
    id, the bases as if they had just been read. linked_parts: by external id, the parts that have a link in any state.
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
    linked_parts: dict[str, set[str]]


def read_side(stream: models.BaseModel, links: Any) -> Side:
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
    linked_parts: dict[str, set[str]] = defaultdict(set)
    for link in parts:
        linked_parts[link.external_id].add(link.part)
        if link.part == PART_MAIN or (link.state in EXPECTED and not link.archived_by_sync):
            by_id[link.external_id].append(link)
    records = entity._model().browse(parts.mapped("res_id")).exists()
    bases = {link.res_id: link.base or {} for link in parts}
    items = {link.res_id: _as_read(link) for link in parts}
    ctx = dict(entity._context(stream.connection_id, items.values()), fields=stream._mapped_fields())
    ctx["exchanged_on"] = {link.res_id: _exchanged_on(link) for link in parts}
    local = entity._local_values(records, ctx, bases)
    entity._local_references(stream.with_env(sync_env), {record.id: record for record in records}, local)
    ways = directions(stream)
    # A field that was off has no value in any base: whether the platform reports it shows when it is read.
    off = set(stream.env["retail.sync.off.period"].sudo().search([("stream_id", "=", stream.id)]).mapped("name"))
    reported = (off - {False}) | {name for base in bases.values() for name in base}
    reported |= entity._composites_of(reported)
    reported = (reported & ways.sent) - set(entity._filled_in)
    by_record = {record.id: record for record in records}
    return Side(by_id, local, bases, ways, entity, ctx, reported, by_record, items, linked_parts)


def _exchanged_on(link: Any) -> dict[str, Any]:
    """Return {name: date in UTC on which its value was exchanged last}."""
    return {
        name: fields.Date.to_date(entry["at"][:10])
        for name, entry in (link.provenance or {}).items()
        if isinstance(entry, dict) and entry.get("at")
    }


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
            [("stream_id", "=", stream.id), *records_domain(external_ids), ("state", "in", UNCLOSED_STATES)],
            ["external_id"],
        )
    )
    return {res_id for (res_id,) in rows}, set(messages.mapped("external_id"))


def _as_read(link: Any) -> Decoded:
    """Return the base of a link as an item, for look-ups and for writing."""
    return Decoded(Incoming(link.external_id, link.remote_object, link.version, {PART_MAIN: link.base or {}}))


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
        for link in side.links.get(external_id, ()) if side else ():
            if item.incoming.parts.get(link.part) and link.base:
                texts = item.incoming.read_in_country.get(link.part, {})
                keep_former_readings(item.incoming.parts[link.part], link.base, texts, entity._spec(), link.part)
        entity._fold(record, ctx)
        record.repeats = repeating_parts(item.incoming.parts, entity._spec())
        folded = dict(record.folded)
        for link in side.links.get(external_id, ()) if side else ():
            values, local = folded.get(link.part), side.local.get(link.res_id)
            if values is not None and local is not None:
                folded[link.part] = entity._complete(values, local, record.absent.get(link.part))
        if side:
            # Parts that have a link already are judged by their values.
            folded = {
                part: values
                for part, values in folded.items()
                if part in side.linked_parts[external_id] or (values and part not in record.repeats)
            }
        found[external_id] = folded
    return found
