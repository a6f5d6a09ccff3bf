"""Data storage as the platform counts it: by records and not by what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ApiError
from .messages import Request

if TYPE_CHECKING:
    from .org import Org

MB = 1024 * 1024
RECORD = 2048
# A person account counts for its hidden contact too.
PERSON = 4096
SPECIAL = {"Campaign": 8192}
UNCOUNTED = frozenset(
    "User Group QueueSobject RecordType Organization PermissionSet PermissionSetAssignment AssignmentRule "
    "Product2 Pricebook2 PricebookEntry OrderItem OrderStatus CaseStatus OpportunityStage".split()
)


def by_object(org: Org) -> dict[str, dict[str, int]]:
    """{object: {"records": how many live ones, "bytes": what they count for}}."""
    found = {}
    for table in org.store.tables():
        name, records = table.defn.name, len(table.live)
        if not records or name in UNCOUNTED:
            continue
        counted = records * SPECIAL.get(name, RECORD)
        if "person_accounts" in org.schema.features and name in ("Account", "Contact"):
            persons = sum(1 for row in table.live.values() if row.get("IsPersonAccount"))
            counted += persons * (PERSON - RECORD if name == "Account" else -RECORD)
        found[name] = {"records": records, "bytes": counted}
    return found


def used(org: Org) -> int:
    """Bytes in use."""
    return sum(entry["bytes"] for entry in by_object(org).values())


def check(org: Org, name: str) -> None:
    """Raise when a record more of an object has no room. Persons count like others here."""
    if name in UNCOUNTED:
        return
    limit = org.config.data_storage_mb * MB
    taken = sum(
        len(t.live) * SPECIAL.get(t.defn.name, RECORD) for t in org.store.tables() if t.defn.name not in UNCOUNTED
    )
    if taken + RECORD > limit:
        raise ApiError("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded", fields=[])


def show(org: Org, request: Request) -> dict[str, Any]:
    """What is in use, in bytes, for the control API."""
    return {"max": org.config.data_storage_mb * MB, "used": used(org), "objects": by_object(org)}


ACTIONS = {("GET", "storage"): show}
