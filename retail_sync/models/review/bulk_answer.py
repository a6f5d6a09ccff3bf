"""Apply one answer of a person to many reviews: plan it, then apply it to the reviews that have not changed.

``seen`` is what the person saw: [[message id, version of the record, first suggested customer id]].
"""

from collections.abc import Sequence

from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.api import Environment

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.canonical.schema import PART_MAIN
from ...domain.identity.bulk_review import CREATE, LINK, NON_MATCH, SECOND, Plan, Review, plan, score_of
from ...runtime.constants import LANE_PRIORITY, channel
from ..customer import internal_partners
from ..links import lookups
from ..runs import refresh_queue
from .manual_decision import link_vals

# Up to so many reviews are answered while the person waits; more are answered by successive jobs of this size.
AT_ONCE = 50


def as_seen(messages: models.BaseModel) -> list[list]:
    """Return what a person sees of reviews: [[message id, version, first suggested customer id]]."""
    return [[message.id, message.version, message._first_suggestion()] for message in messages]


def plan_answer(env: Environment, answer: str, messages: models.BaseModel, seen: Sequence[Sequence]) -> Plan:
    """Return the plan for these reviews in their current state, with three queries for any number of reviews.

    :param answer: a code of ``domain.identity.bulk_review``
    :param seen: the result of `as_seen` when the person began
    """
    shown = {message_id: (version, suggestion) for message_id, version, suggestion in seen}
    messages = messages.exists()
    # The role is checked by the caller; a review that hides with its customer is none to be answered.
    may_answer = messages._filtered_access("read")
    partner_model = env["res.partner"].with_context(active_test=False)
    partners = partner_model.browse({message._first_suggestion() for message in may_answer} - {0}).exists()
    writable = set(partners._filtered_access("write").ids) - internal_partners.internal_ids(env, partners.ids)
    linked = _linked_customers(env, may_answer.connection_id, partners)
    linked_records = _linked_records(env, may_answer)
    reviews = []
    for message in messages:
        if message not in may_answer:
            reviews.append(Review(message.id, 0, may_answer=False))
            continue
        suggestion, connection_id = message._first_suggestion(), message.connection_id.id
        reviews.append(
            Review(
                message.id,
                connection_id,
                suggestion=suggestion if suggestion in partners._ids else None,
                score=score_of(message.sudo().candidates),
                is_open=message._is_review()
                and (connection_id, message.remote_object, message.external_id) not in linked_records,
                as_seen=shown.get(message.id) == (message.version, suggestion),
                may_link=suggestion in writable,
                linked=(connection_id, suggestion) in linked,
            )
        )
    return plan(answer, reviews)


def _linked_customers(
    env: Environment, connections: models.BaseModel, partners: models.BaseModel
) -> set[tuple[int, int]]:
    """Return {(connection id, customer id)} of customers that already have a primary link."""
    links = lookups.primary_links(env(su=True), connections, "res.partner", partners.ids)
    return {(link.connection_id.id, link.res_id) for link in links}


def _linked_records(env: Environment, messages: models.BaseModel) -> set[tuple[int, str, str]]:
    """Return {(connection id, object, external id)} of those records that are linked by now."""
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


def answer_all(
    env: Environment, answer: str, messages: models.BaseModel, seen: Sequence[Sequence], lane: str = "critical"
) -> tuple[models.BaseModel, dict[str, int]]:
    """Answer the reviews that have not changed; return (answered messages, {code of a reason: number left out}).

    Reviews that another transaction has locked are left out: another user is answering them.

    :raises psycopg2.errors.UniqueViolation: when another user linked one of the customers meanwhile; nothing is done
    """
    env["retail.sync.message"]._require_steward()
    free = messages.exists().try_lock_for_update()
    planned = plan_answer(env, answer, free, seen)
    chosen = env["retail.sync.message"].browse(planned.chosen)
    if chosen:
        {LINK: _link, SECOND: _link_as_secondary, CREATE: create, NON_MATCH: _mark_non_matches}[answer](
            env, chosen, lane
        )
    skipped = {reason: len(ids) for reason, ids in planned.skipped.items()}
    if busy := len(messages) - len(free):
        skipped["answered"] = skipped.get("answered", 0) + busy
    return chosen, skipped


def _link_as_secondary(env: Environment, messages: models.BaseModel, lane: str) -> None:
    """Create a secondary link for each record: the record is known, and writes nothing to the customer."""
    _link(env, messages, lane, primary=False)


def _link(env: Environment, messages: models.BaseModel, lane: str, *, primary: bool = True) -> None:
    with env.cr.savepoint():
        env["retail.sync.link"].sudo().create(
            [link_vals(env, message, message._first_suggestion(), primary=primary) for message in messages]
        )
    chosen = {message.id: message._first_suggestion() for message in messages}
    env["retail.sync.match.decision"].sudo()._record_reviews(messages, "link", chosen)
    messages.sudo()._retry(lane)


def create(env: Environment, messages: models.BaseModel, lane: str) -> None:
    """Queue refreshes that create a new customer for each record, and mark the candidates as non-matches."""
    _record_non_matches(env, messages, "create")
    for stream, stream_messages in messages.grouped("stream_id").items():
        keys = sorted(stream_messages.mapped("external_id"))
        refresh_queue.enqueue_ids(env(su=True), stream, keys, lane=lane, decision="create")
    messages.sudo().write({"state": "retrying", "next_try_at": False})


def _mark_non_matches(env: Environment, messages: models.BaseModel, lane: str) -> None:
    _record_non_matches(env, messages, "non_match")
    messages.sudo()._retry(lane)


def _record_non_matches(env: Environment, messages: models.BaseModel, result: str) -> None:
    """Mark each record as a non-match of all its candidates, and record the result of its review."""
    pairs = [(int(candidate["id"]), message) for message in messages for candidate in message.sudo().candidates or []]
    env["retail.sync.non.match"].sudo()._mark_all(pairs)
    env["retail.sync.match.decision"].sudo()._record_reviews(messages, result)


def enqueue(
    env: Environment, answer: str, message_ids: list[int], seen: Sequence[Sequence], wizard_id: int | None = None
) -> None:
    """Queue the next part of a long answer; it runs with the rights of the person who answers."""
    env["retail.sync.review.jobs"].with_delay(
        channel=channel("standard"),
        priority=LANE_PRIORITY["standard"],
        max_retries=0,
        description=env._("Answer %s reviews", len(message_ids)),
    )._job_answer(answer, message_ids, seen, wizard_id)


def job_answer(
    env: Environment, answer: str, message_ids: list[int], seen: Sequence[Sequence], wizard_id: int | None = None
) -> None:
    """Answer a part of the reviews, then queue the rest: parallel parts would wait for each other's rows.

    :raises RetryableJobError: when another user linked one of the customers meanwhile
    """
    part, rest = message_ids[:AT_ONCE], message_ids[AT_ONCE:]
    messages = env["retail.sync.message"].browse(part)
    try:
        done, skipped = answer_all(env, answer, messages, seen, lane="standard")
    except UniqueViolation as error:
        raise RetryableJobError("Another user linked one of these customers", seconds=2, ignore_retry=True) from error
    wizard = env["retail.sync.bulk.review"].browse(wizard_id or []).exists()
    wizard._add_progress(len(done), skipped, ended=not rest)
    if rest:
        enqueue(env, answer, rest, [row for row in seen if row[0] in set(rest)], wizard_id)
