"""Every mapped field that the comparison of the end-to-end tests leaves out, as two clerks would compare them.

Independent of the engine: SQL on one side, the platform's records on the other.
"""

from __future__ import annotations

import re
from typing import Any

from tests.end_to_end.accounting import live_records
from tests.end_to_end.connection import Connection
from tests.simulators.retailer.places import COUNTRIES

_CODES = {name.casefold(): country.code for country in COUNTRIES for name in (*country.spellings, country.code)}
_VALUES = """
    SELECT link.remote_object, link.external_id, partner.id, partner.vat, partner.ref, partner.lang,
           partner.street, partner.street2, partner.city, partner.zip, country.code AS country, partner.comment,
           users.login AS owner, state.code AS state_code, state.name AS state_name
      FROM retail_sync_link link
      JOIN res_partner partner ON partner.id = link.res_id AND partner.active
      LEFT JOIN res_country country ON country.id = partner.country_id
      LEFT JOIN res_country_state state ON state.id = partner.state_id
      LEFT JOIN res_users users ON users.id = partner.user_id
     WHERE link.connection_id = %s AND link.is_primary AND link.part = 'main'
       AND link.state NOT IN ('deleted', 'excluded', 'merged')
"""
_PARTS = """
    SELECT link.external_id, link.part, partner.id, partner.street, partner.street2, partner.city, partner.zip,
           country.code AS country
      FROM retail_sync_link link
      JOIN res_partner partner ON partner.id = link.res_id AND partner.active
      LEFT JOIN res_country country ON country.id = partner.country_id
     WHERE link.connection_id = %s AND link.is_primary AND link.part <> 'main'
       AND link.state NOT IN ('deleted', 'excluded', 'merged')
"""
_OF_PART = {("Account", "delivery"): "Shipping", ("Contact", "other"): "Other"}
_MAIN = {"Account": "Billing", "Contact": "Mailing"}
_ADDRESS = ("street", "city", "zip", "country")


def unequal(connection: Connection) -> list[str]:
    """Return in words which fields differ, which parts are missing, doubled or left over, except where asked about."""
    there = live_records(connection)
    asked = {message["external_id"] for message in connection.messages("open", "review")}
    asked_here = {message["res_id"] for message in connection.messages("open", "review") if message["res_id"]}
    parts = {(row["external_id"], row["part"]): row for row in connection.query(_PARTS, connection.id)}
    found = []
    for row in connection.query(_VALUES, connection.id):
        name, key = row["remote_object"], row["external_id"]
        record = there.get(name, {}).get(key)
        if record is None or key in asked or row["id"] in asked_here:
            continue
        for field, (left, right) in _pairs(name, record, row).items():
            if left != right:
                found.append(f"{name} {key} / partner {row['id']}: {field} is {left!r} there and {right!r} here")
        for (of, part), prefix in _OF_PART.items():
            if of == name:
                found += _part(record, prefix, _MAIN[name], parts.get((key, part)), f"{name} {key}: {part}")
    return found + _doubled(connection)


def _part(record: dict[str, Any], prefix: str, main: str, child: dict[str, Any] | None, what: str) -> list[str]:
    wanted = _there(record, prefix)
    if not any(wanted.values()):
        return [f"{what} is here as {child['id']} and not there"] if child else []
    if child is None:
        return [] if wanted == _there(record, main) else [f"{what} is there as {wanted} and not here"]
    shown = _here(child)
    return [f"{what} is {wanted} there and {shown} here"] if wanted != shown else []


def _doubled(connection: Connection) -> list[str]:
    """Return delivery addresses of a linked customer that are there twice."""
    rows = connection.query(
        "SELECT partner.parent_id, count(*) AS times FROM res_partner partner JOIN retail_sync_link link"
        " ON link.res_id = partner.parent_id AND link.part = 'main' AND link.is_primary AND link.connection_id = %s"
        " WHERE partner.type = 'delivery' AND partner.active GROUP BY 1 HAVING count(*) > 1",
        connection.id,
    )
    return [f"partner {row['parent_id']} has {row['times']} delivery addresses" for row in rows]


def _pairs(name: str, record: dict[str, Any], row: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Field -> (value there, value here), both as a clerk reads them."""
    pairs = {
        "notes": (_text(record.get("Description")), _text(re.sub(r"<[^>]+>", " ", row["comment"] or ""))),
        "customer number": (_text(record.get("Odoo_Customer_Number__c")), _text(row["ref"])),
    }
    if name == "Account":
        pairs["tax id"] = (_text(record.get("Odoo_VAT_Number__c")), _text(row["vat"]))
    if name == "Contact" and record.get("Odoo_Language__c"):
        pairs["language"] = (record["Odoo_Language__c"][:2].lower(), (row["lang"] or "")[:2])
    if state := record.get(f"{_MAIN[name]}StateCode") or record.get(f"{_MAIN[name]}State"):
        pairs["state"] = (state, state if state in (row["state_code"], row["state_name"]) else row["state_name"])
    return pairs


def _there(record: dict[str, Any], prefix: str) -> dict[str, str | None]:
    country = record.get(f"{prefix}CountryCode") or record.get(f"{prefix}Country") or ""
    values = (record.get(f"{prefix}{field}") for field in ("Street", "City", "PostalCode"))
    return dict(zip(_ADDRESS, (*map(_text, values), _CODES.get(country.casefold())), strict=True))


def _here(row: dict[str, Any]) -> dict[str, str | None]:
    street = _text(f"{row['street'] or ''} {row['street2'] or ''}")
    return dict(zip(_ADDRESS, (street, _text(row["city"]), _text(row["zip"]), row["country"]), strict=True))


def _text(text: str | None) -> str | None:
    return re.sub(r"\s+", " ", text or "").strip() or None
