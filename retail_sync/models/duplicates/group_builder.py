"""From pairs that are alike to the groups that people work through."""

from odoo import Command
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.decide.clustering import ScoredPair
from ...domain.identity.decide.decision import LINK, decide, judge_pair
from ...domain.identity.decide.duplicate_groups import find_groups
from ...domain.identity.normalise.serialise import unpack
from ..identity import index, value_counts
from ..identity.evidence_labels import decision_text


def regroup(env: Environment, ids):
    """Make the groups of these customers anew; pairs connect none of them with anybody else.

    A group that is as it was keeps what people made of it. One that changed, because a record
    came or went, is asked about anew.
    """
    model = env["retail.sync.match.model"].sudo()._active()
    judge = Judge(env, model)
    judge.look_at(ids)
    groups = find_groups(_pairs(env, ids), _non_matches(env, ids), judge, model.match, model.group)
    wanted = {",".join(map(str, group.members)): group for group in groups}
    duplicates = env["retail.sync.duplicate.group"].sudo()
    held = duplicates.search(["|", ("line_ids.partner_id", "in", ids), ("signature", "in", list(wanted))])
    again = held.filtered(lambda one: one.state == "merged" and one.signature in wanted)
    again.write(
        {"state": "open", "certain": False, "doubt": env._("They were merged before, and the merge was undone.")}
    )
    held.filtered(lambda one: one.state in ("open", "later") and one.signature not in wanted).unlink()
    known = set(held.exists().mapped("signature"))
    _create(env, {signature: group for signature, group in wanted.items() if signature not in known}, judge)


def _pairs(env: Environment, ids):
    """Return the pairs that were found among these customers."""
    rows = env.execute_query(
        SQL(
            "SELECT one, other, score, joins FROM retail_sync_identity_pair WHERE one = ANY(%s) AND other = ANY(%s)",
            ids,
            ids,
        )
    )
    return [ScoredPair(one, other, score, joins=joins) for one, other, score, joins in rows]


def _non_matches(env: Environment, ids):
    """Return the pairs among these customers of which a person said that they are two."""
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


def _create(env: Environment, groups, judge):
    """Store new groups, with who should remain and how sure each of the others is."""
    members = sorted({one for group in groups.values() for one in group.members})
    if not members:
        return
    ranks, companies = _ranks(env, members), index.companies_of(env(su=True), members)
    judge.look_at(members)
    partners = env["res.partner"].sudo().browse(members)
    names = {partner.id: partner.name for partner in partners}
    vals = []
    for signature, group in groups.items():
        ordered = sorted(group.members, key=lambda one: (ranks[one], one))
        survivor, losers = ordered[0], ordered[1:]
        verdicts = {one: judge.verdict(survivor, one) for one in losers}
        vals.append(
            {
                "signature": signature,
                "name": names.get(survivor) or env._("Without a name"),
                "kind": judge.found[survivor].kind if survivor in judge.found else "person",
                "size": len(ordered),
                "score": group.score,
                # One by one, each would have been linked to the one that remains.
                "certain": not group.disputed and all(verdict.kind == LINK for verdict in verdicts.values()),
                "doubt": next((decision_text(env, one) for one in verdicts.values() if one.kind != LINK), False),
                "survivor_id": survivor,
                "company_id": next((companies[one] for one in ordered if companies.get(one)), False),
                "line_ids": [
                    Command.create(
                        {"partner_id": one, "remains": one == survivor, "evidence": judge.evidence(survivor, one)}
                    )
                    for one in ordered
                ],
            }
        )
    env["retail.sync.duplicate.group"].sudo().create(vals)


def _ranks(env: Environment, ids):
    """Return {partner id: rank}: who should remain comes first. Users and what platforms know are kept."""
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
    return {one: ranks.get(one, (True, True, True)) for one in ids}


class Judge:
    """Scores pairs of partners by id; reads each partner once."""

    def __init__(self, env, model):
        self.env, self.model = env, model
        self.found = {}
        self._frequencies = value_counts.frequencies(env(su=True), ())

    def look_at(self, ids):
        """Prepare those partners that are not yet."""
        missing = [one for one in ids if one not in self.found]
        if missing:
            self.found.update(
                (one, unpack(one, text)) for one, text in index.stored(self.env(su=True), missing).items()
            )
            self._frequencies.include(
                {
                    value
                    for one in missing
                    if one in self.found
                    for value in value_counts.counted(self.env(su=True), self.found[one])
                }
            )

    def __call__(self, one, other):
        """Return the ScoredPair of two ids."""
        self.look_at((one, other))
        return judge_pair(self.found[one], self.found[other], self.model, self._frequencies)

    def verdict(self, survivor, other):
        """Return the Decision on one as if it arrived, with the other as the only candidate."""
        self.look_at((survivor, other))
        return decide(self.found[other], [self.found[survivor]], self.model, self._frequencies)

    def evidence(self, survivor, other):
        """Return the parts of their score as JSON, or None for the survivor itself."""
        if survivor == other:
            return None
        falls = self.verdict(survivor, other).waterfalls
        return {"id": survivor, "evidence": falls[0].to_json()} if falls else None
