"""One customer: who it is, what stops it, what it is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...api.errors import ApiProblem
from ...api.schemas.customer import Address, Customer, CustomerAnswer, LoyaltyCard, Preferences, TaxProfile
from . import customer_parts
from .credit import Credit, credits_of
from .looking import Looking, currency_of, money, number, text

__all__ = ["answer", "customer_of"]

# {scope: fields that are null without it}
_MASKED = {
    "contact.read": ("email", "phone", "addresses"),
    "finance.read": ("amount_due", "overdue_amount", "lifetime_value", "tax_profile"),
    "loyalty.read": ("loyalty",),
}


def answer(look: Looking, customer_id: int) -> CustomerAnswer:
    """Return one customer.

    :raises ApiProblem: not_found
    """
    return CustomerAnswer(as_of=look.at, customer=customer_of(look, customer_id))


def customer_of(look: Looking, customer_id: int) -> Customer:
    """Return what the caller may see of a customer.

    :raises ApiProblem: not_found
    """
    parts = customer_parts.read(look, customer_id)
    if not parts["head"]:
        raise ApiProblem("not_found")
    head = parts["head"][0]
    company_id = home_company(look, head["company_id"])
    finance, contact = look.sees("finance.read"), look.sees("contact.read")
    credit = credits_of(look, [customer_id], company_id)[customer_id]
    shown_in = look.env["res.company"].browse(company_id).currency_id
    currency = currency_of(shown_in.name, shown_in.rounding)
    rollups = _rollups(look, customer_id, company_id, finance)
    return Customer(
        id=head["id"],
        name=head["name"],
        company=text(head["company"]),
        is_company=bool(head["is_company"]),
        email=head["email"] or None,
        phone=head["phone"] or None,
        external_ids={text(row["name"]): row["external_id"] for row in parts["external_ids"]},
        account_blocked=credit.blocked,
        block_reason=credit.reason or None,
        credit_state=credit.state,
        currency=currency.code,
        amount_due=money(credit.values["amount_due"], currency) if finance else None,
        overdue_amount=money(credit.values["overdue_amount"], currency) if finance else None,
        lifetime_value=money(rollups["lifetime_value"], currency) if finance else None,
        open_orders=rollups["open_orders"],
        returns_rate=number(rollups["returns_rate"]),
        customer_since=head["since"],
        preferences=Preferences(
            language=head["lang"] or "",
            no_bulk_mail=bool(head["email_opt_out"]),
            do_not_call=bool(head["phone_opt_out"]),
        ),
        tax_profile=_tax_profile(look, customer_id, credit) if finance else None,
        addresses=tuple(_addresses(parts["addresses"])) if contact else None,
        loyalty=tuple(_cards(parts["loyalty"])),
        url=look.url("res.partner", head["id"]),
        masked=tuple(name for scope, names in _MASKED.items() if not look.sees(scope) for name in names),
    )


def home_company(look: Looking, company_id: int | None) -> int:
    """Return the company whose amounts are shown: the customer's own, else the one in which the caller looks.

    :param company_id: of the customer, None for one of every company
    """
    return company_id or look.env.company.id


def _rollups(look: Looking, customer_id: int, company_id: int, finance: bool) -> dict[str, Any]:
    names = ["open_orders", "returns_rate", *(["lifetime_value"] if finance else [])]
    partner = look.env["res.partner"].with_context(prefetch_fields=False).browse(customer_id)
    found: dict[int, dict[str, Any]] = partner.with_company(company_id)._retail_sync_rollups(names)
    return found[customer_id]


def _tax_profile(look: Looking, customer_id: int, credit: Credit) -> TaxProfile:
    head = look.env["res.partner"].browse(customer_id).commercial_partner_id
    return TaxProfile(
        tax_id=text(head.vat),
        tax_id_state=credit.values["vat_status"],
        tax_class=text(credit.values["tax_class"]),
    )


def _addresses(rows: Iterable[Mapping[str, Any]]) -> Iterable[Address]:
    for row in rows:
        yield Address(
            id=row["id"],
            kind=row["kind"],
            country=row["country"],
            **{name: text(row[name]) for name in ("name", "street", "street2", "zip", "city", "state")},
        )


def _cards(rows: Iterable[Mapping[str, Any]]) -> Iterable[LoyaltyCard]:
    for row in rows:
        yield LoyaltyCard(
            id=row["id"],
            program=row["program"] or "",
            code=row["code"] or "",
            points=number(row["points"]),
            unit=row["unit"],
            expires_on=row["expires_on"],
        )
