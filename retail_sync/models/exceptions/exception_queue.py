"""The end of a page: what failed becomes a message with a next step, what went through closes its own."""

from odoo import fields
from odoo.api import Environment

from ...domain.resilience.faults import TEAM, FaultClass
from ...domain.security.masking import scrub_text
from ...domain.values.text import storable
from ...runtime.constants import OPEN_MESSAGE_STATES


def kind(rule, fault_class):
    """Return the fault class and team of a message: the rule's, unless that is the rule for all that is unknown."""
    told = FaultClass(fault_class)
    if rule and not (rule.code_pattern == "*" and not rule.message_pattern and told != FaultClass.unknown):
        return {"fault_class": rule.fault_class, "team": rule.team}
    return {"fault_class": told.value, "team": TEAM[told]}


def technical(
    env: Environment, connection, code, text, key, stream=None, run=None, payload=None, fault_class="unknown"
):
    """Open (or renew) a message about something that is no single record's fault."""
    rule = env["retail.sync.fault.rule"]._match(connection.system, code, text)
    message_model = env["retail.sync.message"].sudo()
    vals = {
        "connection_id": connection.id,
        "stream_id": stream.id if stream else False,
        "run_id": run.id if run else False,
        "remote_object": stream.remote_object if stream else False,
        "key": key,
        "title": key,
        "payload": storable(payload) or False,
        "state": "open",
        "fault_code": code,
        "fault_message": scrub_text(text),
        "rule_id": rule.id,
        **kind(rule, fault_class),
        "user_id": connection.team_user_id.id,
        "correlation_id": run.correlation_id if run else False,
    }
    held = message_model.search(
        [
            ("connection_id", "=", connection.id),
            ("stream_id", "=", stream.id if stream else False),
            ("key", "=", key),
            ("state", "in", list(OPEN_MESSAGE_STATES)),
        ],
        limit=1,
    )
    if held:
        held.write(dict(vals, attempts=held.attempts + 1))
        return held
    return message_model.create(vals)


def reopen_stale(env: Environment):
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
                ("state", "in", ["pending", "enqueued", "started", "wait_dependencies"]),
                ("model_name", "=", "retail.sync.inbound.jobs"),
                ("method_name", "=", "_job_refresh"),
            ],
            limit=1,
        )
        if not busy:
            stale.write({"state": "open"})
    return len(stale)
