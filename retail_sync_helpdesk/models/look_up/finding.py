"""Which customers a look-up means: candidates by indexes, and how sure each of them is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from odoo.tools import SQL
from odoo.tools.mail import email_normalize

from ...api.schemas.customer import CustomerMatch, CustomerMatches
from ...api.service import LookUp
from ...domain.tickets.match_quality import Customer, Lookup, match
from .credit import Credit, credits_of
from .customers import home_company
from .forms import EngineForms, email_keys, numbers_of, phone_keys, phone_tail
from .looking import Looking
from .orders import order_numbers
from .reach import customer_sql, order_sql

__all__ = ["customers"]

MOST = 20
# Of each way to find candidates: a value that more customers have says nothing.
_MOST_CANDIDATES = 60


@dataclass
class _Candidate:
    """A customer that has one of the values, with the values of its addresses."""

    name: str | None = None
    company_id: int | None = None
    country: str = ""
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    order_numbers: set[str] = field(default_factory=set)
    external_ids: set[str] = field(default_factory=set)


def customers(look: Looking, known: LookUp) -> CustomerMatches:
    """Return the customers that a look-up may mean, the surest first; at most 20.

    Of the candidates the values that were asked for are read, to be compared, and no others.
    """
    country = _country(look) if known.phone else ""
    asked = Lookup(
        email=(known.email or "").strip(),
        phone=(known.phone or "").strip(),
        order_number=(known.order_number or "").strip(),
        external_id=(known.external_id or "").strip(),
        country=country,
    )
    candidates, more = _candidates(look, asked)
    result = match(asked, (_comparable(key, found, country) for key, found in candidates.items()), EngineForms())
    shown = result.matches[:MOST]
    credits = _credits(look, {item.customer_id: candidates[item.customer_id].company_id for item in shown})
    return CustomerMatches(
        as_of=look.at,
        items=tuple(
            CustomerMatch(
                id=item.customer_id,
                name=candidates[item.customer_id].name,
                quality=item.quality.value,
                agree=item.agrees,
                shared=item.shared,
                disagree=item.differs,
                account_blocked=credits[item.customer_id].blocked,
                credit_state=credits[item.customer_id].state,
            )
            for item in shown
        ),
        more=more or len(result.matches) > MOST,
    )


def _country(look: Looking) -> str:
    """Return the country by which a phone number without one is read: that of the company."""
    rows = look.env.execute_query(
        SQL(
            "SELECT land.code FROM res_company company JOIN res_partner house ON house.id = company.partner_id"
            " JOIN res_country land ON land.id = house.country_id WHERE company.id = %s",
            look.env.company.id,
        )
    )
    return rows[0][0] if rows else ""


def _comparable(customer_id: int, found: _Candidate, country: str) -> Customer:
    return Customer(
        id=customer_id,
        emails=tuple(sorted(found.emails)),
        phones=tuple(
            sorted(number for stored in found.phones for number in numbers_of(stored, found.country or country))
        ),
        order_numbers=tuple(sorted(found.order_numbers)),
        external_ids=tuple(sorted(found.external_ids)),
        country=found.country,
    )


def _candidates(look: Looking, asked: Lookup) -> tuple[dict[int, _Candidate], bool]:
    """Return ({customer id: candidate}, whether a value has more carriers than are looked at).

    What an address of a customer has is the customer's. One query, by indexes.
    """
    ways = [
        SQL("(SELECT %s AS way, hit.* FROM (%s LIMIT %s) hit)", name, query, _MOST_CANDIDATES + 1)
        for name, query in _ways(look, asked)
    ]
    if not ways:
        return {}, False
    rows = look.env.execute_query_dict(
        SQL(
            "WITH hit AS (%s) SELECT hit.way, hit.value, owner.id, owner.name, owner.company_id, land.code AS country,"
            " %s, %s FROM hit JOIN res_partner found ON found.id = hit.partner_id"
            " JOIN res_partner owner ON owner.id = CASE WHEN found.type IN ('contact', 'other') THEN found.id"
            " ELSE COALESCE(found.parent_id, found.id) END"
            " LEFT JOIN res_country land ON land.id = found.country_id WHERE found.active AND owner.active AND %s",
            SQL(" UNION ALL ").join(ways),
            SQL("found.email") if asked.email else SQL("NULL AS email"),
            SQL("found.phone") if asked.phone else SQL("NULL AS phone"),
            customer_sql(look.caller, "owner"),
        )
    )
    candidates: dict[int, _Candidate] = defaultdict(_Candidate)
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row["way"]] += 1
        _note(candidates[row["id"]], row)
    return dict(candidates), any(count > _MOST_CANDIDATES for count in counts.values())


def _note(candidate: _Candidate, row: dict[str, Any]) -> None:
    candidate.name, candidate.company_id = row["name"], row["company_id"]
    candidate.country = row["country"] or candidate.country
    candidate.emails |= {row["email"]} - {None, ""}
    candidate.phones |= {row["phone"]} - {None, ""}
    if row["way"] == "order_number":
        candidate.order_numbers.add(row["value"])
    elif row["way"] == "external_id":
        candidate.external_ids.add(row["value"])


def _ways(look: Looking, asked: Lookup) -> Iterable[tuple[str, SQL]]:
    """Yield (name, query of partner_id and value) of each way to find candidates.

    The engine's index knows the normal forms of all values; the columns know what was written a moment ago.
    """
    keyed = "SELECT known.partner_id, NULL::text AS value FROM retail_sync_identity_key known WHERE known.key = ANY(%s)"
    if keys := email_keys(asked.email):
        yield "email_known", SQL(keyed, keys)
    if address := email_normalize(asked.email, strict=False):
        yield (
            "email",
            SQL("SELECT id AS partner_id, NULL::text AS value FROM res_partner WHERE email_normalized = %s", address),
        )
    if keys := phone_keys(asked.phone, asked.country):
        yield "phone_known", SQL(keyed, keys)
    if tail := phone_tail(asked.phone, asked.country):
        yield (
            "phone",
            SQL(
                "SELECT id AS partner_id, NULL::text AS value FROM res_partner"
                " WHERE right(regexp_replace(phone, '[^0-9]', '', 'g'), 9) = %s",
                tail,
            ),
        )
    if asked.order_number:
        yield (
            "order_number",
            SQL(
                "SELECT sale.partner_id, sale.name AS value FROM sale_order sale WHERE sale.name = ANY(%s) AND %s",
                list(order_numbers(asked.order_number)),
                order_sql(look.caller, "sale"),
            ),
        )
    if asked.external_id:
        yield (
            "external_id",
            SQL(
                "SELECT link.res_id AS partner_id, link.external_id AS value FROM retail_sync_connection connection"
                " JOIN retail_sync_link link ON link.connection_id = connection.id"
                " WHERE link.res_model = 'res.partner' AND link.external_id = %s"
                " AND (connection.company_id IS NULL OR connection.company_id = ANY(%s))",
                asked.external_id,
                list(look.companies),
            ),
        )


def _credits(look: Looking, companies: dict[int, int | None]) -> dict[int, Credit]:
    """Return {customer id: credit} of matches, those of one company together."""
    by_company: dict[int, list[int]] = defaultdict(list)
    for customer_id, company_id in companies.items():
        by_company[home_company(look, company_id)].append(customer_id)
    found: dict[int, Credit] = {}
    for company_id, customer_ids in by_company.items():
        found |= credits_of(look, customer_ids, company_id)
    return found
