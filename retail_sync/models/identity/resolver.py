"""Decide who each unknown record of a page is, before anything is created.

This is the seam of identity: `decide_page` takes items and sets on each an outcome (link, create, review), a rule and a
reason. The decision behind this seam can be replaced.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.canonical.schema import PART_MAIN
from ...domain.identity.blocking.memory_index import BlockingIndex
from ...domain.identity.decide.decision import CREATE, LINK, REVIEW, Decision, decide
from ...domain.identity.decide.protected_candidates import decide_beside
from ...domain.identity.normalise.features import Features, prepare
from ...domain.identity.normalise.record import PERSON
from ..customer import internal_partners
from ..links import key_identity, lookups
from ..links.dry_run_record import DryRun
from ..mapping.item import Outcome
from . import announcements, claims, dry_run_index, index, value_counts
from .evidence_labels import decision_text, words
from .reason_texts import rule_texts

# Candidates that a decision keeps.
SHOWN = 5
# Fault codes of reviews whose rule is more specific than "asked".
REVIEW_RULES = {"TWIN": "twin", "INTERNAL_PARTNER": "internal", "UNDONE": "undone", "CLAIMED_ID": claims.DOUBTFUL}


class OpenReview(NamedTuple):
    """Open review of a record.

    ``version``: version of the record in milliseconds; ``candidates``: as a message stores them.
    """

    version: int
    fault_code: str
    fault_message: str
    candidates: list | None


def decide_page(
    env: Environment,
    stream: models.BaseModel,
    items: Iterable[Any],
    decision: str | None = None,
    dry: DryRun | None = None,
) -> None:
    """Decide about every item that has no link, with one look-up for the page.

    :param decision: 'create' when a person has already decided so
    :param dry: a dry run, whose decisions are not kept, and what its earlier pages have decided
    :raises RetryableJobError: when another worker is deciding about one of the customers at this moment
    """
    unknown = [item for item in items if PART_MAIN not in item.bound]
    if not unknown:
        return
    if decision == "create":
        deciders = _deciders(env, stream, unknown)
        for item in unknown:
            name = deciders.get(item.incoming.external_id) or env.user.name
            item.outcome, item.rule, item.reason = Outcome.create, "person", env._("Decided by %s", name)
    else:
        _decide_by_evidence(env, stream, unknown, dry)


def _decide_by_evidence(
    env: Environment, stream: models.BaseModel, unknown: list[Any], dry: DryRun | None = None
) -> None:
    """Decide by the evidence that the records and the customers in Odoo are the same.

    :raises RetryableJobError: when another worker is deciding about one of the customers at this moment
    """
    # The outcome must not depend on the order of arrival within a page.
    unknown.sort(key=lambda item: item.incoming.external_id)
    carried = key_identity.carried_ids(env, stream, unknown, dry)
    su_env = env(su=True)
    parents = _parent_names(env, unknown, dry)
    default_country = stream.connection_id.default_country_id.code or ""
    for item in unknown:
        item.features = prepare(index.of_item(item, parents.get(item.target_of("parent"), ""), default_country))
    keys = [index.keys_of(item.features) for item in unknown]
    wanted = [item.features for item in unknown]
    rivals = {} if dry else announcements.announce(su_env, wanted, keys)
    hits, found = index.look_up(su_env, wanted, stream.connection_id.company_id.id or 0, keys, dry)
    frequencies = value_counts.frequencies(su_env, wanted)
    model = env["retail.sync.match.model"].sudo()._active()
    linked = _linked_ids(env, stream, found)
    if dry:
        linked |= dry.linked(stream, found)
    internal = internal_partners.internal_ids(env, {*found, *carried.values()})
    non_matches = (
        env["retail.sync.non.match"].sudo()._of_records(stream, [item.incoming.external_id for item in unknown])
    )
    claimed = claims.examine(env, stream, unknown, carried, non_matches)
    reviews = _open_reviews(env, stream, unknown)
    page, new_items = BlockingIndex(), {}
    for number, item in enumerate(unknown):
        external_id = item.incoming.external_id
        claim = claimed.get(external_id)
        if claim and claim.rule:
            item.outcome, item.rule, item.reason = Outcome.review, claim.rule, claim.reason
            item.candidates = [{"id": claim.res_id, "reasons": [claim.reason]}] if claim.shown else []
            continue
        if claim:
            item.res_id, item.outcome = claim.res_id, Outcome.link
            item.rule, item.reason = "external_id", env._("The record carries this customer's Odoo id.")
            continue
        if number in rivals and decide(item.features, rivals[number], model, frequencies).kind != CREATE:
            raise RetryableJobError("Another worker is deciding about this customer", seconds=2, ignore_retry=True)
        excluded = non_matches.get(external_id, ())
        candidates = [found[partner_id] for partner_id in hits.get(number, ()) if partner_id not in excluded]
        candidates += page.candidates(item.features)
        # The platform keeps this record and those of its other customers as separate records.
        separate = {*linked, *new_items}

        def among(chosen: Iterable[Features], item: Any = item, separate: Collection[Any] = separate) -> Decision:
            return decide(item.features, chosen, model, frequencies, separate)

        item.decision = decide_beside(candidates, internal, among)
        _apply_decision(env, item, found, linked, new_items, internal)
        review = reviews.get(external_id)
        undone = review is not None and review.fault_code == "UNDONE"
        if undone or (item.outcome == "create" and review and review.version >= item.incoming.version):
            # A review stays open until a person answers it, or the record itself changes.
            item.outcome, item.rule = Outcome.review, REVIEW_RULES.get(review.fault_code, "asked")
            item.res_id, item.reason = None, review.fault_message
            item.candidates = (undone and item.candidates) or review.candidates or []
        if item.outcome == "create":
            page.add(item.features)
            new_items[external_id] = item
    _refuse_shared_targets(env, unknown)
    if dry:
        # Pages of a dry run follow each other, and no decision of it is made.
        return
    _expect_visible(env, unknown)
    env["retail.sync.match.decision"].sudo()._note(stream, unknown)


def _expect_visible(env: Environment, items: Iterable[Any]) -> None:
    """Check that this transaction can write the decisions.

    The look-up sees customers committed by now, this transaction only customers committed before it began. A customer
    that another worker created in between is found, but cannot be written or referred to.

    :raises RetryableJobError: when such a customer is to be linked, or is a candidate of a review
    """
    needed = {item.res_id for item in items if item.outcome == LINK}
    needed |= {candidate["id"] for item in items for candidate in item.candidates}
    if not needed:
        return
    rows = env.execute_query(SQL("SELECT id FROM res_partner WHERE id = ANY(%s)", sorted(needed)))
    invisible = needed - {partner_id for (partner_id,) in rows}
    for item in items if invisible else ():
        named = {item.res_id} | {candidate["id"] for candidate in item.candidates}
        if item.outcome != "create" and named & invisible:
            raise RetryableJobError("Another worker created this customer just now", seconds=1, ignore_retry=True)
        item.candidates = [candidate for candidate in item.candidates if candidate["id"] not in invisible]


def _open_reviews(env: Environment, stream: models.BaseModel, items: Iterable[Any]) -> dict[str, OpenReview]:
    """Return {external id: OpenReview} of the records that wait for a review."""
    env["retail.sync.message"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT external_id, version, fault_code, fault_message, candidates FROM retail_sync_message"
            " WHERE stream_id = %s AND external_id = ANY(%s) AND state = 'review'"
            " AND fault_code IN ('POSSIBLE_DUPLICATE', 'TWIN', 'INTERNAL_PARTNER', 'UNDONE', 'CLAIMED_ID')",
            stream.id,
            [item.incoming.external_id for item in items],
        )
    )
    return {key: OpenReview(version or 0, *rest) for key, version, *rest in rows}


def _apply_decision(
    env: Environment,
    item: Any,
    found: Mapping[int, Features],
    linked: Collection[int],
    new_items: Mapping[str, Any],
    internal: Collection[int] = (),
) -> None:
    """Set the decision on an item, unless links or companies in Odoo give a reason for a review.

    :param found: {partner id: Features} of the candidates in Odoo
    :param linked: ids of candidates that have a record of this connection
    :param new_items: {external id: item} of earlier records of the page that will be created
    :param internal: ids of candidates that are partners of internal users or own companies
    """
    decision = item.decision
    item.outcome, item.rule, item.reason = Outcome(decision.kind), decision.rule, decision_text(env, decision)
    if decision.kind == LINK:
        doubt = _doubt(env, item, decision.candidate_id, found, linked, new_items)
        if decision.candidate_id in internal:
            doubt = "internal", internal_partners.reason(env)
        if doubt:
            item.outcome, (item.rule, item.reason) = Outcome.review, doubt
        else:
            item.res_id = decision.candidate_id
    if item.outcome == REVIEW and decision.suggestions and decision.suggestions[0] in internal:
        item.rule, item.reason = "internal", internal_partners.reason(env)
    if item.outcome == REVIEW:
        item.same_page_candidate = next((id_ for id_ in decision.suggestions if id_ in new_items), None)
        if item.same_page_candidate is not None and decision.suggestions[0] in new_items:
            item.rule = "twin"
    if item.outcome == CREATE and not (decision.waterfalls and _is_plausible(decision.waterfalls[0])):
        return
    item.candidates = [
        # Which values of a colleague agree is not shown: the review can only end in another customer.
        {"id": waterfall.candidate_id, "reasons": [internal_partners.reason(env)]}
        if waterfall.candidate_id in internal
        else {"id": waterfall.candidate_id, "reasons": _reasons(env, waterfall), "evidence": waterfall.to_json()}
        for waterfall in decision.waterfalls[:SHOWN]
        if waterfall.candidate_id in found
        and (waterfall.candidate_id in decision.suggestions or item.outcome != REVIEW)
    ]


def _doubt(
    env: Environment,
    item: Any,
    candidate_id: Any,
    found: Mapping[int, Features],
    linked: Collection[int],
    new_items: Mapping[str, Any],
) -> tuple[str, str] | None:
    """Return (rule, reason) why a person must review a link in spite of the evidence, or None."""
    reason = decision_text(env, item.decision)
    if candidate_id in new_items:
        return "twin", env._("This record resembles another record of the same page: %s", reason)
    if candidate_id in linked:
        return "already_bound", env._(
            "This record resembles a customer that is already linked to another record. %s", reason
        )
    parent_id = found[candidate_id].parent
    if item.features.kind == PERSON and parent_id and parent_id != item.target_of("parent"):
        if item.target_of("parent"):
            return "other_company", env._("The person belongs to a different company in Odoo. %s", reason)
        if item.main.get("parent"):
            return "parent_missing", env._(
                "The company of the person is not in Odoo yet, so the companies cannot be compared. %s",
                reason,
            )
    return None


def _parent_names(env: Environment, items: Iterable[Any], dry: DryRun | None = None) -> dict[int, str]:
    """Return {partner id: name} of the items' parents, the planned ones of a dry run included."""
    ids = sorted({found for item in items if (found := item.target_of("parent"))})
    if not ids:
        return {}
    env["res.partner"].flush_model(["name"])
    names = dict(env.execute_query(SQL("SELECT id, name FROM res_partner WHERE id = ANY(%s)", ids)))
    return names | (dry_run_index.names(dry, ids) if dry else {})


def _linked_ids(env: Environment, stream: models.BaseModel, partner_ids: Collection[int]) -> set[int]:
    """Return ids of those partners that already have a primary link on this connection."""
    if not partner_ids:
        return set()
    links = lookups.primary_links(env, stream.connection_id, "res.partner", partner_ids, role=stream.role)
    return set(links.mapped("res_id"))


def _refuse_shared_targets(env: Environment, items: Iterable[Any]) -> None:
    """Send later records of a page to review when an earlier record is linked to the same customer."""
    linked = set()
    for item in items:
        if item.outcome != "link":
            continue
        if item.res_id in linked:
            item.candidates = [candidate for candidate in item.candidates if candidate["id"] == item.res_id] or [
                {"id": item.res_id, "reasons": [item.reason]}
            ]
            item.outcome, item.res_id, item.rule = Outcome.review, None, "twin"
            item.reason = env._("Another record of the same page was linked to this customer.")
        else:
            linked.add(item.res_id)


def _deciders(env: Environment, stream: models.BaseModel, items: Iterable[Any]) -> dict[str, str]:
    """Return {external id: name of the person who decided}: the job that applies the decision has another user."""
    latest = (
        env["retail.sync.match.decision"]
        .sudo()
        ._latest((stream.connection_id.id, stream.remote_object, item.incoming.external_id) for item in items)
    )
    return {external_id: decision.person_id.name for (_connection, _object, external_id), decision in latest.items()}


def _is_plausible(waterfall: Any) -> bool:
    """Return whether the evidence reaches the review threshold, so that people may ask why there is no link."""
    return waterfall.score >= waterfall.review_threshold


def _reasons(env: Environment, waterfall: Any) -> list[str]:
    """Return sentences for and against a candidate: vetoes first, then the parts with the most weight."""
    texts = rule_texts(env)
    fields, levels = words(env)
    parts = sorted((part for part in waterfall.parts if part.field != "prior"), key=lambda part: -abs(part.weight))
    return [texts.get(veto.rule, veto.rule) for veto in waterfall.vetoes] + [
        f"{fields.get(part.field, part.field)}: {levels.get(part.level, part.level)} ({part.weight / 100:+.1f})"
        for part in parts[:6]
    ]
