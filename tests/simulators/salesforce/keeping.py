"""What was written since the org was seeded, to be put back into a later process that is seeded with the same.

A demo's Odoo remembers from one start to the next; an org that did not would contradict it.
"""

from __future__ import annotations

from typing import Any

from .journal import Origin
from .messages import Request
from .org import Org

# Rows of the seed and the org's own come by themselves.
_PAST = ("seed", "system")
KEPT = Origin("kept")


def kept(org: Org, request: Request) -> dict[str, Any]:
    """Every row that a call, a person or an earlier process has written, as it is now, and the counters of ids."""
    touched = {(change.object, change.id): change for change in org.store.journal if change.origin.kind not in _PAST}
    records = []
    for (name, record_id), change in touched.items():
        table = org.store.table(name)
        records.append(
            {
                "object": name,
                "id": record_id,
                "row": table.get(record_id),
                "deleted": table.deletions.get(record_id),
                "user": change.user,
                "stamp": change.stamp,
            }
        )
    return {"records": records, "ids": org.store.ids.counters(), "numbers": org.store.numbers()}


def put_back(org: Org, request: Request) -> dict[str, int]:
    """Put back what :func:`kept` gave; how many records."""
    body = request.json_object()
    org.store.origin = KEPT
    with org.store.transaction():
        for record in body["records"]:
            table = org.store.table(org.schema.get(record["object"]).name)
            row, deleted = record["row"], record["deleted"]
            op = "hard_delete" if row is None else "delete" if deleted else "update"
            if row is not None and table.get(record["id"]) is None:
                org.store.put(table, record["id"], row, op="insert", user=record["user"], stamp=record["stamp"])
            if op != "update" or table.get(record["id"]) != row:
                stamp = deleted or record["stamp"]
                org.store.put(table, record["id"], row, deleted=bool(deleted), op=op, user=record["user"], stamp=stamp)
    org.store.ids.go_on(body["ids"])
    org.store.go_on(body["numbers"])
    return {"records": len(body["records"])}


ACTIONS = {("GET", "kept"): kept, ("POST", "kept"): put_back}
