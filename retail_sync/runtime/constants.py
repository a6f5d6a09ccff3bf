"""Words that rooms share: lanes, channels, states."""

from ..domain.resilience import limits

CHANNEL = "root.retail_sync"
# Groups of a field that no user may read or write, administrators included: code does, with the right of the system.
NO_USER = "."
DIRECTIONS = [("in", "Platform to Odoo"), ("out", "Odoo to platform"), ("both", "Both ways")]
LANES = [("critical", "Critical"), ("standard", "Standard"), ("bulk", "Bulk")]
# Lower runs first in queue_job.
LANE_PRIORITY = {"critical": 5, "standard": 10, "bulk": 20}
LANE_ORDER = limits.LANES
# Which streams send first where several have work in one lane; added to the priority of the lane.
PRECEDENCES = [("first", "Before other streams"), ("normal", "With other streams"), ("last", "After other streams")]
PRECEDENCE_PRIORITY = {"first": -2, "normal": 0, "last": 2}

# States of queue jobs that run, or will.
ALIVE = ("pending", "enqueued", "started", "wait_dependencies")

# States of messages. Exceptions wait for a person; open messages are not closed yet, deliveries aside.
EXCEPTION_STATES = ("open", "review", "unknown")
OPEN_MESSAGE_STATES = (*EXCEPTION_STATES, "retrying")
# A subject has one message in these states per stream: what comes on top is merged into it.
WAITING_STATES = (*OPEN_MESSAGE_STATES, "pending", "parked")
# Not closed: the changes that these messages carry have not arrived.
UNCLOSED_STATES = (*WAITING_STATES, "sending")


def sql_list(states: tuple[str, ...]) -> str:
    """Return states as the list of an SQL IN, for what takes no parameters: the predicate of an index."""
    return ", ".join(f"'{state}'" for state in states)


# What create and write of a record need not do for us: no "created" note, no
# followers and no field tracking per record (the link keeps provenance).
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "no_vat_validation": True,
    "retail_sync_origin": True,
}


def channel(lane: str) -> str:
    """Return the queue_job channel of a lane."""
    return f"{CHANNEL}.{lane}"
