"""The end of a page: what failed becomes a message, what succeeded closes its own."""

from collections.abc import Callable, Mapping
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical.schema import PART_MAIN
from ...domain.security.masking import FieldClass
from ...domain.values.text import storable
from ...runtime.constants import OPEN_MESSAGE_STATES
from ..exceptions import exception_queue
from ..exceptions.subject import Subject, records_domain
from ..mapping import sensitivity, write_guard
from ..mapping.item import Outcome, Reconciled
from ..outbox import retry_out

# Code of the exception for a record under review, by the identity rule that decided so.
REVIEW_CODES = {
    "twin": "TWIN",
    "new": "NEW_RECORD",
    "internal": write_guard.PROTECTED,
    "undone": "UNDONE",
    "claim": "CLAIMED_ID",
}


def file_outcomes(env: Environment, stream: models.BaseModel, items: list[Reconciled], run: models.BaseModel) -> None:
    """Open or renew a message for each item that needs attention; close those of all others.

    The page's open messages take one query, however many records failed.
    """
    # The outcome of records that are read again is not known yet.
    by_key = {item.incoming.external_id: item for item in items if item.outcome is not Outcome.stale}
    open_messages = env["retail.sync.message"].search(
        [("stream_id", "=", stream.id), *records_domain(by_key), ("state", "in", list(OPEN_MESSAGE_STATES))]
    )
    message_of = {message.external_id: message for message in open_messages}
    needing = {
        key: item
        for key, item in by_key.items()
        if item.outcome in (Outcome.failed, Outcome.review) or item.conflicts or item.fault is not None
    }
    candidates = {key: _candidates(item, by_key) for key, item in needing.items()}
    classes = sensitivity.of_stream(env, stream) if needing else {}
    titled = sensitivity.title_masker(env, stream)
    new, attention = [], []
    for key, item in needing.items():
        if PART_MAIN in item.bound:
            attention.append(item.bound[PART_MAIN].id)
        vals = _vals(env, stream, item, candidates[key], run, classes, titled)
        held = message_of.pop(key, None)
        if held:
            held.write(dict(vals, attempts=held.attempts + 1, next_try_at=False))
        else:
            new.append(vals)
    exception_queue.create_open(env, new)
    solved = env["retail.sync.message"].union(*message_of.values())
    if solved:
        solved._resolve(env._("Processed successfully"))
        _name_reviewers(env, solved)
        through = [by_key[key].res_id for key in message_of if by_key[key].res_id]
        retry_out.send_reconciled(env, stream, through, {message.fault_code or "" for message in solved})
    if attention:
        env["retail.sync.link"].browse(attention).write({"state": "attention"})


def _name_reviewers(env: Environment, solved: models.BaseModel) -> None:
    """Note on reviews that people answered who ended them: the job that applies an answer has another user."""
    reviews = solved.filtered(lambda message: message.kind == "review")
    if not reviews:
        return
    latest = (
        env["retail.sync.match.decision"]
        .sudo()
        ._latest((review.connection_id.id, review.remote_object, review.external_id) for review in reviews)
    )
    ended_by = {}
    for review in reviews:
        decision = latest.get((review.connection_id.id, review.remote_object, review.external_id))
        # An answer from before this review was asked ended another one.
        if decision and decision.person_id and decision.person_on >= review.create_date.replace(microsecond=0):
            ended_by[review] = decision.person_id
    for person in set(ended_by.values()):
        env["retail.sync.message"].union(*(review for review, found in ended_by.items() if found == person)).write(
            {"resolved_by": person.id}
        )


def _vals(
    env: Environment,
    stream: models.BaseModel,
    item: Reconciled,
    candidates: list[dict[str, Any]],
    run: models.BaseModel,
    classes: Mapping[str, FieldClass],
    titled: Callable[[Any], str | None],
) -> dict[str, Any]:
    incoming, entity = item.incoming, stream._entity()
    code, fault_class, text = _fault(env, item)
    rule = env["retail.sync.fault.rule"]._match(stream.connection_id.system, code, text)
    review = {"asked_rule": False, "asked_agrees": False}
    if item.outcome is Outcome.review:
        review = env["retail.sync.message"]._review_vals(item.rule, candidates)
    res_id = item.linked_id or 0
    candidates = [{name: found[name] for name in found if name != "name"} for found in candidates]
    return {
        "connection_id": stream.connection_id.id,
        "stream_id": stream.id,
        "run_id": run.id if run else False,
        "remote_object": stream.remote_object,
        **Subject("review" if item.outcome is Outcome.review else "record", external_id=incoming.external_id).vals(),
        "title": storable(titled(entity._title_of(item.main))) or False,
        "version": incoming.version,
        "payload": storable(incoming.payload),
        "state": "review" if item.outcome is Outcome.review else "open",
        "fault_code": code,
        "fault_message": storable(sensitivity.text_about(text, payload=incoming.payload, classes=classes)),
        "rule_id": rule.id,
        **exception_queue.kind(rule, fault_class),
        "conflicts": [
            {"part": part, "field": found.field, "odoo": found.local, "remote": found.remote}
            for part, found in zip(item.conflict_parts, item.conflicts, strict=True)
        ]
        or False,
        "candidates": candidates or False,
        **review,
        "correlation_id": run.correlation_id if run else False,
        "res_model": entity._res_model if res_id else False,
        "res_id": res_id,
        **entity._message_vals(item),
    }


def _fault(env: Environment, item: Reconciled) -> tuple[str, str, str]:
    """Return (code, fault class, text) of an item that needs attention."""
    if item.outcome is Outcome.review:
        return REVIEW_CODES.get(item.rule, "POSSIBLE_DUPLICATE"), "duplicate", item.reason or ""
    if item.fault is not None:
        return item.fault.code or "UNKNOWN", str(item.fault.fault_class), item.fault.message
    # The values stand in fields that only a steward may read: this text is in the list of every operator.
    labels = dict(env["retail.sync.ownership.rule"]._selection_canonical_field())
    names = sorted({labels.get(found.field, found.field) for found in item.conflicts})
    text = env._("Both sides changed: %s. Compare the values and choose which of them counts.", ", ".join(names))
    return "CONFLICT", "conflict", text


def _candidates(item: Reconciled, by_key: dict[str, Reconciled]) -> list[dict[str, Any]]:
    """Return the candidates of an item, with the record of the same page that it looks like."""
    other = by_key.get(item.same_page_candidate) if item.same_page_candidate else None
    if other is not None and other is not item and other.res_id:
        candidate = {"id": other.res_id, "reasons": [item.reason]}
        for fall in item.decision.waterfalls if item.decision else ():
            if fall.candidate_id == item.same_page_candidate:
                candidate["evidence"] = fall.to_json()
        return [*item.candidates, candidate]
    return item.candidates
