"""Retry of messages that are more than one delivery: refused fields, mass refusals, changes that were not routed."""

import time
from typing import Any

from ...runtime.sql import execute_values
from ..runs import job_trigger
from . import outbox, router


def send_fields(messages: Any, lane: str | None) -> None:
    """Send refused fields again, with their records."""
    env = messages.env(su=True)
    now = int(time.time() * 1000)
    for stream, found in messages.sudo().grouped("stream_id").items():
        wanted: dict[int, dict[str, Any]] = {}
        for message in found:
            name = (message.refused_field or "").partition(".")[2]
            wanted.setdefault(message.res_id, {})[name] = (message.changes or {}).get(name) or now
        router.enqueue(env, stream, [(res_id, "write", names, 1) for res_id, names in wanted.items()], lane=lane)
    messages.write({"state": "retrying", "next_try_at": False, "brake_id": False, "waits_for": False})


def release(brakes: Any) -> None:
    """Send again all that mass refusals stand for; what is refused again becomes one exception again."""
    held = brakes.search([("brake_id", "in", brakes.ids), ("state", "=", "parked")])
    brakes._resolve(brakes.env._("Retried"))
    fields = held.filtered(lambda message: message.kind == "field")
    if fields:
        send_fields(fields, None)
    others = held - fields
    others.write({"state": "pending", "attempts": 0, "next_try_at": False, "waits_for": False, "brake_id": False})


def send_reconciled(env: Any, stream: Any, res_ids: list[int], codes: set[str]) -> None:
    """Send records again whose comparison with the platform has failed for one of these reasons, and now went through.

    :param codes: of the exceptions that have just been solved
    """
    if not res_ids or not codes:
        return
    env["retail.sync.message"].flush_model()
    env.cr.execute(
        "UPDATE retail_sync_message SET state = 'pending', attempts = 0, next_try_at = NULL WHERE stream_id = %s"
        " AND res_id = ANY(%s) AND kind = 'delivery' AND state = 'open' AND fault_code = ANY(%s) AND fact_key IS NULL"
        " RETURNING lane",
        [stream.id, res_ids, sorted(codes)],
    )
    lanes = {lane for (lane,) in env.cr.fetchall()}
    if lanes:
        env["retail.sync.message"].invalidate_model()
        outbox.trigger_all(env, {(stream.id, lane) for lane in lanes})


def route_again(messages: Any) -> None:
    """Give changes back that could not be routed, so that they are routed again; their messages are closed.

    A message that was a delivery before is one again, and stays: it carries changes of its own.
    """
    env = messages.env(su=True)
    rows = [
        (message.res_model, message.res_id, op, names, origin, txid, at)
        for message in messages.sudo()
        for op, names, origin, txid, at in message.unrouted or ()
    ]
    give_back_changes(env, rows)
    messages.sudo().write({"unrouted": False})
    not_deliveries(messages)._resolve(env._("Its changes are routed again."))
    job_trigger.trigger(env, "route")


def not_deliveries(messages: Any) -> Any:
    """Return those of the messages with unrouted changes that were opened for these, and deliver nothing themselves."""
    return messages.filtered(lambda message: not isinstance(message.changes, dict))


def give_back_changes(env: Any, rows: list[tuple[Any, ...]]) -> None:
    """Put captured changes back: (model, record id, op, names, origin, transaction, ms since 1970)."""
    if rows:
        execute_values(
            env,
            "INSERT INTO retail_sync_change (model, res_id, op, names, origin, txid, at) VALUES %s",
            rows,
            template="(%s, %s, %s, %s, %s, %s, to_timestamp(%s / 1000.0) AT TIME ZONE 'UTC')",
        )
