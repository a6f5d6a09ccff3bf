"""The outbox of facts: append-only, never merged, in order per record, each sent at most once.

A later fact of a record is not claimed before the earlier ones are done or ignored. The claim is a fencing token: the
job's uuid and a number that grows with each claim. Every UPDATE checks it, and `begin` checks it right before an
effect. `effect_at` is set by `begin`, and emptied only by a clear refusal or a person: while it is set, the platform
is asked before the fact is sent again.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...runtime.sql import execute_values
from ..exceptions.subject import subject_key
from ..runs import job_trigger
from . import outbox
from .fact import ClaimedFact, FactResult, NewFact

# States of a fact that no longer holds up a later fact of the same record.
OVER = ("done", "ignored")
# Key of the advisory locks that put the facts of a record in the order of their ids.
LOCK_SPACE = 728_341


class FactError(Exception):
    """A fact was given that its stream cannot have."""


def record(env: Environment, stream: Any, record: models.BaseModel, key: str, payload: Any, at: datetime) -> bool:
    """Record that something happened to a record, in the caller's transaction; return whether it is new.

    :param key: unique on the stream for good: the same event recorded again has no effect
    :param payload: what is sent, JSON-able
    :param at: when it happened, naive in UTC
    :raises FactError: when the stream sends states, or records of another model
    """
    record.ensure_one()
    if record._name != stream._entity()._res_model:
        raise FactError(f"Stream {stream.name} has no facts about {record._name}.")
    return bool(record_many(env, stream, [NewFact(key, record.id, payload, at)]))


def record_many(env: Environment, stream: Any, facts: Collection[NewFact]) -> list[str]:
    """Record facts of many records; return the keys of those that are new. Facts of one record keep their order.

    A transaction that records a fact of a record waits for another one that does: the facts of a record become
    visible in the order of their ids, or a later one could be sent before an earlier one is committed.
    """
    if not facts:
        return []
    entity = stream._entity()
    if not entity._sends_facts():
        raise FactError(f"Stream {stream.name} sends states, not facts: see the delivery class of its entity.")
    res_ids = sorted({fact.res_id for fact in facts})
    # In the order of the ids, or two transactions with the same records could wait for each other.
    env.cr.execute(
        "SELECT pg_advisory_xact_lock(%s, hashtext(subject)) FROM unnest(%s) AS subject",
        [LOCK_SPACE, [f"{stream.id}/{entity._res_model}/{res_id}" for res_id in res_ids]],
    )
    env["retail.sync.message"].flush_model()
    rows = execute_values(
        env,
        "INSERT INTO retail_sync_message (connection_id, stream_id, company_id, lane, remote_object, key, fact_key,"
        " op, payload, fact_at, res_model, res_id, kind, direction, state, team, attempts, fence, create_date,"
        " write_date) VALUES %s ON CONFLICT (stream_id, fact_key) WHERE fact_key IS NOT NULL DO NOTHING"
        " RETURNING fact_key",
        [
            (
                stream.connection_id.id,
                stream.id,
                stream.company_id.id or None,
                stream.lane,
                stream.remote_object,
                subject_key("delivery", fact_key=fact.key),
                fact.key,
                json.dumps(fact.payload),
                fact.at,
                entity._res_model,
                fact.res_id,
            )
            for fact in facts
        ],
        template="(%s, %s, %s, %s, %s, %s, %s, 'write', %s::jsonb, %s, %s, %s, 'delivery', 'out', 'pending',"
        " 'business', 0, 0, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
    )
    env["retail.sync.message"].invalidate_model()
    if rows and stream._delivers(stream.lane):
        job_trigger.trigger_drain(env(su=True), stream, stream.lane)
    return [key for (key,) in rows]


def claim(env: Environment, stream: Any, lane: str, claim: str, limit: int) -> list[ClaimedFact]:
    """Take the oldest due facts of a lane: of each record the first that is not done or ignored, if it is due."""
    env["retail.sync.message"].flush_model()
    rows = env.execute_query(
        SQL(
            "WITH due AS (SELECT message.id FROM retail_sync_message message"
            " WHERE message.stream_id = %(stream)s AND message.lane = %(lane)s AND message.state = 'pending'"
            " AND message.fact_key IS NOT NULL"
            " AND (message.next_try_at IS NULL OR message.next_try_at <= now() AT TIME ZONE 'UTC')"
            " AND NOT EXISTS (SELECT FROM retail_sync_message earlier WHERE earlier.stream_id = message.stream_id"
            " AND earlier.res_model = message.res_model AND earlier.res_id = message.res_id"
            " AND earlier.fact_key IS NOT NULL AND earlier.id < message.id"
            " AND earlier.state NOT IN ('done', 'ignored'))"
            " ORDER BY message.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)"
            " UPDATE retail_sync_message message SET state = 'sending', claim = %(claim)s,"
            " claimed_at = now() AT TIME ZONE 'UTC', attempts = COALESCE(message.attempts, 0) + 1,"
            " fence = COALESCE(message.fence, 0) + 1, next_try_at = NULL"
            " FROM due WHERE message.id = due.id"
            " RETURNING message.id, message.fact_key, message.res_model, message.res_id, message.payload,"
            " message.fact_at, message.attempts, message.claim, message.fence, message.effect_at IS NOT NULL",
            stream=stream.id,
            lane=lane,
            claim=claim,
            limit=limit,
        )
    )
    return [ClaimedFact(*row) for row in sorted(rows)]


def begin(env: Environment, facts: Sequence[ClaimedFact]) -> list[ClaimedFact]:
    """Note that facts are about to be sent; return those whose claim still holds: only these may be sent.

    To be committed right before the call. A worker that lost its claim gets none of its facts back.
    """
    if not facts:
        return []
    rows = execute_values(
        env,
        "UPDATE retail_sync_message message SET effect_at = clock_timestamp() AT TIME ZONE 'UTC'"
        " FROM (VALUES %s) AS mine (id, claim, fence) WHERE message.id = mine.id AND message.state = 'sending'"
        " AND message.claim = mine.claim AND message.fence = mine.fence RETURNING message.id",
        [(fact.id, fact.claim, fact.fence) for fact in facts],
    )
    held = {row[0] for row in rows}
    env["retail.sync.message"].invalidate_model()
    return [fact for fact in facts if fact.id in held]


def finish(env: Environment, stream: Any, run_id: int, results: Sequence[FactResult]) -> list[FactResult]:
    """Write what became of claimed facts; return the results whose claim still held. The others change nothing."""
    if not results:
        return []
    rows = execute_values(
        env,
        "UPDATE retail_sync_message message SET state = result.state, claim = NULL, run_id = result.run,"
        " resolution = NULLIF(result.resolution, ''), external_id = COALESCE(result.external_id, message.external_id),"
        " attempts = GREATEST(message.attempts - result.uncounted, 0),"
        " effect_at = CASE WHEN result.refused THEN NULL ELSE message.effect_at END,"
        " fault_message = NULLIF(result.fault, ''), fault_code = NULL, write_date = now() AT TIME ZONE 'UTC',"
        " next_try_at = CASE WHEN result.state = 'pending' AND result.seconds > 0"
        " THEN date_trunc('second', now() AT TIME ZONE 'UTC') + result.seconds * interval '1 second' END"
        " FROM (VALUES %s) AS result (run, id, claim, fence, state, resolution, external_id, uncounted, refused, fault,"
        " seconds) WHERE message.id = result.id AND message.state = 'sending' AND message.claim = result.claim"
        " AND message.fence = result.fence RETURNING message.id",
        [
            (
                run_id or None,
                result.fact.id,
                result.fact.claim,
                result.fact.fence,
                result.state,
                result.resolution,
                result.external_id,
                0 if result.counts else 1,
                result.refused,
                result.fault.message if result.fault else "",
                result.seconds,
            )
            for result in results
        ],
        template="(%s::int, %s, %s, %s, %s, %s, %s::varchar, %s, %s, %s, %s)",
    )
    env["retail.sync.message"].invalidate_model()
    held = {row[0] for row in rows}
    kept = [result for result in results if result.fact.id in held]
    outbox.note_faults(
        env,
        stream,
        {result.fact.id: result.fault for result in kept if result.state in ("open", "unknown") and result.fault},
    )
    return kept
