"""Both sides against each other, and against the platform's own journal: nothing lost, nothing doubled, nothing left.

Independent of the mapping's own code: what two clerks with both screens before them would compare. Each function
returns what is wrong, in words; an empty list is a proof.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

from tests.simulators.retailer.places import COUNTRIES

from .accounting import EXTERNAL_ID, HOUSEHOLD, discrepancies, households, live_records
from .connection import Connection, Row

UNSENT = ("pending", "sending", "parked", "retrying")
_CODES = {name.casefold(): country.code for country in COUNTRIES for name in (*country.spellings, country.code)}
_PHONES = ("Phone", "MobilePhone", "HomePhone", "OtherPhone")
_NAMES = {"ok": "OK", "near_limit": "Near limit", "hold": "Hold"}
# What customers owe by the books: by head of a company (id), due in all and overdue today, in the company's currency.
OWED = """
    SELECT debtor.commercial_partner_id AS id, SUM(line.amount_residual) AS due,
           SUM(line.amount_residual) FILTER (WHERE line.date_maturity < CURRENT_DATE) AS overdue
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
      JOIN res_partner debtor ON debtor.id = line.partner_id
     WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
       AND line.reconciled IS NOT TRUE
     GROUP BY debtor.commercial_partner_id
"""
_PARTNERS = f"""
    SELECT b.remote_object, b.external_id, b.divergent, p.*, country.code AS country_code,
           mother.external_id AS mother_id, p.parent_id IS NOT NULL AND mother.id IS NULL AS mother_unknown,
           head.account_block AS blocked, head.account_block_reason AS block_reason,
           head.account_block_until AS blocked_until, COALESCE(owed.due, 0) AS due, COALESCE(owed.overdue, 0) AS overdue
      FROM retail_sync_link b
      JOIN res_partner p ON p.id = b.res_id
      JOIN res_partner head ON head.id = p.commercial_partner_id
      LEFT JOIN res_country country ON country.id = p.country_id
      LEFT JOIN retail_sync_link mother ON mother.connection_id = b.connection_id AND mother.part = 'main'
           AND mother.is_primary AND mother.res_model = 'res.partner' AND mother.res_id = p.parent_id
      LEFT JOIN ({OWED}) owed ON owed.id = head.id
     WHERE b.connection_id = %s AND b.part = 'main' AND b.is_primary AND b.res_model = 'res.partner'
       AND b.state NOT IN ('deleted', 'excluded', 'merged')
"""


def proof(connection: Connection, before: set[int] | None = None) -> list[str]:
    """Everything at once: the books, both sides' values, doubles, and work that is left over."""
    return [
        *discrepancies(connection, before),
        *unfinished(connection),
        *differences(connection),
        *doubles(connection),
    ]


def unfinished(connection: Connection) -> list[str]:
    """Return changes not routed, messages that still wait or are being sent, runs and events that never ended."""
    found = [f"change not routed: {row}" for row in connection.query("SELECT * FROM retail_sync_change")]
    found += [f"message not ended: {_short(message)}" for message in connection.messages(*UNSENT)]
    found += [
        f"run not ended: {run['id']} {run['kind']} {run['state']}"
        for run in connection.runs()
        if run["state"] in ("pending", "running")
    ]
    waiting = connection.query(
        "SELECT event_key, remote_object, external_id, attempts FROM retail_sync_event"
        " WHERE connection_id = %s AND state = 'pending'",
        connection.id,
    )
    return found + [f"event not taken in: {event}" for event in waiting]


def differences(connection: Connection, *, ours: bool = False) -> list[str]:
    """Fields whose values differ between the sides, except where a person is asked about that record.

    ours: also demand that each linked record has what Odoo alone decides, credit and all, on the platform.
    """
    there = live_records(connection)
    asked = {
        (message["remote_object"], key)
        for message in connection.messages("open", "review")
        for key in (message["external_id"], _external_id(connection, message))
    }
    alone = households(connection)
    found = []
    for partner in connection.query(_PARTNERS, connection.id):
        name, key = partner["remote_object"], partner["external_id"]
        record = there.get(name, {}).get(key)
        if record is None or (name, key) in asked or not partner["active"]:
            continue
        if record.get("AccountId") in alone:
            record = {**record, "AccountId": None}
        for field, (left, right) in _pairs(name, record, partner, ours).items():
            if left != right:
                found.append(f"{name} {key} / partner {partner['id']}: {field} is {left!r} there and {right!r} here")
        wanted = f":res.partner:{partner['id']}"
        if not (record.get(EXTERNAL_ID) or "").endswith(wanted):
            found.append(f"{name} {key} does not carry our id ...{wanted}, but {record.get(EXTERNAL_ID)!r}")
    return found


def doubles(connection: Connection) -> list[str]:
    """Customers that we made twice, or made and forgot, by what the platform itself wrote down."""
    found = []
    carriers: dict[str, list[str]] = defaultdict(list)
    for name, records in live_records(connection).items():
        for key, record in records.items():
            if record.get(EXTERNAL_ID):
                carriers[record[EXTERNAL_ID]].append(f"{name} {key}")
    found += [f"{ours} is on {len(held)} records: {held}" for ours, held in carriers.items() if len(held) > 1]
    bound = {(link["remote_object"], link["external_id"]) for link in connection.links()}
    inserts = connection.simulator.journal(op="insert", user="integration")
    made = Counter()
    for entry in inserts:
        name, key = entry["object"], entry["id"]
        if name not in ("Account", "Contact"):
            continue
        ours = (entry["after"] or {}).get(EXTERNAL_ID)
        made[ours] += 1
        if not ours:
            found.append(f"{name} {key} was made without our id")
        if (name, key) not in bound and HOUSEHOLD not in (ours or ""):
            found.append(f"{name} {key} was made by us and is not linked")
    found += [f"{ours} was made {count} times" for ours, count in made.items() if ours and count > 1]
    return found + [f"household {key} is linked" for key in households(connection) if ("Account", key) in bound]


def idle_writes(connection: Connection, since: int = 0) -> list[Row]:
    """Entries of the platform's journal in which we wrote and changed nothing."""
    return [
        entry
        for entry in connection.simulator.journal(since=since, op="update", user="integration")
        if entry["object"] in ("Account", "Contact") and not entry["fields"]
    ]


def last_entry(connection: Connection) -> int:
    """Number of the journal's last entry, for ``since``."""
    entries = connection.simulator.journal()
    return entries[-1]["seq"] if entries else 0


def _pairs(name: str, record: Row, partner: Row, ours: bool) -> dict[str, tuple[Any, Any]]:
    """Field -> (value there, value here), both as a clerk reads them."""
    person = bool(record.get("IsPersonAccount"))
    if name == "Contact" or person:
        full = f"{record.get('FirstName') or ''} {record['LastName']}"
        mail, title = ("PersonEmail", "PersonTitle") if person else ("Email", "Title")
        pairs = {
            "name": (_words(full), _words(partner["name"])),
            "e-mail": ((record.get(mail) or "").strip().lower() or None, (partner["email"] or "").lower() or None),
            "job title": (_words(record.get(title)), _words(partner["function"])),
        }
    else:
        pairs = {
            "name": (_words(record["Name"]), _words(partner["name"])),
            "website": (_url(record.get("Website")), _url(partner["website"])),
        }
    if name == "Contact":
        pairs["opt-out"] = (bool(record.get("HasOptedOutOfEmail")), bool(partner["email_opt_out"]))
        pairs["do not call"] = (bool(record.get("DoNotCall")), bool(partner["phone_opt_out"]))
    pairs["phone"] = (_phone(next((record[p] for p in _PHONES if record.get(p)), None)), _phone(partner["phone"]))
    prefix = "PersonMailing" if person else "Mailing" if name == "Contact" else "Billing"
    there = _address(record, prefix)
    if any(there.values()):
        here = {
            "street": _words(f"{partner['street'] or ''} {partner['street2'] or ''}"),
            "city": _words(partner["city"]),
            "zip": _words(partner["zip"]),
            "country": partner["country_code"],
        }
        pairs |= {part: (there[part], here[part]) for part in there}
    mother = record.get("AccountId") if name == "Contact" else record.get("ParentId")
    if not person and not partner["mother_unknown"]:
        pairs["parent"] = (mother, partner["mother_id"])
    pairs["blocked"] = (bool(record.get("Odoo_Account_Blocked__c")), _blocked(partner))
    if _blocked(partner):
        pairs["reason"] = (_words(record.get("Odoo_Block_Reason__c")), _words(partner["block_reason"]))
        pairs["until"] = (record.get("Odoo_Blocked_Until__c"), partner["blocked_until"])
    if ours or record.get("Odoo_Credit_State__c"):
        pairs["amount due"] = (_money(record.get("Odoo_Amount_Due__c")), _money(partner["due"]))
        pairs["overdue"] = (_money(record.get("Odoo_Overdue_Amount__c")), _money(partner["overdue"]))
    if _blocked(partner):
        pairs["credit state"] = (record.get("Odoo_Credit_State__c"), _NAMES["hold"])
    return pairs


def _blocked(partner: Row) -> bool:
    return bool(partner["blocked"])


def _address(record: Row, prefix: str) -> dict[str, str | None]:
    country = record.get(f"{prefix}CountryCode") or record.get(f"{prefix}Country") or ""
    return {
        "street": _words(record.get(f"{prefix}Street")),
        "city": _words(record.get(f"{prefix}City")),
        "zip": _words(record.get(f"{prefix}PostalCode")),
        "country": _CODES.get(country.casefold()),
    }


def _words(text: str | None) -> str | None:
    return re.sub(r"[\s\u200b]+", " ", text or "").strip() or None


def _phone(text: str | None) -> str | None:
    """Its last digits: one side has the country in it, the other may not."""
    digits = re.sub(r"\D", "", text or "")
    return digits[-7:] or _words(text)


def _url(text: str | None) -> str | None:
    return re.sub(r"^https?://|/$", "", (text or "").strip().lower()) or None


def _money(amount: float | None) -> float:
    return round(float(amount or 0), 2)


def _external_id(connection: Connection, message: Row) -> str | None:
    """Which record of the platform a message of Odoo's side is about."""
    if message["direction"] != "out":
        return None
    rows = connection.query(
        "SELECT external_id FROM retail_sync_link WHERE connection_id = %s AND res_model = %s AND res_id = %s"
        " AND part = 'main' AND is_primary",
        connection.id, message["res_model"], message["res_id"],
    )  # fmt: skip
    return rows[0]["external_id"] if rows else None


def _short(message: Row) -> str:
    names = ("direction", "state", "lane", "key", "op", "changes", "attempts", "fault_message", "waits_for")
    return ", ".join(f"{name}={message[name]}" for name in names if message.get(name))
