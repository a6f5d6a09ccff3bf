"""The routing of captured changes, in turns: what people wait for in one job, mass changes by pages in another.

Changes are taken by deletion, never by a moving id: sequence numbers commit out of order. What is taken and what is
made of it commit together.
"""

import logging
import time
from collections import defaultdict

from psycopg2 import OperationalError

from odoo.api import Environment

from ...domain.resilience.lanes import BULK_FROM
from ...runtime.constants import PRECEDENCE_PRIORITY
from ...runtime.transactions import separate_transaction
from ..runs import job_trigger
from . import journal, parked, router, turn

_logger = logging.getLogger(__name__)

# A job that routes mass changes hands over after this long.
TARGET_SECONDS = 1.0
# When to look again for a mass change that another worker has begun.
HELD_SECONDS = 2


class _MassChangeError(Exception):
    """A step for small changes has met a mass change."""


def job_route(env: Environment):
    """Route what people wait for, in transactions of their own: this job's sees only what was there when it began.

    Mass changes are left to a job of their own, which runs in the channel of bulk work beside this one.
    """
    more = True
    while more:
        with separate_transaction(env, read_committed=True) as tx:
            job_trigger.coalesce(tx, "route")
            more, mass = route_step(tx(su=True))
            # What was committed since the look has a job of its own.
            if mass and not more:
                job_trigger.trigger(tx(su=True), "route_mass", lane="bulk")


def job_route_mass(env: Environment):
    """Route pages of mass changes for a moment, then hand over: other lanes get their turn.

    What waits is looked at once for all pages of the moment: of a million changes, a look takes as long as several.
    """
    waiting, until = None, 0.0
    while True:
        with separate_transaction(env, read_committed=True) as tx:
            tx = tx(su=True)
            job_trigger.coalesce(tx, "route_mass")
            if not turn.lock_mass(tx):
                # The worker that has the lock may have looked before the latest change was committed.
                job_trigger.trigger(tx, "route_mass", lane="bulk", seconds=HELD_SECONDS)
                return
            if waiting is None:
                waiting, until = look_for_mass(tx), time.monotonic() + TARGET_SECONDS
            waiting = route_mass_page(tx, waiting)
            if waiting.mass and time.monotonic() > until:
                job_trigger.trigger(tx, "route_mass", lane="bulk")
                return
        if not waiting.mass:
            return


def route_small(env: Environment, limit=turn.SMALL_PER_STEP):
    """Route the next changes that are no mass change; return whether there were as many as one step takes."""
    return route_step(env, limit)[0]


def route_step(env: Environment, limit=turn.SMALL_PER_STEP):
    """Route the next changes that are no mass change; return (whether the step was full, whether mass changes wait)."""
    by_model = _streams_by_model(env)
    taken = None
    while taken is None:
        waiting = turn.look(env)
        if not waiting.small:
            # To look for them among a million others would take as long as the look did.
            return False, bool(waiting.mass)
        taken = _take_small(env, waiting, _urgent_names(env, waiting.names, by_model), limit)
    _route_taken(env, by_model, taken)
    return len(taken) == limit, bool(waiting.mass)


def _take_small(env: Environment, waiting, urgent, limit):
    """Take the next small changes; None, with nothing taken, where a mass change was committed since the look.

    What such a step would leave of it could look like a small transaction.
    """
    try:
        with env.cr.savepoint(flush=False):
            taken = turn.take_small(env, waiting, urgent, limit)
            if any(change.size >= BULK_FROM for change in taken):
                raise _MassChangeError
    except _MassChangeError:
        return None
    return taken


def route_mass(env: Environment, limit=turn.MASS_PER_STEP):
    """Route a page of the next mass change, under `turn.lock_mass`; return whether mass changes are left."""
    return bool(route_mass_page(env, look_for_mass(env), limit).mass)


def look_for_mass(env: Environment):
    """Return what waits, with the mass changes of streams that go first at the head, and of those the oldest."""
    return _in_precedence(turn.look(env), _streams_by_model(env))


def route_mass_page(env: Environment, waiting, limit=turn.MASS_PER_STEP):
    """Route a page of the mass change at the head of what waits, under `turn.lock_mass`; return what waits then."""
    taken = turn.take_mass(env, waiting, limit)
    _route_taken(env, _streams_by_model(env), taken)
    return turn.after(waiting, len(taken), limit)


def _in_precedence(waiting, by_model):
    """Return what waits with the mass changes of streams that go first at the head, else the oldest first."""

    def rank(entry):
        found = [PRECEDENCE_PRIORITY[stream.precedence] for stream in by_model.get(entry[0], ())]
        return min(found, default=0)

    return waiting._replace(mass=sorted(waiting.mass, key=rank))


def _streams_by_model(env: Environment):
    """Return {model: streams that send its records}."""
    streams = env["retail.sync.stream"]._sending().filtered(lambda stream: stream.state != "draft")
    return streams.grouped(lambda stream: stream._entity()._res_model)


def _urgent_names(env: Environment, names, by_model):
    """Return those of the (model, names) of changes that concern a field which is urgent on one of the streams."""
    found = set()
    for model, streams in by_model.items():
        texts = {text for name, text in names if name == model and text}
        if not texts:
            continue
        for of_entity in streams.grouped("entity").values():
            urgent = set().union(*env["retail.sync.ownership.rule"]._urgent_of(of_entity).values())
            named = of_entity[0]._entity()._fields_named(texts)
            found |= {(model, text) for text in texts if named[text] & urgent}
    return found


def _route_taken(env: Environment, by_model, taken):
    """Let journals note changes that were taken, and make messages of them."""
    journals = env["retail.sync.journal"]._kept() if taken else []
    changes_of = defaultdict(list)
    for change in taken:
        changes_of[change.model].append(change[1:])
    for model, changes in changes_of.items():
        if isinstance(env[model], env.registry["retail.sync.cause.mixin"]):
            env[model]._take_causes(list(dict.fromkeys((change[0], change[2]) for change in changes)))
            continue
        res_ids = {change[0] for change in changes}
        # Before the messages: what is sent may be what the journal says.
        journal.note(env, model, changes, journals)
        for streams in by_model[model].grouped("entity").values() if model in by_model else ():
            concerned = _concerned(env, streams, res_ids)
            for stream in concerned:
                router.route_guarded(env, stream, changes)
            parked.release_about(env, (streams - concerned).connection_id, model, sorted(res_ids))


def _concerned(env: Environment, streams, res_ids):
    """Return the streams that changes of these records may concern; all of them where that cannot be decided."""
    if len(streams) == 1:
        return streams
    try:
        with env.cr.savepoint():
            return streams[0]._entity()._concerned(streams, res_ids)
    except OperationalError:
        raise
    except Exception:
        # A record that cannot be read is found, and made an exception, when it is routed.
        _logger.warning("It is not known which streams changes concern; all are asked", exc_info=True)
        return streams
