"""Ids of Odoo that unknown records carry: claims, which count only where nothing speaks against them.

Whoever may edit a record of the platform may write any id into it.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from odoo import models
from odoo.api import Environment

from ...domain.identity.normalise.record import PERSON
from ..customer import internal_partners
from ..customer.child_types import part_of

# Rule of a review about a record whose claim is doubtful.
DOUBTFUL = "claim"


class Claim(NamedTuple):
    """A partner that a record says it is. ``rule``, ``reason``: why a person must review that; empty for no reason.

    ``shown``: whether the partner is a candidate of the review.
    """

    res_id: int
    rule: str = ""
    reason: str = ""
    shown: bool = False


def examine(
    env: Environment,
    stream: models.BaseModel,
    items: Iterable[Any],
    carried: Mapping[str, int],
    non_matches: Mapping[str, Collection[int]],
) -> dict[str, Claim]:
    """Return {external id: Claim} of the records that carry an id which no other record holds, in three queries.

    A person may have said that the record is not this customer: then it claims nothing.

    :param carried: {external id: partner id}; the ids are free to link
    :param non_matches: {external id: ids of partners that a person has ruled out}
    """
    carried = {key: res_id for key, res_id in carried.items() if res_id not in non_matches.get(key, ())}
    if not carried:
        return {}
    internal = internal_partners.internal_ids(env, carried.values())
    partners = env["res.partner"].with_context(active_test=False).browse(sorted(set(carried.values())))
    partner_of = {partner.id: partner for partner in partners}
    company = stream.connection_id.company_id
    found = {}
    for item in items:
        res_id = carried.get(item.incoming.external_id)
        if res_id is not None:
            claim = Claim(res_id, "internal", internal_partners.reason(env), shown=True)
            if res_id not in internal:
                claim = _examine(env, item, partner_of[res_id], company)
            found[item.incoming.external_id] = claim
    return found


def _examine(env: Environment, item: Any, partner: models.BaseModel, company: models.BaseModel) -> Claim:
    """Return the claim of one record, with what speaks against it."""
    if part_of(partner):
        text = env._("The record carries the Odoo id of an address, which is no customer. Choose the customer.")
        return Claim(partner.id, DOUBTFUL, text)
    if company and partner.company_id and partner.company_id != company:
        text = env._("The record carries the Odoo id of a customer of another company. Choose the customer.")
        return Claim(partner.id, DOUBTFUL, text)
    kind = item.main.get("kind")
    if kind and (kind == PERSON) == partner.is_company:
        text = (
            env._("The record is a person and carries the Odoo id of a company. Compare the two.")
            if kind == PERSON
            else env._("The record is a company and carries the Odoo id of a person. Compare the two.")
        )
        return Claim(partner.id, DOUBTFUL, text, shown=True)
    return Claim(partner.id)
