"""Build duplicate groups, which people review, from pairs of customers that are alike."""

from collections.abc import Iterable, Mapping
from typing import Any

from odoo import Command, models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.decide.clustering import ScoredPair
from ...domain.identity.decide.decision import LINK, decide, judge_pair
from ...domain.identity.decide.duplicate_groups import find_groups
from ...domain.identity.normalise.serialise import unpack
from ..identity import index, value_counts
from ..identity.evidence_labels import decision_text


def regroup(env: Environment, ids: list[int]) -> None:
    """Rebuild the groups of these customers, whom no pair connects with any other customer.

    A group that has not changed keeps the decision of people. A group that changed, because a customer was added or
    removed, needs a new decision.
    """
    model = env["retail.sync.match.model"].sudo()._active()
    judge = Judge(env, model)
    judge.prepare(ids)
    found = find_groups(_pairs(env, ids), _non_matches(env, ids), judge, model.match, model.group)
    by_signature = {",".join(map(str, group.members)): group for group in found}
    groups = env["retail.sync.duplicate.group"].sudo()
    stored = groups.search(["|", ("line_ids.partner_id", "in", ids), ("signature", "in", list(by_signature))])
    undone = stored.filtered(lambda group: group.state == "merged" and group.signature in by_signature)
    undone.write({"state": "open", "certain": False, "doubt": env._("A merge of these customers was undone before.")})
    outdated = stored.filtered(lambda group: group.state in ("open", "later") and group.signature not in by_signature)
    outdated.unlink()
    known = set(stored.exists().mapped("signature"))
    _create(env, {signature: group for signature, group in by_signature.items() if signature not in known}, judge)


def _pairs(env: Environment, ids: list[int]) -> list[ScoredPair]:
    """Return the pairs that the search stored for these customers."""
    rows = env.execute_query(
        SQL(
            "SELECT one, other, score, joins FROM retail_sync_identity_pair WHERE one = ANY(%s) AND other = ANY(%s)",
            ids,
            ids,
        )
    )
    return [ScoredPair(first, second, score, joins=joins) for first, second, score, joins in rows]


def _non_matches(env: Environment, ids: list[int]) -> set[tuple[int, int]]:
    """Return the pairs among these customers that a person marked as non-matches."""
    env["retail.sync.non.match"].flush_model()
    return set(
        env.execute_query(
            SQL(
                "SELECT partner_id, other_id FROM retail_sync_non_match"
                " WHERE partner_id = ANY(%s) AND other_id = ANY(%s)",
                ids,
                ids,
            )
        )
    )


def _create(env: Environment, groups: Mapping[str, Any], judge: "Judge") -> None:
    """Store new groups with the proposed survivor and the certainty of every other customer.

    :param groups: {signature: group}, as ``find_groups`` returns groups
    """
    members = sorted({partner_id for group in groups.values() for partner_id in group.members})
    if not members:
        return
    ranks, companies = _ranks(env, members), index.companies_of(env(su=True), members)
    judge.prepare(members)
    partners = env["res.partner"].sudo().browse(members)
    names = {partner.id: partner.name for partner in partners}
    vals = []
    for signature, group in groups.items():
        ordered = sorted(group.members, key=lambda partner_id: (ranks[partner_id], partner_id))
        survivor, losers = ordered[0], ordered[1:]
        decisions = [judge.decision(survivor, loser) for loser in losers]
        vals.append(
            {
                "signature": signature,
                "name": names.get(survivor) or env._("Without a name"),
                "kind": judge.records[survivor].kind if survivor in judge.records else "person",
                "size": len(ordered),
                "score": group.score,
                # Certain means that each customer, arriving alone, would be linked to the survivor automatically.
                "certain": not group.disputed and all(decision.kind == LINK for decision in decisions),
                "doubt": next((decision_text(env, decision) for decision in decisions if decision.kind != LINK), False),
                "survivor_id": survivor,
                "company_id": next((companies[id_] for id_ in ordered if companies.get(id_)), False),
                "line_ids": [
                    Command.create(
                        {"partner_id": id_, "remains": id_ == survivor, "evidence": judge.evidence(survivor, id_)}
                    )
                    for id_ in ordered
                ],
            }
        )
    env["retail.sync.duplicate.group"].sudo().create(vals)


def _ranks(env: Environment, ids: list[int]) -> dict[int, tuple[bool, bool, bool]]:
    """Return {partner id: rank}; the lowest survives: users first, then linked customers, then those with orders."""
    rows = env.execute_query(
        SQL(
            "SELECT partner.id, EXISTS (SELECT FROM res_users WHERE res_users.partner_id = partner.id) AS is_user,"
            " EXISTS (SELECT FROM retail_sync_link link WHERE link.res_model = 'res.partner'"
            " AND link.res_id = partner.id AND link.is_primary) AS is_linked,"
            " EXISTS (SELECT FROM sale_order WHERE sale_order.partner_id = partner.id) AS has_orders"
            " FROM res_partner partner WHERE partner.id = ANY(%s)",
            ids,
        )
    )
    ranks = {partner_id: (not is_user, not linked, not orders) for partner_id, is_user, linked, orders in rows}
    return {partner_id: ranks.get(partner_id, (True, True, True)) for partner_id in ids}


class Judge:
    """Score pairs of partners by id; each partner is read once.

    ``records``: {partner id: normalised record}.
    """

    def __init__(self, env: Environment, model: models.BaseModel) -> None:
        self.env, self.model = env, model
        self.records: dict[int, Any] = {}
        self._frequencies = value_counts.frequencies(env(su=True), ())

    def prepare(self, ids: Iterable[int]) -> None:
        """Read those partners that have not been read yet."""
        missing = [partner_id for partner_id in ids if partner_id not in self.records]
        if missing:
            su_env = self.env(su=True)
            stored = index.stored(su_env, missing)
            self.records.update((partner_id, unpack(partner_id, text)) for partner_id, text in stored.items())
            read = [self.records[partner_id] for partner_id in missing if partner_id in self.records]
            self._frequencies.include({value for record in read for value in value_counts.counted(su_env, record)})

    def __call__(self, first: int, second: int) -> ScoredPair:
        """Return the scored pair of two ids."""
        self.prepare((first, second))
        return judge_pair(self.records[first], self.records[second], self.model, self._frequencies)

    def decision(self, survivor: int, arriving: int) -> Any:
        """Return the decision about a customer as if it arrived, with the survivor as the only candidate."""
        self.prepare((survivor, arriving))
        return decide(self.records[arriving], [self.records[survivor]], self.model, self._frequencies)

    def evidence(self, survivor: int, partner_id: int) -> dict[str, Any] | None:
        """Return {"id", "evidence"}, the parts of the score of two customers; None for the survivor itself."""
        if survivor == partner_id:
            return None
        waterfalls = self.decision(survivor, partner_id).waterfalls
        return {"id": survivor, "evidence": waterfalls[0].to_json()} if waterfalls else None
