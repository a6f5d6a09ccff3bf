"""Words shared by models and services: lanes, channels, states."""

CHANNEL = "root.retail_sync"
DIRECTIONS = [("in", "Platform to Odoo"), ("out", "Odoo to platform"), ("both", "Both ways")]
LANES = [("critical", "Critical"), ("standard", "Standard"), ("bulk", "Bulk")]
# Lower runs first in queue_job.
LANE_PRIORITY = {"critical": 5, "standard": 10, "bulk": 20}
LANE_ORDER = ("critical", "standard", "bulk")

# States of queue jobs that run, or will.
ALIVE = ("pending", "enqueued", "started", "wait_dependencies")

OPEN_MESSAGE_STATES = ("open", "review", "retrying")
# A record has one message in these states per stream: what comes on top is merged into it.
WAITING_STATES = ("open", "review", "retrying", "pending", "parked")
EXCEPTION_STATES = ("open", "review")

# Key of the task to merge two records on a platform, before the second one's id: never the id of a record.
TWIN = "twin/"

# What res.partner.create and write need not do for us: no "created" note, no
# followers and no field tracking per record (the link keeps provenance).
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "no_vat_validation": True,
    "retail_sync_origin": True,
}


def channel(lane):
    """Return the queue_job channel of a lane."""
    return f"{CHANNEL}.{lane}"
