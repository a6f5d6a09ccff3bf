"""The end of a page: what failed becomes a message with a next step, what went through closes its own."""

from typing import Any

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.api import Environment

from ...domain.resilience.faults import TEAM, FaultClass
from ...domain.values.text import storable
from ...runtime.constants import ALIVE, OPEN_MESSAGE_STATES, WAITING_STATES
from ...runtime.transactions import OPEN_MESSAGE_INDEXES, LostRaceError
from ..mapping import sensitivity
from . import subject as subjects


def kind(rule: Any, fault_class: Any) -> dict[str, Any]:
    """Return the fault class and team of a message: the rule's, unless that is the rule for all that is unknown."""
    known = FaultClass(fault_class)
    if rule and not (rule.code_pattern == "*" and not rule.message_pattern and known != FaultClass.unknown):
        return {"fault_class": rule.fault_class, "team": rule.team}
    return {"fault_class": known.value, "team": TEAM[known]}


def technical(
    env: Environment,
    connection: Any,
    code: str,
    text: str,
    subject: subjects.Subject,
    stream: Any = None,
    run: Any = None,
    payload: Any = None,
    fault_class: str = "unknown",
) -> Any:
    """Open (or renew) a message about a fault; return it, or no alarm where another transaction opens it just now.

    :param subject: what the message is about
    :param payload: the record as it came
    """
    rule = env["retail.sync.fault.rule"]._match(connection.system, code, text)
    message_model = env["retail.sync.message"].sudo()
    vals = {
        "connection_id": connection.id,
        "stream_id": stream.id if stream else False,
        "run_id": run.id if run else False,
        "remote_object": stream.remote_object if stream else False,
        **subject.vals(run.id if run else 0),
        "title": subject.external_id or False,
        "payload": storable(payload) or False,
        "state": "open",
        "fault_code": code,
        "fault_message": storable(_text(env, text, stream, payload)),
        "rule_id": rule.id,
        **kind(rule, fault_class),
        "user_id": connection.team_user_id.id,
        "correlation_id": run.correlation_id if run else False,
    }
    held = find_open(env, connection, subject, stream, run)
    if held:
        held.write(dict(vals, attempts=held.attempts + 1))
        return held
    if ignored := _ignored_nameless(env, subject, stream):
        return ignored
    try:
        return create_open(env, [vals])
    except LostRaceError:
        if subject.kind != "alarm":
            raise
        # An open alarm needs no second one, and the end of a failed worker must not fail because of it.
        return message_model


def create_open(env: Environment, vals_list: list[dict[str, Any]]) -> Any:
    """Create open messages of one connection; return them, and those that another transaction has opened meanwhile.

    The one way to open messages: a poll and a delivery of the same record may do so at once. What came in between is
    renewed as if it had been found. Raises LostRaceError where this transaction cannot see it yet.
    """
    messages = env["retail.sync.message"].sudo()
    if not vals_list:
        return messages
    try:
        # In one order, so that two pages with the same records do not wait for each other.
        with env.cr.savepoint():
            return messages.create(sorted(vals_list, key=lambda vals: vals.get("key") or ""))
    except UniqueViolation as error:
        if error.diag.constraint_name not in OPEN_MESSAGE_INDEXES:
            raise
    found = {message.key: message for message in _open_ones(messages, vals_list)}
    if not found:
        raise LostRaceError("Another worker has just opened a message about the same record")
    joined, rest = messages, []
    for vals in vals_list:
        held = found.get(vals["key"])
        if held:
            held.write(dict(vals, attempts=held.attempts + 1))
            joined |= held
        else:
            rest.append(vals)
    return joined | create_open(env, rest)


def _open_ones(messages: Any, vals_list: list[dict[str, Any]]) -> Any:
    """Return the messages that stand where those of vals_list were to be created."""
    streams = {vals.get("stream_id") or False for vals in vals_list}
    return messages.search(
        [
            ("connection_id", "in", [vals["connection_id"] for vals in vals_list]),
            ("stream_id", "in", list(streams)),
            ("key", "in", [vals["key"] for vals in vals_list]),
            ("state", "in", list(WAITING_STATES)),
        ]
    )


def _text(env: Environment, text: str, stream: Any, payload: Any) -> str:
    """Return the text of a message without the values of the record it is about."""
    classes = sensitivity.of_stream(env, stream) if stream and payload else {}
    return sensitivity.text_about(text, payload=payload, classes=classes)


def find_open(env: Environment, connection: Any, subject: subjects.Subject, stream: Any = None, run: Any = None) -> Any:
    """Return the open message about a subject, which may be empty."""
    return (
        env["retail.sync.message"]
        .sudo()
        .search(
            [
                ("connection_id", "=", connection.id),
                ("stream_id", "=", stream.id if stream else False),
                ("key", "=", subject.key(run.id if run else 0)),
                # A delivery that waits stands in the place of an exception about its record.
                ("state", "in", list(WAITING_STATES if stream else OPEN_MESSAGE_STATES)),
            ],
            limit=1,
        )
    )


def _ignored_nameless(env: Environment, subject: subjects.Subject, stream: Any) -> Any:
    """Return the ignored message about a row without an id, which comes with each read while it stays as it is.

    A record with an id is left out before it gets here, by its version.
    """
    messages = env["retail.sync.message"].sudo()
    if not stream or not subjects.is_nameless(subject.external_id):
        return messages
    return messages.search(
        [("stream_id", "=", stream.id), ("key", "=", subject.key()), ("state", "=", "ignored")], limit=1
    )


def reopen_stale(env: Environment) -> int:
    """Give messages back to people whose retry left no trace: its job failed or was cancelled."""
    stale = env["retail.sync.message"].search(
        [
            ("state", "=", "retrying"),
            ("next_try_at", "=", False),
            ("write_date", "<", fields.Datetime.subtract(fields.Datetime.now(), minutes=15)),
        ]
    )
    if stale:
        busy = env["queue.job"].search_count(
            [
                ("state", "in", list(ALIVE)),
                ("model_name", "=", "retail.sync.inbound.jobs"),
                ("method_name", "=", "_job_refresh"),
            ],
            limit=1,
        )
        if not busy:
            stale.write({"state": "open"})
    return len(stale)
