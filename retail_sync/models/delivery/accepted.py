"""What the platform accepted: the bases of links move by it, and what was created is linked."""

import json
from collections.abc import Mapping
from typing import Any

from odoo import models
from odoo.api import Environment

from ...adapter.values import Answer, EncodedRecord
from ...domain.canonical.schema import PART_MAIN
from ...runtime.sql import execute_values
from ..links import link_store
from ..links.rows import LinkRow
from ..reconcile import stand_ins


def accept(env: Environment, stream: models.BaseModel, accepted: list[tuple[EncodedRecord, Answer | None]]) -> set[int]:
    """Move the bases of what was accepted, and link what was created; return the ids of records that were linked.

    :param accepted: records with their answers, None for those of which nothing could be sent
    """
    known = [(encoded, answer) for encoded, answer in accepted if encoded.record.external_id]
    _move_bases(env, stream, known)
    _remark(env, stream, [encoded for encoded, _answer in known])
    created = [(encoded, answer) for encoded, answer in accepted if answer and not encoded.record.external_id]
    places = {encoded.record.res_id: set(encoded.record.local) for encoded, _answer in created}
    remarks = stream._entity()._without_place(stream, places) if places else {}
    rows = [row for encoded, answer in created for row in _rows(env, encoded, answer.external_id, remarks)]
    rows += [row for encoded, _answer in known for row in _new_parts(env, encoded)]
    if rows:
        link_store.save(env, stream, rows)
    return {row.res_id for row in rows}


def _move_bases(env: Environment, stream: models.BaseModel, known: list[tuple[EncodedRecord, Answer | None]]) -> None:
    """Note on links what the platform has accepted: it is what both sides agree on now."""
    values = [
        (
            stream.connection_id.id,
            stream.remote_object,
            encoded.record.external_id,
            part,
            json.dumps(encoded.record.sent.get(part) or {}),
            json.dumps(_agreed(encoded, answer, part)),
            json.dumps(
                {
                    name: {
                        "sent": value,
                        "over": encoded.record.replaces.get(part, {}).get(name),
                        "times": encoded.record.attempts.get(part, {}).get(name, 0) + 1,
                        **stand_ins.mark(encoded.record, part, name),
                    }
                    for name, value in (encoded.record.sent.get(part) or {}).items()
                }
            ),
            answer is not None and encoded.record.ack and part == PART_MAIN,
        )
        for encoded, answer in known
        for part in {*encoded.record.sent, PART_MAIN}
        if part in encoded.record.local
    ]
    if not values:
        return
    env["retail.sync.link"].flush_model()
    execute_values(
        env,
        "UPDATE retail_sync_link link SET"
        " base = CASE WHEN accepted.agreed = '{}' THEN link.base ELSE COALESCE(link.base, '{}') || accepted.agreed END,"
        " divergent = NULLIF(COALESCE(link.divergent, '{}')"
        " - ARRAY(SELECT jsonb_object_keys(accepted.sent)), '{}'),"
        " pushed = COALESCE(link.pushed, '{}') || accepted.pushed,"
        # The last read is outdated now: the same content, read again, counts as a change.
        " content_hash = CASE WHEN accepted.sent = '{}' THEN link.content_hash ELSE '' END,"
        " raw_hash = CASE WHEN accepted.sent = '{}' THEN link.raw_hash ELSE '' END,"
        " carries_our_id = COALESCE(link.carries_our_id, false) OR accepted.carries_our_id,"
        " id_refusal = CASE WHEN accepted.carries_our_id THEN NULL ELSE link.id_refusal END,"
        " synced_at = clock_timestamp() AT TIME ZONE 'UTC'"
        " FROM (VALUES %s) AS accepted(connection_id, remote_object, external_id, part, sent, agreed, pushed,"
        " carries_our_id)"
        " WHERE link.connection_id = accepted.connection_id AND link.remote_object = accepted.remote_object"
        " AND link.external_id = accepted.external_id AND link.part = accepted.part",
        values,
        template="(%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s)",
        page_size=1000,
    )
    env["retail.sync.link"].invalidate_model()


def _agreed(encoded: EncodedRecord, answer: Answer | None, part: str) -> dict[str, Any]:
    """Return the values of a part on which both sides agree now: those that were accepted.

    Where nothing had to be sent, these are the values for which the platform has something that stands for them.
    """
    sent = encoded.record.sent.get(part) or {}
    if answer is not None:
        return sent
    return {name: sent[name] for name in encoded.record.stand_ins.get(part, ()) if name in sent}


def _remark(env: Environment, stream: models.BaseModel, known: list[EncodedRecord]) -> None:
    """Say on links what was not sent, or otherwise than Odoo has it, in one statement.

    The remarks of the read that came before stay. Where nothing is read, those of the last delivery are all there are.
    """
    publishes = stream._entity()._publishes()
    values = [
        (
            stream.connection_id.id,
            stream.remote_object,
            encoded.record.external_id,
            json.dumps(list(dict.fromkeys(encoded.warnings))),
        )
        for encoded in known
        if encoded.warnings or publishes
    ]
    if not values:
        return
    env["retail.sync.link"].flush_model()
    before = "'[]'::jsonb" if publishes else "COALESCE(NULLIF(link.warnings, 'null'), '[]')"
    execute_values(
        env,
        "UPDATE retail_sync_link link SET warnings = NULLIF(found.warnings, '[]'),"
        " has_warnings = found.warnings <> '[]'"
        f" FROM (SELECT link.id, {before} || COALESCE(jsonb_agg(remark.text ORDER BY remark.place)"
        f" FILTER (WHERE remark.text IS NOT NULL AND NOT {before} @> jsonb_build_array(remark.text)), '[]') AS warnings"
        " FROM (VALUES %s) AS noted (connection_id, remote_object, external_id, warnings)"
        " JOIN retail_sync_link link USING (connection_id, remote_object, external_id)"
        " LEFT JOIN LATERAL jsonb_array_elements(noted.warnings) WITH ORDINALITY AS remark (text, place) ON true"
        " WHERE link.part = 'main' GROUP BY link.id) found"
        " WHERE found.id = link.id AND link.warnings IS DISTINCT FROM NULLIF(found.warnings, '[]')",
        values,
        template="(%s, %s, %s, %s::jsonb)",
        page_size=1000,
    )
    env["retail.sync.link"].invalidate_model(["warnings", "has_warnings"])


def _rows(env: Environment, encoded: EncodedRecord, external_id: str, remarks: Mapping[int, str]) -> list[LinkRow]:
    """Return the rows of a record that was created, one a part. remarks: {record id: what people read on it}."""
    rows = [_link_row(env, encoded, external_id, part) for part in encoded.record.local]
    for row in rows:
        if row.part == PART_MAIN:
            found = [remarks[row.res_id]] if row.res_id in remarks else []
            row.warnings = list(dict.fromkeys([*found, *encoded.warnings]))
    return rows


def _new_parts(env: Environment, encoded: EncodedRecord) -> list[LinkRow]:
    """Return the rows of parts that a known record has gained from Odoo."""
    return [_link_row(env, encoded, encoded.record.external_id, part) for part in sorted(encoded.record.gained)]


def _link_row(env: Environment, encoded: EncodedRecord, external_id: str, part: str) -> LinkRow:
    """Return the row that links a part of a record with what the platform made of it."""
    return LinkRow(
        external_id=external_id,
        part=part,
        res_id=encoded.record.local[part],
        # The answer has no version; the next read shows it, and shows our own values.
        version=0,
        base=encoded.record.sent.get(part) or {},
        rule="exported",
        reason=env._("Created on the platform from Odoo's record"),
        carries_our_id=part == PART_MAIN,
        pushed=stand_ins.noted(encoded.record, part),
    )
