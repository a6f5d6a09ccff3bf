"""Selections of returns, and who inspects them."""

from ..access.roles import ServiceRole

# Who looks at goods that came back.
INSPECTORS = (ServiceRole.supervisor, ServiceRole.stock)

STATES = [
    ("announced", "Announced"),
    ("expected", "Expected"),
    ("partly_received", "Partly received"),
    ("received", "Received"),
    ("inspected", "Inspected"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
CHANNELS = [("api", "Agent API"), ("screen", "Odoo")]
RESULTS = [
    ("as_new", "As new"),
    ("used", "Used"),
    ("damaged", "Damaged"),
    ("wrong", "Wrong goods"),
    ("missing", "Missing"),
]
DISPOSITIONS = [
    ("stock", "Back to stock"),
    ("scrap", "Scrap"),
    ("keep", "Keep at the place of returns"),
    ("none", "Nothing came"),
]
LABELS = [
    ("reference", "Number on the parcel"),
    ("waiting", "Waiting for the carrier"),
    ("ready", "Label ready"),
    ("failed", "Carrier made no label"),
]
# What may become of goods by their result; the first is proposed.
ALLOWED = {
    "as_new": ("stock", "scrap", "keep"),
    "used": ("keep", "stock", "scrap"),
    "damaged": ("scrap", "keep"),
    "wrong": ("keep", "scrap"),
    "missing": ("none",),
}
