"""Changes -> one waiting message per record and stream.

Reads no platform. What of the changes is routed next is decided in routing.
"""

import json
import logging
import time
from dataclasses import dataclass, field

from psycopg2 import OperationalError
from psycopg2.extensions import AsIs

from odoo.api import Environment

from ...domain.resilience.lanes import lane_of
from ...runtime import error_texts
from ...runtime.constants import LANE_ORDER, WAITING_STATES, sql_list
from ...runtime.halving import halve
from ...runtime.sql import execute_values
from ..exceptions import exception_queue
from ..exceptions.subject import of_delivery
from ..mapping.entity import KEEPING
from ..runs import job_trigger
from . import borrowed, outbox, parked, refused_fields, traffic
from .change_source import PART_LEFT
from .edit_times import latest

_logger = logging.getLogger(__name__)

# Outcomes of records in which both sides were compared.
_COMPARED = ("unchanged", "linked", "updated")
# A newer change of a record is merged into the waiting message: changes add up, the more urgent lane counts. A message
# that waits for another record is planned again: the change may have taken the reason away. One that only waits for its
# first try goes with the change, at once, unless the change itself waits: then the earlier time of the two counts. What
# is planned again under a window waits like a new one. A deletion that waits stays one unless the record is there
# again, as after the undo of a merge: an edit from before the deletion may be routed after it.
COALESCE = f"""
    changes = {latest("retail_sync_message.changes", "EXCLUDED.changes")},
    coalesced = COALESCE(retail_sync_message.coalesced, 0) + 1,
    op = CASE WHEN retail_sync_message.op = 'delete' AND NOT EXISTS (
        SELECT FROM %(table)s record WHERE record.id = EXCLUDED.res_id) THEN 'delete' ELSE EXCLUDED.op END,
    lane = CASE WHEN array_position(%(lanes)s, EXCLUDED.lane::text)
                     < array_position(%(lanes)s, retail_sync_message.lane::text)
                THEN EXCLUDED.lane ELSE retail_sync_message.lane END,
    state = 'pending',
    waits_for = NULL,
    brake_id = NULL,
    attempts = CASE WHEN retail_sync_message.state = 'pending' THEN retail_sync_message.attempts ELSE 0 END,
    next_try_at = CASE WHEN %(windowed)s AND retail_sync_message.state <> 'pending' THEN EXCLUDED.next_try_at
                       WHEN retail_sync_message.attempts > 0 THEN retail_sync_message.next_try_at
                       WHEN EXCLUDED.next_try_at < retail_sync_message.next_try_at THEN EXCLUDED.next_try_at
                       WHEN EXCLUDED.next_try_at IS NOT NULL THEN retail_sync_message.next_try_at END,
    write_date = EXCLUDED.write_date
"""


@dataclass(slots=True)
class Touched:
    """What became of one record: canonical names that changed and when (ms), in how large a transaction.

    foreign: names whose last change came from another connection.
    """

    names: dict[str, int] = field(default_factory=dict)
    ops: set = field(default_factory=set)
    transaction_size: int = 1
    foreign: set = field(default_factory=set)

    def add(self, other):
        for name, at in other.names.items():
            if at >= self.names.get(name, 0):
                self.names[name] = at
                (self.foreign.add if name in other.foreign else self.foreign.discard)(name)
        self.ops |= other.ops
        self.transaction_size = max(self.transaction_size, other.transaction_size)


def route_guarded(env: Environment, stream, changes):
    """Route for one stream; a record that cannot be routed becomes an exception and stops no other."""
    res_model = stream._entity()._res_model

    def attempt(res_ids):
        wanted = set(res_ids)
        with env.cr.savepoint():
            _route_stream(env, stream, [change for change in changes if change[0] in wanted])

    def failed(res_id, error):
        error_texts.log(_logger, logging.ERROR, error, "Could not route changes of %s", res_id)
        subject = of_delivery(res_model, res_id)
        message = exception_queue.technical(
            env,
            stream.connection_id,
            "ROUTE_FAILED",
            env._(
                "The changes of this record could not be assigned to a delivery (%s). They are kept: retry once the "
                "cause is solved.",
                type(error).__name__,
            ),
            subject,
            stream=stream,
        )
        kept = [
            [op, names, origin, txid, at] for found, op, names, origin, txid, at, _size in changes if found == res_id
        ]
        message.sudo().unrouted = [*(message.sudo().unrouted or []), *kept]

    res_ids = sorted({change[0] for change in changes})
    halve(res_ids, attempt, failed, passes_on=lambda error: isinstance(error, OperationalError))


def _route_stream(env: Environment, stream, changes):
    entity = stream._entity()
    own_origin = str(stream.connection_id.id)
    moved = borrowed.of_moves(env, stream, entity, [change for change in changes if change[3] == own_origin])
    # What may have changed was never written by the engine, whatever page made it change.
    changes = [change for change in changes if change[3] != own_origin or change[1] == "C"]
    named = entity._fields_named(change[2] for change in changes)
    touched = {}
    for res_id, op, names, origin, _txid, at, size in changes:
        found = Touched(dict.fromkeys(named[names], at), {op}, size, named[names] if origin and op != "C" else set())
        touched.setdefault(res_id, Touched()).add(found)
    if not touched and not moved:
        return
    touched = entity._spread(stream, touched)
    for res_id, names, at, size in moved:
        touched.setdefault(res_id, Touched()).add(Touched(dict.fromkeys(names, at), {"C"}, size))
    subjects = entity._subjects(stream, list(touched))
    steering = entity._fields_of(entity._steering_columns())
    due = {}
    for res_id, what in touched.items():
        subject = due.setdefault(subjects.get(res_id, res_id), Touched())
        if subjects.get(res_id, res_id) != res_id:
            # A record is neither new nor gone because one of its parts is.
            names = dict(what.names)
            if what.ops & {"I", "D"} or steering & names.keys():
                names.update(dict.fromkeys(entity._part_fields(), max(names.values(), default=int(time.time() * 1000))))
            what = Touched(names, {"U"}, what.transaction_size, what.foreign)
        subject.add(what)
    wanted = _wanted(env, stream, entity, due)
    _enqueue_by_pace(env, stream, wanted)
    parked.release_about(env, stream.connection_id, entity._res_model, list(touched))


def _enqueue_by_pace(env: Environment, stream, wanted):
    """Make the messages of a step: at once, with those of a while, or under load with all of the connection."""
    if not wanted:
        return
    entity = stream._entity()
    urgent = env["retail.sync.ownership.rule"]._urgent(stream.connection_id, stream.entity)
    under_load = traffic.window(env, stream)
    # What an administrator marked as urgent waits for nothing; what is urgent from the start is the entity's to judge.
    marked = set(urgent) - entity._spec().urgent_fields()
    others, gathered = [], {}
    for entry in wanted:
        _res_id, op, changes, _size = entry
        names = None if op == "create" else set(changes)
        if op == "write" and not marked & names and (patience := entity._gather_seconds(names)):
            wait = max(traffic.until_tick(env, patience), stream.window_seconds)
        elif under_load and op != "delete" and entity._gathers_under_load(names, urgent):
            wait = under_load
        else:
            others.append(entry)
            continue
        gathered.setdefault(wait, []).append(entry)
    waiting = [
        res_id for entries in gathered.values() for res_id, _op, changes, _size in entries if urgent & set(changes)
    ]
    hasty = entity._cannot_wait(stream, waiting) if waiting else set()
    others += [entry for entries in gathered.values() for entry in entries if entry[0] in hasty]
    enqueue(env, stream, others, window=stream.window_seconds)
    for wait, entries in gathered.items():
        enqueue(env, stream, [entry for entry in entries if entry[0] not in hasty], window=wait, hurry=False)


def _wanted(env: Environment, stream, entity, due):
    """Return [(record id, op, names with times, transaction size)] of what this stream has to do."""
    bound = outbox.bound(env, stream, list(due))
    mapped = stream._outbound_fields()
    unbound = {res_id: what for res_id, what in due.items() if res_id not in bound}
    candidates = [id_ for id_, what in unbound.items() if what.ops != {"D"} and what.names.keys() != {PART_LEFT}]
    words = set(entity._export_words())
    ordered = [res_id for res_id in candidates if words & due[res_id].names.keys()]
    exportable = set(entity._exportable(stream, candidates, ordered))
    wanted = []
    for res_id, what in due.items():
        link = bound.get(res_id)
        names = {
            name: {"at": at, "foreign": True} if name in what.foreign else at
            for name, at in what.names.items()
            if name in mapped
        }
        if link is None:
            if res_id in exportable:
                wanted.append((res_id, "create", names, what.transaction_size))
            continue
        if link.stream_id.id != stream.id:
            continue
        if "D" in what.ops:
            if entity._local_deletion_effect(stream) not in KEEPING:
                wanted.append((res_id, "delete", {"external_id": link.external_id}, what.transaction_size))
            continue
        if not names and PART_LEFT in what.names and link.has_warnings:
            # Its remarks may name what left: they are made anew when the record is compared.
            names = {name: what.names[PART_LEFT] for name in entity._part_fields() if name in mapped}
        if names and link.is_primary and link.state not in ("excluded", "merged"):
            wanted.append((res_id, "write", names, what.transaction_size))
    return wanted


def enqueue(env: Environment, stream, wanted, lane=None, renew=True, seconds=0, window=0, hurry=True):
    """Insert or renew a message per record; trigger the job that sends them.

    :param wanted: [(record id, 'create', 'write' or 'delete', changes, transaction size)]
    :param renew: whether a message that waits for a person, or for another record, is sent again
    :param seconds: how long new messages wait, unless a change comes; one that waits already keeps its time
    :param window: how long messages wait for further changes of their record, counted from the first one; urgent ones
        do not wait
    :param hurry: whether urgent fields make a message urgent
    """
    if not wanted:
        return
    entity = stream._entity()
    urgent = env["retail.sync.ownership.rule"]._urgent(stream.connection_id, stream.entity) if hurry else ()
    # Times are cut to whole seconds: one more, and a window is never shorter than it says.
    gathered = window + 1 if window else 0
    lanes = {}
    values = []
    for res_id, op, changes, size in wanted:
        chosen = lane or lane_of(None if op == "create" else set(changes), urgent, stream.lane, size)
        wait = seconds or (0 if chosen == "critical" else gathered)
        lanes[chosen] = wait
        values.append(
            (
                stream.connection_id.id,
                stream.id,
                stream.company_id.id or None,
                chosen,
                stream.remote_object,
                of_delivery(entity._res_model, res_id).key(),
                "delete" if op == "delete" else "write",
                json.dumps(changes),
                entity._res_model,
                res_id,
                wait or None,
            )
        )
    env["retail.sync.message"].flush_model()
    table = AsIs(env[entity._res_model]._table)
    sets = env.cr.mogrify(COALESCE, {"lanes": list(LANE_ORDER), "table": table, "windowed": bool(window)}).decode()
    if not renew:
        sets += " WHERE retail_sync_message.state = 'pending'"
    execute_values(
        env,
        "INSERT INTO retail_sync_message (connection_id, stream_id, company_id, lane, remote_object, key, op,"
        " changes, res_model, res_id, next_try_at, kind, direction, state, team, attempts, coalesced, create_date,"
        " write_date)"
        " VALUES %s ON CONFLICT (stream_id, key)"
        f" WHERE state IN ({sql_list(WAITING_STATES)}) DO UPDATE SET " + sets.replace("%", "%%"),
        values,
        template="(%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s,"
        " date_trunc('second', now() AT TIME ZONE 'UTC') + %s::int * interval '1 second',"
        " 'delivery', 'out', 'pending', 'business', 0, 0,"
        " now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
        page_size=1000,
    )
    env["retail.sync.message"].invalidate_model()
    for chosen, wait in lanes.items():
        if stream._delivers(chosen):
            job_trigger.trigger_drain(env, stream, chosen, seconds=wait)


def note_items(env: Environment, stream, items):
    """Queue what a page of remote records leaves to be sent back: values that Odoo keeps, and our ids."""
    sendable = stream._entity()._sendable(stream)
    if not sendable:
        return
    wanted, fresh = [], []
    unsent = refused_fields.unsent(env, stream, {item.res_id for item in items if item.res_id})
    agreed = [item.res_id for item in items if item.res_id in unsent and item.outcome in _COMPARED]
    for item in items:
        left = unsent.get(item.res_id, {})
        due = {
            name
            for part, values in item.to_push.items()
            for name, value in values.items()
            if not _waits(stream, part, name, value, left)
        }
        if any(item.to_push.values()) and item.res_id in agreed:
            agreed.remove(item.res_id)
        if due & sendable:
            wanted.append((item.res_id, "write", dict.fromkeys(due, item.incoming.version), 1))
        elif item.outcome in ("created", "linked"):
            fresh.append((item.res_id, "write", {}, 1))
    enqueue(env, stream, wanted)
    enqueue(env, stream, fresh, lane="bulk")
    if agreed:
        refused_fields.end(env, stream, agreed)


def _waits(stream, part, name, value, unsent):
    """Tell whether a value is what the platform has refused, and a person has not decided about yet.

    Of a composite, one refused field is enough: the others were sent when it was refused.
    """
    composite = stream._entity()._spec().composites.get(name)
    if composite is None:
        return (part, name) in unsent and (unsent[part, name] or None) == (value or None)
    values = value if isinstance(value, list) else [None] * len(composite.fields)
    return any(
        (part, field) in unsent and (unsent[part, field] or None) == (found or None)
        for field, found in zip(composite.fields, values, strict=True)
    )
