"""Fields that a platform refuses: each waits for a person, apart from the rest of its record, which is sent.

Equal refusals of many records are one problem: they become one exception, a mass refusal, and until a person decides
the field is left out of all that is not urgent.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from odoo import models
from odoo.api import Environment

from ...adapter.refusals import leave_out, sent, sides
from ...adapter.values import Key, OutboundRecord, RefusedField
from ...domain.resilience.faults import FaultClass, FaultError
from ...runtime.constants import WAITING_STATES, sql_list
from ...runtime.sql import execute_values
from ..exceptions import exception_queue
from ..exceptions.subject import subject_key
from ..mapping import field_labels, sensitivity
from . import brake
from .claim import Claimed
from .edit_times import latest

_LANE_OF_URGENT = "critical"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused field of one record. at: when it was changed in Odoo (ms), 0 where that is not known."""

    res_id: int
    external_id: str | None
    field: RefusedField
    at: int = 0
    foreign: bool = False

    @property
    def path(self) -> str:
        return path_of(self.field.part, self.field.name)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A refused field that waits: its value, and when it was refused (ms)."""

    key: Key
    value: Any
    at: int
    state: str


def path_of(part: str, name: str) -> str:
    """Return how a field of a part is named in a message."""
    return f"{part}.{name}"


def _key(path: str) -> Key:
    part, _dot, name = path.partition(".")
    return part, name


def hold_back(
    env: Environment,
    stream: models.BaseModel,
    lane: str,
    records: Iterable[OutboundRecord],
    claimed: Mapping[int, Claimed],
) -> None:
    """Leave out of records what the platform has refused before, and what many records were refused over.

    A value that was edited since, or that a person retries, is tried again; urgent changes try everything.

    :param claimed: {message id: message}
    """
    records = list(records)
    waiting = _waiting(env, stream, {record.res_id for record in records})
    braked = {} if lane == _LANE_OF_URGENT else brake.braked_fields(env, stream)
    if not waiting and not braked:
        return
    spec = stream._entity()._spec()
    for record in records:
        message = claimed.get(record.message_id)
        changes = message.changes if message else {}
        for refused in waiting.get(record.res_id, ()):
            part, name = refused.key
            value = sides(spec, record, part, name)[0]
            tried_again = refused.state == "retrying" or change_time(changes, name) > refused.at
            if sent(spec, record, part, name) and not tried_again and _same(value, refused.value):
                _hold(spec, record, part, name, None)
        for path, fault in braked.items():
            part, name = _key(path)
            if sent(spec, record, part, name):
                _hold(spec, record, part, name, fault)


def _hold(spec: Any, record: OutboundRecord, part: str, name: str, fault: FaultError | None) -> None:
    value, remote = sides(spec, record, part, name)
    record.held.append(RefusedField(part, name, fault, value, remote))
    leave_out(spec, record, part, name)


def change_time(changes: Mapping[str, Any], name: str) -> int:
    """Return when a field was changed in Odoo (ms), as the changes of a message say; 0 where they do not name it."""
    at = changes.get(name)
    at = at.get("at") if isinstance(at, dict) else at
    return at if isinstance(at, int) else 0


def _same(left: Any, right: Any) -> bool:
    return (left or None) == (right or None)


def _waiting(env: Environment, stream: models.BaseModel, res_ids: Collection[int]) -> dict[int, list[_Waiting]]:
    """Return {record id: its fields that were refused and wait, or that a person has decided to leave}."""
    if not res_ids:
        return {}
    env["retail.sync.message"].flush_model()
    env.cr.execute(
        "SELECT DISTINCT ON (res_id, refused_field) res_id, refused_field, conflicts, state,"
        " (EXTRACT(EPOCH FROM refused_at) * 1000)::bigint FROM retail_sync_message"
        " WHERE stream_id = %s AND kind = 'field' AND res_id = ANY(%s)"
        " AND state IN ('open', 'parked', 'retrying', 'ignored') ORDER BY res_id, refused_field, id DESC",
        [stream.id, list(res_ids)],
    )
    found: dict[int, list[_Waiting]] = defaultdict(list)
    for res_id, path, values, state, at in env.cr.fetchall():
        value = values[0].get("odoo") if values else None
        found[res_id].append(_Waiting(_key(path), value, at or 0, state))
    return found


def unsent(env: Environment, stream: models.BaseModel, res_ids: Collection[int]) -> dict[int, dict[Key, Any]]:
    """Return {record id: {(part, field): value}} of what waits for a person: it is not queued again as it is."""
    return {
        res_id: {found.key: found.value for found in several if found.state != "retrying"}
        for res_id, several in _waiting(env, stream, res_ids).items()
    }


def file(
    env: Environment,
    stream: models.BaseModel,
    run: models.BaseModel,
    refusals: Collection[Refusal],
    gone_through: Mapping[int, Collection[Key] | None],
    tried: int,
    kept: Collection[tuple[int, Key]] = (),
) -> None:
    """Open or renew an exception for each refused field; close those of fields that went through.

    :param gone_through: {record id: fields that were accepted; None for all that are not refused}
    :param tried: how many records were sent in this delivery
    :param kept: (record id, field) of what was not tried and goes on waiting
    """
    still = {(found.res_id, (found.field.part, found.field.name)) for found in refusals} | set(kept)
    _close(env, stream, gone_through, still)
    if not refusals:
        return
    braked = brake.open_brakes(env, stream)
    _insert(env, stream, run, refusals, braked)
    for path, code in sorted({(found.path, found.field.fault.code) for found in refusals}):
        brake.apply(env, stream, run, path, code, tried)


def _close(
    env: Environment,
    stream: models.BaseModel,
    gone_through: Mapping[int, Collection[Key] | None],
    still: Collection[tuple[int, Key]],
) -> None:
    """Close the exceptions of fields that went through, or in which both sides agree now."""
    if not gone_through:
        return
    env["retail.sync.message"].flush_model()
    env.cr.execute(
        "SELECT id, res_id, refused_field, brake_id FROM retail_sync_message WHERE stream_id = %s AND kind = 'field'"
        " AND res_id = ANY(%s) AND state = ANY(%s)",
        [stream.id, list(gone_through), list(WAITING_STATES)],
    )
    over, brakes = [], set()
    for message_id, res_id, path, brake_id in env.cr.fetchall():
        key, fields = _key(path), gone_through[res_id]
        if (res_id, key) not in still and (fields is None or key in fields):
            over.append(message_id)
            brakes |= {brake_id} - {None}
    if over:
        env.cr.execute(
            "UPDATE retail_sync_message SET state = 'done', resolution = %s, brake_id = NULL, waits_for = NULL,"
            " resolved_at = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)",
            [env._("Both sides have the same value now."), over],
        )
        env["retail.sync.message"].invalidate_model()
        brake.recount(env, brakes)


def end(env: Environment, stream: models.BaseModel, res_ids: Collection[int]) -> None:
    """Close the exceptions of records in which nothing differs any more."""
    _close(env, stream, dict.fromkeys(res_ids), ())


def _insert(
    env: Environment,
    stream: models.BaseModel,
    run: models.BaseModel,
    refusals: Collection[Refusal],
    braked: Mapping[tuple[str, str], int],
) -> None:
    entity = stream._entity()
    labels, parts = field_labels.labels(env), field_labels.part_labels(env)
    rows = []
    for found in refusals:
        fault, part, name = found.field.fault, found.field.part, found.field.name
        label = field_labels.with_part(env, labels.get(name, name), part, parts)
        rule = env["retail.sync.fault.rule"]._match(stream.connection_id.system, fault.code, fault.message)
        kind = exception_queue.kind(rule, _class_of(fault))
        brake_id = braked.get((found.path, fault.code))
        at = {"at": found.at, "foreign": True} if found.foreign else found.at
        rows.append(
            (
                stream.connection_id.id,
                stream.id,
                stream.company_id.id or None,
                run.id or None,
                stream.lane,
                stream.remote_object,
                subject_key("field", res_model=entity._res_model, res_id=found.res_id, refused=found.path),
                label,
                "parked" if brake_id else "open",
                kind["team"],
                kind["fault_class"],
                fault.code,
                sensitivity.text_about(fault.message, [found.field.value, found.field.remote]),
                rule.id or None,
                json.dumps([{"part": part, "field": name, "odoo": found.field.value, "remote": found.field.remote}]),
                json.dumps({name: at} if found.at else {}),
                entity._res_model,
                found.res_id,
                found.external_id or None,
                found.path,
                brake_id or None,
                f"retail.sync.message/{brake_id}" if brake_id else None,
                stream.connection_id.team_user_id.id or None,
                run.correlation_id or None,
            )
        )
    env["retail.sync.message"].flush_model()
    execute_values(
        env,
        "INSERT INTO retail_sync_message (connection_id, stream_id, company_id, run_id, lane, remote_object, key,"
        " title, state, team, fault_class, fault_code, fault_message, rule_id, conflicts, changes, res_model, res_id,"
        " external_id, refused_field, brake_id, waits_for, user_id, correlation_id,"
        " kind, direction, op, attempts, coalesced, refused_at, create_date, write_date) VALUES %s"
        f" ON CONFLICT (stream_id, key) WHERE state IN ({sql_list(WAITING_STATES)}) DO UPDATE SET"
        " state = EXCLUDED.state, fault_class = EXCLUDED.fault_class, fault_code = EXCLUDED.fault_code,"
        " fault_message = EXCLUDED.fault_message, rule_id = EXCLUDED.rule_id, conflicts = EXCLUDED.conflicts,"
        f" changes = {latest('retail_sync_message.changes', 'EXCLUDED.changes')},"
        " external_id = EXCLUDED.external_id, brake_id = EXCLUDED.brake_id, waits_for = EXCLUDED.waits_for,"
        " run_id = EXCLUDED.run_id, correlation_id = EXCLUDED.correlation_id, next_try_at = NULL,"
        " attempts = COALESCE(retail_sync_message.attempts, 0) + 1, refused_at = EXCLUDED.refused_at,"
        " write_date = EXCLUDED.write_date",
        rows,
        template="(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s, %s, %s, %s,"
        " %s, %s, %s, 'field', 'out', 'write', 1, 0, clock_timestamp() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC',"
        " now() AT TIME ZONE 'UTC')",
    )
    env["retail.sync.message"].invalidate_model()
    brake.recount(env, {brake_id for brake_id in braked.values()})


def _class_of(fault: FaultError) -> FaultClass:
    return fault.fault_class
