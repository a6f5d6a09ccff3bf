"""A slice of linked records: versions first, then Odoo's values, and the platform's only where they may differ."""

import logging
from dataclasses import dataclass, field
from typing import Any

from psycopg2 import DatabaseError

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.canonical.schema import PART_MAIN
from ...domain.comparison import classify
from ...domain.comparison.classify import Finding, Kind
from ...domain.resilience.faults import FaultError
from ...runtime import error_texts
from ...runtime.halving import halve
from .sides import EXPECTED, Side, fold, in_progress, read_side

_logger = logging.getLogger(__name__)

# States that a person or an earlier read has decided about: the platform's record is left alone.
DECIDED = ("excluded", "merged")
READ_IDS = 1000
LINK_STATE = SQL("concat_ws(' ', link.version, link.synced_at, link.state)")


@dataclass(slots=True)
class Difference:
    """A difference of one record, as it is stored. values: {name: {"odoo": ..., "remote": ...}}.

    link_state: what the record's next exchange changes in its link, as it was before the comparison.
    """

    kind: Kind
    cause: str
    external_id: str | None = None
    res_id: int | None = None
    names: set[str] = field(default_factory=set)
    values: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    link_state: str | None = None


@dataclass(slots=True)
class Found:
    """What a step found; read: records read in full; waiting: records left to a message that is on its way.

    failed: {external id: error} of records that could not be compared.
    """

    differences: list[Difference] = field(default_factory=list)
    read: int = 0
    waiting: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Found") -> None:
        self.differences += other.differences
        self.read += other.read
        self.waiting += other.waiting
        self.failed |= other.failed


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
    """Compare the records of main links; return what differs. One that cannot be compared holds no other back."""
    found = Found()

    def attempt(part: Any) -> Found:
        return _compare(stream, comparison, part)

    def alone(link: Any, error: Exception) -> Found:
        text = "%s %s cannot be compared"
        error_texts.log(_logger, logging.WARNING, error, text, link.remote_object, link.external_id)
        # A sentence may hold a value: the class is enough, the log has the rest.
        return Found(failed={link.external_id: type(error).__name__})

    for part in halve(links, attempt, alone, passes_on=_concerns_all):
        found.add(part)
    return found


def _concerns_all(error: Exception) -> bool:
    """Return whether an error is not that of one record: the platform, the database, or another transaction."""
    return isinstance(error, (FaultError, RetryableJobError, DatabaseError, MemoryError))


def _compare(stream: models.BaseModel, comparison: models.BaseModel, links: Any) -> Found:
    env = stream.env
    versions = _versions(env, comparison, links)
    link_states = _link_states(env, links)
    side = read_side(stream, links)
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
        elif lost := _lost_parts(side, link):
            found.differences.append(
                Difference(Kind.orphan, "record_gone", link.external_id, link.res_id, lost, version=version)
            )
        elif link.state not in EXPECTED or version > link.version or _unknown(side, link):
            to_read[link.external_id] = link
        else:
            _judge(found, side, link, None, version)
    _read(stream, found, side, to_read, versions)
    for difference in found.differences:
        difference.link_state = link_states.get(difference.external_id or "")
    return found


def _link_states(env: Environment, links: Any) -> dict[str, str]:
    """Return {external id: what an exchange of the record changes in its link}."""
    rows = env.execute_query(
        SQL("SELECT link.external_id, %s FROM retail_sync_link link WHERE link.id = ANY(%s)", LINK_STATE, links.ids)
    )
    return dict(rows)


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


def _lost_parts(side: Side, link: Any) -> set[str]:
    """Return the parts of a record whose link is in use and leads to no record of Odoo."""
    return {part.part for part in side.links[link.external_id] if part.res_id not in side.local}


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
    if side.directions.received:
        # Parts that the platform's record has gained.
        finding.remote_changed |= (folded or {}).keys() - side.linked_parts[link.external_id]
    if finding.kind is None:
        return
    cause = {Kind.conflict: "both", Kind.stale: "poll_missed"}.get(finding.kind, "not_captured")
    if link.state not in EXPECTED:
        cause = "undeleted"
    found.differences.append(
        Difference(finding.kind, cause, link.external_id, link.res_id, finding.names, values, version)
    )


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
        rows, missing = _rows(stream, chunk, versions)
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
        found.differences += [
            Difference(Kind.missing_there, "gone_there", external_id, links[external_id].res_id)
            for external_id in missing
            if external_id in links and links[external_id].state in EXPECTED
        ]


def _rows(
    stream: models.BaseModel, external_ids: list[str], versions: dict[str, int]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return (rows in scope, ids that exist no more). A record that left the scope lives on: that is no difference."""
    adapter = stream._adapter()
    if not (stream.filter_text or "").strip():
        return adapter.read_in_scope(stream, external_ids)
    listed = [external_id for external_id in external_ids if external_id in versions]
    rows, missing = adapter.read_in_scope(stream, listed) if listed else ([], [])
    # What was not listed is out of scope, or came into it a moment ago: whether it exists is all there is to ask.
    missing = sorted({*missing, *external_ids} - {adapter.row_key(stream, row)[0] for row in rows})
    return rows, adapter.read_by_ids(stream, missing)[1] if missing else []
