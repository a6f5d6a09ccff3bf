"""What is written for the links of a page, all in one statement."""

import json
from dataclasses import dataclass, field
from hashlib import blake2b


@dataclass(slots=True)
class LinkRow:
    """What is written for one part of one record, all of a page in one statement.

    waits: {reference name: ["Object/id"]} of references whose records are not known yet.
    """

    external_id: str
    part: str
    res_id: int
    version: int
    rule: str
    reason: str
    content_hash: str = ""
    raw_hash: str = ""
    base: dict | None = None
    divergent: dict | None = None
    provenance: dict | None = None
    warnings: list[str] = field(default_factory=list)
    waits: dict[str, list[str]] = field(default_factory=dict)
    state: str = "in_sync"
    is_primary: bool = True
    archived_by_sync: bool = False
    carries_our_id: bool = False
    pushed: dict | None = None


def raw_hash(row):
    """Return a short hash of a remote row as it came (keys in the order the platform sent them)."""
    return blake2b(json.dumps(row, separators=(",", ":")).encode(), digest_size=12).hexdigest()
