"""Blocks and credit of customers, by the engine's rules: for the answer of one customer, or for a list of matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .looking import Looking, read_companies

__all__ = ["Credit", "credits_of"]

# The engine reads these fields of customers and of their companies. Named before, so that it reads no contact data.
_PARTNER_FIELDS = (
    "commercial_partner_id",
    "account_block",
    "account_block_until",
    "account_block_reason",
    "credit_limit",
    "property_payment_term_id",
    "property_account_position_id",
    "vat",
    "country_id",
)
_WORST = ("ok", "near_limit", "hold")


class Credit(NamedTuple):
    """A customer's block and credit.

    :param state: ok, near_limit or hold: the worst in any company that the caller serves
    :param values: the engine's, in the company that was asked for
    """

    blocked: bool
    reason: str
    state: str
    values: dict[str, Any]


def credits_of(look: Looking, customer_ids: Sequence[int], company_id: int) -> dict[int, Credit]:
    """Return {customer id: credit}; the number of queries depends on the number of companies alone.

    :param company_id: whose amounts are shown
    """
    customers = look.env["res.partner"].with_context(prefetch_fields=False).browse(customer_ids)
    found: dict[int, Credit] = {}
    read_companies(look.env, (company_id, *look.companies))
    for root_company in _companies(look, company_id):
        of_company = customers.with_company(root_company)
        of_company.fetch(_PARTNER_FIELDS)
        heads = of_company.commercial_partner_id
        heads.fetch(_PARTNER_FIELDS)
        of_company.env.company.currency_id.fetch(["name", "rounding"])
        (heads.country_id | of_company.env.company.partner_id.country_id).fetch(["code"])
        for customer_id, values in of_company._retail_sync_commercial().items():
            first = found.get(customer_id)
            state = max((first.state if first else "ok", values["credit_state"]), key=_WORST.index)
            found[customer_id] = Credit(
                bool(values["account_block"]),
                values["block_reason"] or "",
                state,
                first.values if first else values,
            )
    return found


def _companies(look: Looking, company_id: int) -> list[int]:
    """Return the companies in which credit is looked at, the given one first: branches share it with their root."""
    if len(look.companies) == 1:
        return [company_id]
    companies = look.env["res.company"].browse((company_id, *look.companies))
    by_root = {int(company.parent_path.split("/")[0]): company.id for company in reversed(companies)}
    return sorted(by_root.values(), key=lambda found: found != company_id)
