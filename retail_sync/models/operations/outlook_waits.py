"""What messages wait for beside a person: another record, an earlier fact, a stream that stands still."""

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...runtime.constants import EXCEPTION_STATES


class Waits:
    """What the given messages wait for, in a few queries however many they are.

    awaited: {"model/id" of a record that must exist first: what staff call it}. failed: those of the records whose own
    delivery needs attention. earlier: {id of a pending fact: the fact of its record that must be over first}.
    """

    def __init__(self, messages: models.BaseModel) -> None:
        self.env: Environment = messages.env
        parked = messages.filtered(lambda message: message.state == "parked" and message.waits_for)
        self.awaited = _awaited(parked)
        self.failed = _failed(parked)
        pending = messages.filtered(lambda message: message.fact_key and message.state == "pending")
        self.earlier = _earlier_facts(pending)
        self._standstills: dict[tuple[int, str], str] = {}

    def standstill(self, message: models.BaseModel) -> str:
        """Return why the stream of a pending delivery sends nothing at present; "" where it does send."""
        stream = message.stream_id.sudo()
        if not stream or message.direction != "out":
            return ""
        lane = message.lane or stream.lane
        key = (stream.id, lane)
        if key not in self._standstills:
            self._standstills[key] = "" if stream._delivers(lane) else _standstill(self.env, stream)
        return self._standstills[key]


def _awaited(parked: models.BaseModel) -> dict[str, str]:
    """Return {"model/id": display name} of the awaited records that the user may read, in one query a model."""
    env, wanted = parked.env, {}
    for subject in set(parked.mapped("waits_for")):
        model, _slash, res_id = subject.rpartition("/")
        if model in env and res_id.isdigit() and model != parked._name:
            wanted.setdefault(model, []).append(int(res_id))
    found: dict[str, str] = {}
    for model, ids in wanted.items():
        readable = env[model].browse(ids).exists()._filtered_access("read")
        found.update({f"{model}/{record.id}": record.display_name for record in readable})
    return found


def _failed(parked: models.BaseModel) -> set[tuple[int, str]]:
    """Return {(connection id, "model/id")} of the awaited records whose own delivery needs attention."""
    subjects = set(parked.mapped("waits_for"))
    if not subjects:
        return set()
    ids = [int(res_id) for *_model, res_id in (subject.split("/") for subject in subjects) if res_id.isdigit()]
    parked.flush_model()
    rows = parked.env.execute_query(
        SQL(
            "SELECT DISTINCT connection_id, res_model || '/' || res_id FROM retail_sync_message WHERE res_id = ANY(%s)"
            " AND connection_id = ANY(%s) AND kind = 'delivery' AND state = ANY(%s)",
            ids,
            parked.connection_id.ids,
            list(EXCEPTION_STATES),
        )
    )
    return set(rows)


def _earlier_facts(facts: models.BaseModel) -> dict[int, models.BaseModel]:
    """Return {fact id: the first fact of its record and stream that is neither done nor ignored}, in one query.

    A fact without an entry is the first itself.
    """
    if not facts.ids:
        return {}
    facts.flush_model()
    rows = facts.env.execute_query(
        SQL(
            "SELECT fact.id, first.id FROM retail_sync_message fact CROSS JOIN LATERAL ("
            " SELECT earlier.id FROM retail_sync_message earlier WHERE earlier.stream_id = fact.stream_id"
            " AND earlier.res_model = fact.res_model AND earlier.res_id = fact.res_id"
            " AND earlier.fact_key IS NOT NULL AND earlier.state NOT IN ('done', 'ignored')"
            " AND earlier.id < fact.id ORDER BY earlier.id LIMIT 1) first WHERE fact.id = ANY(%s)",
            facts.ids,
        )
    )
    firsts = facts.sudo().browse([first_id for _fact_id, first_id in rows])
    return {fact_id: first for (fact_id, _first_id), first in zip(rows, firsts, strict=True)}


def _standstill(env: Environment, stream: models.BaseModel) -> str:
    """Return what a stream that may not send waits for, and who acts."""
    connection = stream.connection_id
    if connection.state == "paused":
        return env._("Waits until a person resumes the connection %s.", connection.name)
    if stream.state == "stopped":
        return env._(
            "Waits until a person removes the cause that stopped the stream %s, and presses Resume there.", stream.name
        )
    if stream.state == "paused":
        return env._("Waits until a person resumes the stream %s.", stream.name)
    if stream.direction == "in":
        return env._("Waits until the stream %s may write to the platform: a person decides that.", stream.name)
    if "loading" in (connection.state, stream.state):
        loaded = stream if stream.state == "loading" else connection
        return env._("Sent automatically after the load of %s.", loaded.name)
    if connection.state == "running" and stream.state == "live":
        return env._("Waits for the decision about a mass refusal of the stream %s.", stream.name)
    return env._("Waits until the stream %s is loaded: a person starts that.", stream.name)
