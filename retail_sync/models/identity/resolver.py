"""Who is this? One decision per unknown record, with its reason, before anything is created.

This is the seam: `decide_page` takes items and leaves on each an outcome (link, create,
review), a rule and a reason. The rule behind it may be replaced.
"""

from typing import NamedTuple

from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.canonical.schema import PART_MAIN
from ...domain.identity.blocking.exact_keys import match_keys
from ...domain.identity.blocking.memory_index import BlockingIndex
from ...domain.identity.decide.decision import CREATE, LINK, REVIEW, decide
from ...domain.identity.normalise.features import prepare
from ...domain.identity.normalise.record import PERSON
from ..links import key_identity, lookups
from ..mapping.item import Outcome
from . import announcements, index, value_counts
from .evidence_labels import decision_text, words
from .reason_texts import rule_texts

# Candidates that are kept with a decision.
SHOWN = 5
# Rules by which a question is filed under a code of its own.
REVIEW_RULES = {"TWIN": "twin"}


class Question(NamedTuple):
    """What a person is being asked about a record."""

    version: int
    fault_code: str
    fault_message: str
    candidates: list | None


def decide_page(env: Environment, stream, items, decision=None, run=None):
    """Decide for every item that has no link. One look-up for the page.

    :param decision: 'create' when a person decided already
    :param run: a dry run, whose claims are kept apart
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
        _decide_by_evidence(env, stream, unknown, dry=run is not None)
    if run is not None and decision is None:
        _claim(env, unknown, run)


def _claim(env: Environment, items, run):
    """Claim what proves who a record is: in a dry run a twin in an earlier page is known by that only."""
    new = [item for item in items if item.outcome == "create"]
    keys = [set(match_keys(item.main, parent_key=item.ref_of("parent"))) for item in new]
    claimed = env["retail.sync.dry.run.claim"]._claim(set().union(*keys), run)
    for item, own in zip(new, keys, strict=True):
        if claimed & own:
            item.outcome = Outcome.review
            item.reason = env._("Looks like another record of this load.")


def _decide_by_evidence(env: Environment, stream, unknown, dry=False):
    """Decide by what the records and our customers have in common.

    :raises RetryableJobError: when another worker is deciding about one of the customers at this moment
    """
    # The outcome must not depend on the order of arrival within a page.
    unknown.sort(key=lambda item: item.incoming.external_id)
    carried = key_identity.carried_ids(env, stream, unknown)
    su_env = env(su=True)
    parents = _parent_names(env, unknown)
    default_country = stream.connection_id.default_country_id.code or ""
    for item in unknown:
        item.features = prepare(index.of_item(item, parents.get(item.target_of("parent"), ""), default_country))
    keys = [index.keys_of(item.features) for item in unknown]
    wanted = [item.features for item in unknown]
    rivals = {} if dry else announcements.announce(su_env, wanted, keys)
    hits, found = index.look_up(su_env, wanted, stream.connection_id.company_id.id or 0, keys)
    frequencies = value_counts.frequencies(su_env, wanted)
    model = env["retail.sync.match.model"].sudo()._active()
    bound = _bound_ids(env, stream, found)
    non_matches = env["retail.sync.non.match"].sudo()._of_records(stream, [i.incoming.external_id for i in unknown])
    asked = _asked(env, stream, unknown)
    page, twins = BlockingIndex(), {}
    for number, item in enumerate(unknown):
        external_id = item.incoming.external_id
        if external_id in carried:
            item.res_id, item.outcome = carried[external_id], Outcome.link
            item.rule, item.reason = "external_id", env._("The record carries this customer's Odoo id.")
            continue
        if number in rivals and decide(item.features, rivals[number], model, frequencies).kind != CREATE:
            raise RetryableJobError("Another worker has this customer in hand", seconds=2, ignore_retry=True)
        others = non_matches.get(external_id, ())
        candidates = [found[one] for one in hits.get(number, ()) if one not in others]
        candidates += page.candidates(item.features)
        item.decision = decide(item.features, candidates, model, frequencies)
        _apply_decision(env, item, found, bound, twins)
        question = asked.get(external_id)
        if item.outcome == "create" and question and question.version >= item.incoming.version:
            # A question stays until somebody answers it, or the record itself changes.
            item.outcome, item.rule = Outcome.review, REVIEW_RULES.get(question.fault_code, "asked")
            item.reason, item.candidates = question.fault_message, question.candidates or []
        if item.outcome == "create":
            page.add(item.features)
            twins[external_id] = item
    _refuse_shared_targets(env, unknown)
    _expect_visible(env, unknown)
    env["retail.sync.match.decision"].sudo()._note(stream, unknown)


def _expect_visible(env: Environment, items):
    """See to it that what was decided can be written in this transaction.

    The look-up sees what is committed by now, this transaction what was committed when it began: a customer
    that another worker made in between can be found, and not yet be written or referred to.

    :raises RetryableJobError: when a record is to be linked to such a customer, or somebody is to be asked about it
    """
    wanted = {item.res_id for item in items if item.outcome == LINK}
    wanted |= {one["id"] for item in items for one in item.candidates}
    if not wanted:
        return
    rows = env.execute_query(SQL("SELECT id FROM res_partner WHERE id = ANY(%s)", sorted(wanted)))
    unseen = wanted - {partner_id for (partner_id,) in rows}
    for item in items if unseen else ():
        named = {item.res_id} | {one["id"] for one in item.candidates}
        if item.outcome != "create" and named & unseen:
            raise RetryableJobError("Another worker made this customer just now", seconds=1, ignore_retry=True)
        item.candidates = [one for one in item.candidates if one["id"] not in unseen]


def _asked(env: Environment, stream, items):
    """Return {external id: Question} of records about which a person is being asked."""
    env["retail.sync.message"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT external_id, version, fault_code, fault_message, candidates FROM retail_sync_message"
            " WHERE stream_id = %s AND external_id = ANY(%s) AND state = 'review'"
            " AND fault_code IN ('POSSIBLE_DUPLICATE', 'TWIN')",
            stream.id,
            [item.incoming.external_id for item in items],
        )
    )
    return {key: Question(version or 0, *rest) for key, version, *rest in rows}


def _apply_decision(env: Environment, item, found, bound, twins):
    """Take over what the engine decided, unless what only we know speaks against it."""
    decision = item.decision
    item.outcome, item.rule, item.reason = Outcome(decision.kind), decision.rule, decision_text(env, decision)
    if decision.kind == LINK:
        doubt = _doubt(env, item, decision.candidate_id, found, bound, twins)
        if doubt:
            item.outcome, (item.rule, item.reason) = Outcome.review, doubt
        else:
            item.res_id = decision.candidate_id
    if item.outcome == REVIEW:
        item.twin = next((one for one in decision.suggestions if one in twins), None)
        if item.twin is not None and decision.suggestions[0] in twins:
            item.rule = "twin"
    if item.outcome == CREATE and not (decision.waterfalls and _worth_a_look(decision.waterfalls[0])):
        return
    item.candidates = [
        {"id": fall.candidate_id, "reasons": _reasons(env, fall), "evidence": fall.to_json()}
        for fall in decision.waterfalls[:SHOWN]
        if fall.candidate_id in found and (fall.candidate_id in decision.suggestions or item.outcome != REVIEW)
    ]


def _doubt(env: Environment, item, candidate_id, found, bound, twins):
    """Return (rule, reason) for asking a person in spite of the evidence, or None."""
    reason = decision_text(env, item.decision)
    if candidate_id in twins:
        return "twin", env._("Looks like another record of the same page: %s", reason)
    if candidate_id in bound:
        return "already_bound", env._("Looks like a second record of a customer that is linked already. %s", reason)
    parent_id = found[candidate_id].parent
    if item.features.kind == PERSON and parent_id and parent_id != item.target_of("parent"):
        if item.target_of("parent"):
            return "other_company", env._("The person's company is another one here. %s", reason)
        if item.main.get("parent"):
            return "parent_missing", env._(
                "Its company is not here yet, so it cannot be told whether it is the same one. %s",
                reason,
            )
    return None


def _parent_names(env: Environment, items):
    """Return {partner id: name} of the items' parents."""
    ids = sorted({found for item in items if (found := item.target_of("parent"))})
    if not ids:
        return {}
    env["res.partner"].flush_model(["name"])
    return dict(env.execute_query(SQL("SELECT id, name FROM res_partner WHERE id = ANY(%s)", ids)))


def _bound_ids(env: Environment, stream, partner_ids):
    """Return those partners that stand for a record of this connection already."""
    if not partner_ids:
        return set()
    links = lookups.primary_links(env, stream.connection_id, "res.partner", partner_ids, role=stream.role)
    return set(links.mapped("res_id"))


def _refuse_shared_targets(env: Environment, items):
    """Two records of one page must not be linked to one customer: the later ones are asked about."""
    taken = set()
    for item in items:
        if item.outcome != "link":
            continue
        if item.res_id in taken:
            item.candidates = [one for one in item.candidates if one["id"] == item.res_id] or [
                {"id": item.res_id, "reasons": [item.reason]}
            ]
            item.outcome, item.res_id, item.rule = Outcome.review, None, "twin"
            item.reason = env._("Another record of the same page was linked to this customer.")
        else:
            taken.add(item.res_id)


def _deciders(env: Environment, stream, items):
    """Return {external id: name of the person who decided}: the job that carries it out runs as somebody else."""
    latest = (
        env["retail.sync.match.decision"]
        .sudo()
        ._latest((stream.connection_id.id, stream.remote_object, item.incoming.external_id) for item in items)
    )
    return {external_id: decision.person_id.name for (_b, _o, external_id), decision in latest.items()}


def _worth_a_look(fall):
    """So much in common that one may ask why it was not linked."""
    return fall.score >= fall.review_threshold


def _reasons(env: Environment, fall):
    """Return what speaks for and against a candidate, in words, the weightiest first."""
    texts = rule_texts(env)
    fields, levels = words(env)
    parts = sorted((part for part in fall.parts if part.field != "prior"), key=lambda part: -abs(part.weight))
    return [texts.get(veto.rule, veto.rule) for veto in fall.vetoes] + [
        f"{fields.get(part.field, part.field)}: {levels.get(part.level, part.level)} ({part.weight / 100:+.1f})"
        for part in parts[:6]
    ]
