"""The books: what the simulator holds against what Odoo made of it, read by SQL. Nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from .connection import Connection

OBJECTS = ("Account", "Contact")
EXTERNAL_ID = "Odoo_External_Id__c"
HOUSEHOLD = ":household:"
OPEN = ("open", "review", "retrying")


def live_records(connection: Connection) -> dict[str, dict[str, dict[str, Any]]]:
    """Per object: the simulator's own undeleted records by id, in scope of the sync.

    The hidden contact of a person account is no record of its own: the account stands for both. The account that was
    made for a private customer is none either: its contact stands for both.
    """
    return {
        name: {
            record["Id"]: record
            for record in connection.simulator.records(name)
            if not record.get("IsDeleted")
            and not is_household(record)
            and not (name == "Contact" and record.get("IsPersonAccount"))
        }
        for name in OBJECTS
    }


def is_household(record: dict[str, Any]) -> bool:
    """Whether a record is the account that was made for a private customer, by its mark in our id."""
    return HOUSEHOLD in (record.get(EXTERNAL_ID) or "")


def households(connection: Connection) -> dict[str, dict[str, Any]]:
    """The undeleted accounts that were made for private customers, by id."""
    return {
        record["Id"]: record
        for record in connection.simulator.records("Account")
        if not record.get("IsDeleted") and is_household(record)
    }


def partner_ids(connection: Connection) -> set[int]:
    """Ids of all partners of the database, archived ones too."""
    return {row["id"] for row in connection.query("SELECT id FROM res_partner")}


def discrepancies(connection: Connection, before: set[int] | None = None) -> list[str]:
    """Every way in which the books do not balance, in words; an empty list is a proof.

    before: partners that were there before the sync; with it, each later one must belong to a record.
    """
    found: list[str] = []
    records = live_records(connection)
    main = defaultdict(list)
    links = connection.links()
    partners = partner_ids(connection)
    for link in links:
        if link["part"] == "main":
            main[link["remote_object"], link["external_id"]].append(link)
        if link["res_model"] == "res.partner" and link["res_id"] not in partners:
            if link["state"] not in ("deleted", "excluded"):
                found.append(f"{link['external_id']}/{link['part']} is bound to partner {link['res_id']}: gone")
    waiting = defaultdict(list)
    for message in connection.messages(*OPEN, "ignored"):
        waiting[message["remote_object"], message["external_id"]].append(message)
    for name, by_id in records.items():
        for key in by_id:
            found += _verdict(name, key, main[name, key], waiting[name, key])
    holders = Counter(b["res_id"] for b in links if b["is_primary"] and b["res_model"] == "res.partner")
    found += [
        f"partner {partner} is the primary one of {count} records" for partner, count in holders.items() if count > 1
    ]
    if before is not None:
        strays = partners - before - {link["res_id"] for link in links}
        found += [f"partner {partner} was created and belongs to no record" for partner in sorted(strays)]
    return found


def _verdict(name: str, key: str, bound: list[dict], waiting: list[dict]) -> list[str]:
    if not bound and not waiting:
        return [f"{name} {key} is lost: no partner, no exception"]
    problems = []
    if len(bound) > 1:
        problems.append(f"{name} {key} is bound {len(bound)} times")
    if len(waiting) > 1:
        problems.append(f"{name} {key} has {len(waiting)} open exceptions")
    for message in waiting:
        # A named exception says what happened, and who must do what.
        if message["state"] in ("open", "review") and not (message["fault_message"] and message["team"]):
            problems.append(f"{name} {key} has an exception without a name: {message}")
    return problems


def state_digest(connection: Connection) -> dict[str, Any]:
    """What a load that has nothing to do must leave as it is: partners to the last byte, links, open exceptions."""
    partners = connection.query("SELECT id, md5(p::text) AS digest FROM res_partner p ORDER BY id")
    links = connection.query(
        "SELECT remote_object, external_id, part, res_id, is_primary, version, content_hash, base::text, state,"
        " (SELECT min(waiting.ref) FROM retail_sync_deferred_reference waiting"
        " WHERE waiting.link_id = retail_sync_link.id) AS waits_for"
        " FROM retail_sync_link WHERE connection_id = %s ORDER BY remote_object, external_id, part",
        connection.id,
    )  # fmt: skip
    # Not the code: a duplicate that was met in one page is a possible duplicate of a known customer the next time.
    messages = [(m["remote_object"], m["external_id"], m["state"]) for m in connection.messages(*OPEN)]
    return {
        "partners": {row["id"]: row["digest"] for row in partners},
        "links": {(b["remote_object"], b["external_id"], b["part"]): b for b in links},
        "exceptions": sorted(map(str, messages)),
    }
