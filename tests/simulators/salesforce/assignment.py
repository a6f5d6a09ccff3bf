"""Owners that the org gives to cases and leads: a call asks for it unless it says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .schema import ObjectType
from .table import Row

if TYPE_CHECKING:
    from .org import Context, Org

ASSIGNED = ("Case", "Lead")
OFF = "false"

ASSIGNMENT_RULE = """
Name string(120) required
SobjectType picklist required createonly
Active boolean
"""


def assign(org: Org, context: Context, defn: ObjectType, new: Row) -> None:
    """Give a record that is saved to the owner that the active rule names, or to the default owner without one.

    By the header ``Sforce-Auto-Assign``, on creating and on updating. An owner that the call names counts for nothing.
    """
    if defn.name not in ASSIGNED or context.auto_assign.lower() == OFF:
        return
    owner = org.config.assignment_rules.get(defn.name) or org.config.default_owners.get(defn.name)
    if owner:
        new["OwnerId"] = owner_id(org, owner)


def owner_id(org: Org, name: str) -> str:
    """A queue by its developer name, or a user by key, username or id. Raises ``KeyError``."""
    for row in org.store.table("Group").live.values():
        if row.get("Type") == "Queue" and name in (row["Id"], row.get("DeveloperName"), row.get("Name")):
            return row["Id"]
    return org.user_id(name)


def place(org: Org) -> None:
    """Show the active rules of the org's switches as records."""
    table = org.store.table("AssignmentRule")
    table.live.clear()
    table.drop_indexes()
    for name in org.config.assignment_rules:
        org.place("AssignmentRule", org.clock.stamp(), Name=f"{name} rule", SobjectType=name, Active=True)
