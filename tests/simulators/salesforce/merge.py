"""Merging up to three records into one."""

from __future__ import annotations

from typing import Any

from .body_reader import UPDATE, read_body
from .errors import ApiError, invalid_reference
from .org import Context, Org
from .person_accounts import after_save
from .writer import Writer

MAX_LOSERS = 2
MERGEABLE = ("Account", "Contact", "Lead", "Case")


def merge(
    org: Org, context: Context, object_name: str, winner_id: str, loser_ids: list[str], fields: dict[str, Any]
) -> str:
    """Children move to the winner, losers go to the bin with ``MasterRecordId``; the winner is updated."""
    defn = org.schema.get(object_name)
    if defn.name not in MERGEABLE:
        raise ApiError("INVALID_OPERATION", f"{defn.name} records cannot be merged")
    if not 1 <= len(loser_ids) <= MAX_LOSERS:
        raise ApiError("INVALID_OPERATION", f"a merge takes one winner and 1 to {MAX_LOSERS} others")
    writer = Writer(org, context)
    _, winner = writer.locate(defn.name, winner_id)
    losers = [writer.locate(defn.name, loser_id)[1] for loser_id in loser_ids]
    if winner["Id"] in {loser["Id"] for loser in losers} or len({loser["Id"] for loser in losers}) != len(losers):
        raise invalid_reference(["Id"])
    if len({bool(row.get("IsPersonAccount")) for row in (winner, *losers)}) > 1:
        raise ApiError("INVALID_PERSON_ACCOUNT_OPERATION", "cannot merge a person account with a business account")
    values = read_body(org, context, defn, fields, UPDATE)
    with org.store.transaction():
        for loser in losers:
            for child_type, reference in org.schema.children_of(defn.name):
                if not reference.createable:
                    continue
                table = org.store.table(child_type.name)
                for child in list(table.find(reference, loser["Id"])):
                    if child.get("IsPersonAccount") and child_type.name == "Contact":
                        continue
                    target = None if child["Id"] == winner["Id"] else winner["Id"]
                    writer.put(child_type, writer.stamped(child_type, {reference.name: target}, child), "update")
            writer.remover.delete(defn, loser, MasterRecordId=winner["Id"])
        current = org.store.table(defn.name).live[winner["Id"]]
        new = writer.stamped(defn, values, current)
        writer.put(defn, new, "update")
        after_save(writer, defn, new, current)
    return winner["Id"]
