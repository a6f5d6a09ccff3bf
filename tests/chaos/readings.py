"""How a clerk reads each mapped field on either side, in one form for both.

Independent of the engine: SQL on one side, the platform's records on the other. Which fields there are, the mapping
says; a mapped field that is not in ``READINGS`` is reported by ``every_field.unequal``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stdnum.it import iva

from tests.end_to_end.accounting import is_household
from tests.end_to_end.connection import Connection
from tests.end_to_end.equality import OWED
from tests.simulators.retailer.places import COUNTRIES

Row = dict[str, Any]
ADDRESS = ("street", "street2", "city", "zip", "state", "country")
CODES = {name.casefold(): country.code for country in COUNTRIES for name in (*country.spellings, country.code)}
# Blank there says the same.
_NEUTRAL = {"unchecked": None, "ok": None}

PARTNERS = f"""
    SELECT link.remote_object, link.external_id, link.part, partner.*, country.code AS country,
           state.code AS state_code, state.name AS state_name, users.email AS owner_email,
           mother.external_id AS mother, head.account_block AS head_block, head.vat AS head_vat,
           head.account_block_reason AS head_reason, head.account_block_until AS head_until,
           CASE WHEN company.account_use_credit_limit
                THEN (head.credit_limit->>company.id::text)::float END AS head_limit,
           term.name->>'en_US' AS head_term, position.name->>'en_US' AS head_position,
           COALESCE(owed.due, 0) AS due, GREATEST(COALESCE(owed.overdue, 0), 0) AS overdue,
           (SELECT SUM(move.amount_untaxed_signed) FROM account_move move
              JOIN res_partner buyer ON buyer.id = move.partner_id
             WHERE buyer.commercial_partner_id = head.id AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')) AS lifetime
      FROM retail_sync_link link
      JOIN retail_sync_connection connection ON connection.id = link.connection_id
      JOIN res_company company
           ON company.id = COALESCE(connection.company_id, (SELECT min(id) FROM res_company))
      JOIN res_partner partner ON partner.id = link.res_id AND partner.active
      JOIN res_partner head ON head.id = partner.commercial_partner_id
      LEFT JOIN res_country country ON country.id = partner.country_id
      LEFT JOIN res_country_state state ON state.id = partner.state_id
      LEFT JOIN (SELECT u.id, p.email FROM res_users u JOIN res_partner p ON p.id = u.partner_id) users
           ON users.id = partner.user_id
      LEFT JOIN account_payment_term term
           ON term.id = (head.property_payment_term_id->>company.id::text)::int
      LEFT JOIN account_fiscal_position position
           ON position.id = (head.property_account_position_id->>company.id::text)::int
      LEFT JOIN retail_sync_link mother ON mother.connection_id = link.connection_id AND mother.part = 'main'
           AND mother.is_primary AND mother.res_model = 'res.partner' AND mother.res_id = partner.parent_id
      LEFT JOIN ({OWED}) owed ON owed.id = head.id
     WHERE link.connection_id = %s AND link.is_primary AND link.res_model = 'res.partner'
       AND link.state NOT IN ('deleted', 'excluded', 'merged')
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """here: of a row of PARTNERS; there: of what the platform's field shows, None for a blank."""

    here: Callable[[Row], Any]
    there: Callable[[Any], Any]


def words(text: Any) -> str | None:
    """The words of a text, or None."""
    return re.sub(r"\s+", " ", str(text or "")).strip() or None


def digits(text: Any) -> str | None:
    """The last digits of a phone number: one side has the country in it, the other may not."""
    return re.sub(r"\D", "", text or "")[-7:] or None


def small(text: Any) -> str | None:
    """The words of a text in small letters, or None."""
    return (words(text) or "").lower() or None


def plain(text: Any) -> str | None:
    """The words of a text, without tags."""
    return words(re.sub(r"<[^>]+>", " ", text or ""))


def money(amount: Any) -> float | None:
    """An amount; none at all and 0 are one."""
    return round(float(amount or 0), 2) or None


def site(text: Any) -> str | None:
    """An address of the web without what browsers add."""
    return re.sub(r"^https?://|/$", "", small(text) or "") or None


def neutral(text: Any) -> str | None:
    """A choice by its code; None for the one that says no more than a blank."""
    code = (small(text) or "").replace(" ", "_") or None
    return _NEUTRAL.get(code, code) if code else None


def vat_status(row: Row) -> str | None:
    """What the check digit says; all numbers of the trials are Italian ones."""
    number = re.sub(r"\W", "", row["head_vat"] or "")
    if not number:
        return None
    return "valid" if iva.is_valid(number.removeprefix("IT")) else "invalid"


def credit_state(row: Row) -> str | None:
    """The state by the shipped settings: near from 90 %, on hold with anything overdue."""
    limit, due = money(row["head_limit"]), row["due"]
    if row["head_block"] or row["overdue"] > 0 or (limit and due > limit):
        return "hold"
    return "near_limit" if limit and due >= 0.9 * limit else None


def _blocked(row: Row, column: str) -> Any:
    return row[column] if row["head_block"] else None


def _street(row: Row) -> str | None:
    return words(f"{row['street'] or ''} {row['street2'] or ''}")


READINGS: Mapping[str, Reading] = {
    "kind": Reading(lambda row: "company" if row["is_company"] else "person", words),
    "name": Reading(lambda row: words(row["name"]), words),
    "parent": Reading(lambda row: row["mother"], words),
    "job_title": Reading(lambda row: words(row["function"]), words),
    "email": Reading(lambda row: small(row["email"]), small),
    "phone": Reading(lambda row: digits(row["phone"]), digits),
    "website": Reading(lambda row: site(row["website"]), site),
    "vat": Reading(lambda row: words(row["vat"]), words),
    "customer_number": Reading(lambda row: words(row["ref"]), words),
    "language": Reading(lambda row: row["lang"], words),
    "notes": Reading(lambda row: plain(row["comment"]), words),
    "email_opt_out": Reading(lambda row: bool(row["email_opt_out"]), bool),
    "phone_opt_out": Reading(lambda row: bool(row["phone_opt_out"]), bool),
    "owner": Reading(lambda row: small(row["owner_email"]), small),
    # Both lines of a street stand in one field over there.
    "street": Reading(_street, words),
    "street2": Reading(_street, words),
    "city": Reading(lambda row: words(row["city"]), words),
    "zip": Reading(lambda row: words(row["zip"]), words),
    "state": Reading(lambda row: small(row["state_name"]), small),
    "country": Reading(lambda row: row["country"], lambda text: CODES.get(str(text or "").casefold())),
    "account_block": Reading(lambda row: bool(row["head_block"]), bool),
    "block_reason": Reading(lambda row: words(_blocked(row, "head_reason")), words),
    "block_until": Reading(lambda row: _blocked(row, "head_until"), words),
    "credit_limit": Reading(lambda row: money(row["head_limit"]), money),
    "amount_due": Reading(lambda row: money(row["due"]), money),
    "overdue_amount": Reading(lambda row: money(row["overdue"]), money),
    "credit_state": Reading(credit_state, neutral),
    "payment_terms": Reading(lambda row: words(row["head_term"]), words),
    "tax_class": Reading(lambda row: words(row["head_position"]), words),
    "vat_status": Reading(vat_status, neutral),
    # The trials sell by invoices alone: there are no orders, transfers and cards.
    "open_orders": Reading(lambda row: None, money),
    "last_order_at": Reading(lambda row: None, words),
    "returns_rate": Reading(lambda row: None, money),
    "lifetime_value": Reading(lambda row: money(row["lifetime"]), money),
    "loyalty_points": Reading(lambda row: None, money),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the mapping: which field of ours stands in which one of the platform. kind: business, person, all."""

    object: str
    part: str
    field: str
    path: str
    kind: str
    direction: str

    def is_of(self, record: Row) -> bool:
        """Whether a record is read by this line."""
        return self.kind in ("all", "person" if record.get("IsPersonAccount") else "business")


def lines(connection: Connection) -> list[Line]:
    """The mapping as it is stored, without what is off."""
    rows = connection.query(
        "SELECT stream.remote_object AS object, line.part, line.canonical_field AS field, line.remote_path AS path,"
        " line.sf_applies_to AS kind, line.direction FROM retail_sync_field_map line"
        " JOIN retail_sync_stream stream ON stream.id = line.stream_id"
        " WHERE stream.connection_id = %s AND line.active AND stream.active AND stream.entity = 'customer'"
        " ORDER BY stream.sequence, line.sequence",
        connection.id,
    )
    return [Line(**row) for row in rows]


class Org:
    """What the platform shows: its live records, with the address of their owners, without households.

    states: (country, code or name in small letters) -> name in small letters, as Odoo has them.
    """

    def __init__(self, connection: Connection) -> None:
        org = connection.simulator
        mail = {user["Id"]: user.get("Email") for user in org.records("User")}
        self.households: set[str] = set()
        self.records: dict[str, Row] = {}
        self.states = {
            (row["country"], spelling.lower()): row["name"].lower()
            for row in connection.query(
                "SELECT country.code AS country, state.code, state.name FROM res_country_state state"
                " JOIN res_country country ON country.id = state.country_id"
            )
            # Odoo has some codes with the country before them: DE-BY.
            for spelling in (row["code"], row["code"].rpartition("-")[2], row["name"])
        }
        for name in ("Account", "Contact"):
            for record in org.records(name):
                if record.get("IsDeleted") or (name == "Contact" and record.get("IsPersonAccount")):
                    continue
                if is_household(record):
                    self.households.add(record["Id"])
                    continue
                self.records[record["Id"]] = {**record, "Owner.Email": mail.get(record.get("OwnerId"))}

    def company(self, record: Row) -> str | None:
        """The account that a record belongs to; None for no account, and for a household."""
        held = record.get("ParentId") if record["Id"].startswith("001") else record.get("AccountId")
        return held if held and held not in self.households else None

    def reads(self, line: Line, record: Row) -> Any:
        """What a record says in a line's field, in the form that the reading of Odoo's side gives."""
        value = shown(record, line.path)
        if line.field == "parent" and value in self.households:
            value = None
        if line.field == "state" and value:
            country = shown(record, line.path.replace("StateCode", "CountryCode").replace("State", "Country"))
            code = CODES.get(str(country or "").casefold())
            return self.states.get((code, value.lower()), value.lower())
        return READINGS[line.field].there(value)


def shown(record: Row, path: str) -> Any:
    """The first alternative of a path that is filled; parts that a plus joins as words."""
    if path.startswith("="):
        return path[1:]
    for alternative in path.split("|"):
        values = [record[name] for name in alternative.split("+") if record.get(name)]
        if values:
            return values[0] if len(values) == 1 else " ".join(map(str, values))
    return None
