"""Merging up to three records into one."""

from __future__ import annotations

from typing import Any

from .body_reader import UPDATE, read_body
from .errors import ApiError, invalid_reference
from .org import Context, Org
from .person_accounts import after_save, partner_of
from .schema import ObjectType
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
            _move_children(writer, defn, loser["Id"], winner["Id"])
            halves = partner_of(org, defn, loser), partner_of(org, defn, winner)
            if halves[0] is not None and halves[1] is not None:
                _move_children(writer, halves[0][0], halves[0][1]["Id"], halves[1][1]["Id"])
            writer.remover.delete(defn, loser, master=winner)
        current = org.store.table(defn.name).live[winner["Id"]]
        new = writer.stamped(defn, values, current)
        writer.put(defn, new, "update")
        after_save(writer, defn, new, current)
    return winner["Id"]


def _move_children(writer: Writer, defn: ObjectType, loser_id: str, winner_id: str) -> None:
    """Point every reference to the loser at the winner; no subscriber is notified of it."""
    for child_type, reference in writer.org.schema.children_of(defn.name):
        if not reference.createable:
            continue
        for child in list(writer.org.store.table(child_type.name).find(reference, loser_id)):
            if child_type.name == "Contact" and child.get("IsPersonAccount"):
                continue
            target = None if child["Id"] == winner_id else winner_id
            writer.put(child_type, writer.stamped(child_type, {reference.name: target}, child), "reparent")
