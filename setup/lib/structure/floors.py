"""The rooms of the engine and the floors they stand on; what may run up in spite of them, with the reason."""

import fnmatch
from dataclasses import dataclass

ENGINE = "retail_sync"
ADDONS = (ENGINE, "retail_sync_salesforce", "retail_sync_helpdesk")

# A room may use the rooms below it, and those on its own floor as long as no circle arises.
FLOORS: dict[str, int] = {
    "root": 18,  # the addon's __init__ and its install hooks
    "controllers": 17,
    "models/operations": 16,
    "models/erasure": 15,
    "models/delivery": 14,
    "models/inbound": 13,
    "models/comparison": 13,
    "models/reconcile": 12,
    "models/duplicates": 12,
    "models/merge": 11,
    "models/review": 11,
    "models/order_exceptions": 11,
    "models/order_intake": 11,
    "models/identity": 10,
    "models/credit": 10,
    "models/order": 10,
    "models/shipment": 10,
    "models/invoice": 10,
    "models/returns": 10,
    "models/customer": 9,
    "models/milestone": 10,
    "models/product": 9,
    "models/outbox": 8,
    "models/links": 7,
    "models/exceptions": 6,
    "models/runs": 5,
    "models/mapping": 4,
    "models/connection": 3,
    "models/audit": 2,
    "adapter": 2,
    "runtime": 1,
}
DOMAIN = 0

# What an adapter addon may import of the engine, and why it is not in adapter/ itself.
PUBLIC: dict[str, str] = {
    "retail_sync.adapter": "The seam.",
    "retail_sync.domain.canonical": "The schema of the records that cross the seam.",
    "retail_sync.domain.mapping": "Decoders, encoders and the registry of transforms, which an adapter adds to.",
}
# What the service desk uses beyond that: it is no adapter only, but brings entities, records and jobs of its own.
SERVICE_DESK = "retail_sync_helpdesk"
PUBLIC_TO_SERVICE_DESK: dict[str, str] = {
    "retail_sync.domain": "Decisions on plain values: milestones, money of orders, normal forms of contacts.",
    "retail_sync.runtime": "Transactions, jobs, roles and guards, which records of any addon need.",
    "retail_sync.models.outbox.change_source": "What wakes the router for values of entities that are computed.",
}
# The parts that are plain Python.
PURE = (
    "retail_sync/domain/",
    "retail_sync_salesforce/client/",
    "retail_sync_helpdesk/client/",
    "retail_sync_helpdesk/domain/",
)

# Queued methods live on this model of each room; naming it is how a room queues work for a higher one.
JOBS_MODEL = "retail.sync.{room}.jobs"


@dataclass(frozen=True)
class Permit:
    """A reference that may run up. source and target are patterns of paths below the checkout."""

    source: str
    target: str
    kinds: tuple[str, ...]
    reason: str

    def covers(self, source: str, target: str, kind: str) -> bool:
        """Return whether a reference of a kind between two files is the permitted one."""
        return (
            kind in self.kinds and fnmatch.fnmatchcase(source, self.source) and fnmatch.fnmatchcase(target, self.target)
        )


PERMITTED: tuple[Permit, ...] = (
    Permit(
        "retail_sync/models/identity/replay.py",
        "retail_sync/models/merge/*.py",
        ("read", "table"),
        "A replay counts a decision as right only if the two customers were not merged by hand since: merges are data.",
    ),
)


def floor_of(room: str) -> int | None:
    """Return the floor of a room, or None for one that has no place in the table."""
    if room == "domain" or room.startswith("domain/"):
        return DOMAIN
    return FLOORS.get(room)
