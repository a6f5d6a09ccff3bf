"""One answer of a person to many questions of one kind: planned, then carried out as far as it is still true."""

from collections.abc import Iterable
from typing import Any

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.api import Environment

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.canonical.schema import PART_MAIN
from ...domain.identity.bulk_review import CREATE, LINK, NON_MATCH, SECOND, Question, plan, score_of
from ...runtime.constants import LANE_PRIORITY, channel
from ..links import lookups
from ..runs import refresh_queue

# Up to here a person waits for it; what is more goes through jobs of this size, one after the other.
AT_ONCE = 50


def as_seen(messages: Any) -> Any:
    """Return what a person sees of questions: [[id, version, first suggestion]]."""
    return [[message.id, message.version, message._first_suggestion()] for message in messages]


def plan_answer(env: Environment, answer: Any, messages: Any, seen: Any) -> Any:
    """Return the domain's plan for these questions as they are now; three queries, however many there are.

    :param seen: what `as_seen` returned when the person began
    """
    shown = {message_id: (version, suggestion) for message_id, version, suggestion in seen}
    messages = messages.exists()
    may_answer = messages._filtered_access("write")
    partner_model = env["res.partner"].with_context(active_test=False)
    there = partner_model.browse({message._first_suggestion() for message in may_answer} - {0}).exists()
    writable = set(there._filtered_access("write").ids)
    linked = _linked(env, may_answer.connection_id, there)
    bound = _bound(env, may_answer)
    questions = []
    for message in messages:
        if message not in may_answer:
            questions.append(Question(message.id, 0, may_answer=False))
            continue
        suggestion, connection_id = message._first_suggestion(), message.connection_id.id
        questions.append(
            Question(
                message.id,
                connection_id,
                suggestion=suggestion if suggestion in there._ids else None,
                score=score_of(message.candidates),
                is_open=message._is_question()
                and (connection_id, message.remote_object, message.external_id) not in bound,
                as_seen=shown.get(message.id) == (message.version, suggestion),
                may_link=suggestion in writable,
                linked=(connection_id, suggestion) in linked,
            )
        )
    return plan(answer, questions)


def _linked(env: Environment, connections: Any, partners: Any) -> Any:
    """Return {(connection id, customer id)} of customers that stand for a record there already."""
    links = lookups.primary_links(env(su=True), connections, "res.partner", partners.ids)
    return {(link.connection_id.id, link.res_id) for link in links}


def _bound(env: Environment, messages: Any) -> Any:
    """Return {(connection id, object, external id)} of these records that are linked to something by now."""
    rows = (
        env["retail.sync.link"]
        .sudo()
        ._read_group(
            [
                ("connection_id", "in", messages.connection_id.ids),
                ("external_id", "in", messages.mapped("external_id")),
                ("part", "=", PART_MAIN),
            ],
            ["connection_id", "remote_object", "external_id"],
        )
    )
    return {(connection.id, remote_object, external_id) for connection, remote_object, external_id in rows}


def answer_all(env: Environment, answer: Any, messages: Any, seen: Any, lane: str = "critical") -> Any:
    """Answer these questions as far as it still holds; return ({messages answered}, {why: number left out}).

    What another transaction holds at this moment is left alone: somebody is answering it.

    :raises psycopg2.errors.UniqueViolation: when somebody linked one of the customers meanwhile; nothing is done
    """
    env["retail.sync.message"]._require_steward()
    free = messages.exists().try_lock_for_update()
    found = plan_answer(env, answer, free, seen)
    chosen = env["retail.sync.message"].browse(found.chosen)
    if chosen:
        {LINK: _link, SECOND: _second, CREATE: create, NON_MATCH: _non_matches}[answer](env, chosen, lane)
    skipped = {why: len(ids) for why, ids in found.skipped.items()}
    if busy := len(messages) - len(free):
        skipped["answered"] = skipped.get("answered", 0) + busy
    return chosen, skipped


def _second(env: Environment, messages: Any, lane: str) -> None:
    """Note each record as a second one of the customer: it is known from now on, and writes nothing."""
    _link(env, messages, lane, is_primary=False, state="merged")


def _link(env: Environment, messages: Any, lane: str, **kind: str) -> None:
    now = fields.Datetime.now()
    reason = env._("Decided by %s", env.user.name)
    with env.cr.savepoint():
        env["retail.sync.link"].sudo().create(
            [
                {
                    "connection_id": message.connection_id.id,
                    "stream_id": message.stream_id.id,
                    "remote_object": message.remote_object,
                    "external_id": message.external_id,
                    "part": PART_MAIN,
                    "res_model": "res.partner",
                    "res_id": message._first_suggestion(),
                    "rule": "person",
                    "reason": reason,
                    "linked_at": now,
                    **kind,
                }
                for message in messages
            ]
        )
    chosen = {message.id: message._first_suggestion() for message in messages}
    env["retail.sync.match.decision"].sudo()._persons_decided(messages, "link", chosen)
    messages._retry(lane)


def create(env: Environment, messages: Any, lane: str) -> None:
    _record_non_matches(env, messages, "create")
    for stream, own in messages.grouped("stream_id").items():
        refresh_queue.enqueue_ids(env(su=True), stream, sorted(own.mapped("external_id")), lane=lane, decision="create")
    messages.write({"state": "retrying", "next_try_at": False})


def _non_matches(env: Environment, messages: Any, lane: str) -> None:
    _record_non_matches(env, messages, "non_match")
    messages._retry(lane)


def _record_non_matches(env: Environment, messages: Any, what: Any) -> None:
    """Remember that each of these records is none of the customers suggested for it."""
    pairs = [(int(found["id"]), message) for message in messages for found in message.candidates or []]
    env["retail.sync.non.match"].sudo()._say_all(pairs)
    env["retail.sync.match.decision"].sudo()._persons_decided(messages, what)


def enqueue(env: Environment, answer: Any, message_ids: Iterable[int], seen: Any, wizard_id: Any = None) -> None:
    """Queue the next part of a long answer. It runs as the person who answers, with that person's rights."""
    env["retail.sync.review.jobs"].with_delay(
        channel=channel("standard"),
        priority=LANE_PRIORITY["standard"],
        max_retries=0,
        description=env._("Answer %s questions", len(message_ids)),
    )._job_answer(answer, message_ids, seen, wizard_id)


def job_answer(env: Environment, answer: Any, message_ids: Iterable[int], seen: Any, wizard_id: Any = None) -> None:
    """Answer a part, then queue the rest: parts that ran side by side would wait for one another's rows."""
    part, rest = message_ids[:AT_ONCE], message_ids[AT_ONCE:]
    messages = env["retail.sync.message"].browse(part)
    try:
        done, skipped = answer_all(env, answer, messages, seen, lane="standard")
    except UniqueViolation as error:
        raise RetryableJobError("Somebody linked one of these customers", seconds=2, ignore_retry=True) from error
    wizard = env["retail.sync.bulk.review"].browse(wizard_id or []).exists()
    wizard._went_on(len(done), skipped, ended=not rest)
    if rest:
        enqueue(env, answer, rest, [row for row in seen if row[0] in set(rest)], wizard_id)
