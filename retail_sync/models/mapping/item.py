"""A remote record on its way through a page."""

from dataclasses import dataclass, field
from datetime import datetime

from ...domain.canonical.schema import Incoming
from ...domain.identity.decide.decision import Decision
from ...domain.identity.normalise.features import Features


@dataclass(slots=True)
class Bound:
    """A link as the page needs it: one row of one query."""

    id: int
    part: str
    res_id: int
    version: int
    content_hash: str | None
    base: dict | None
    state: str
    is_primary: bool
    parent_ref: str | None
    archived_by_sync: bool
    pushed: dict | None = None
    carries_our_id: bool = False
    synced_at: datetime | None = None


@dataclass(slots=True)
class Item:
    """One remote record on its way through a page."""

    incoming: Incoming
    bound: dict[str, Bound] = field(default_factory=dict)
    # incoming.parts as Odoo compares and stores them: addresses whole, codes resolved.
    folded: dict[str, dict | None] = field(default_factory=dict)
    # Per part: parts of a folded value that the record did not tell, which are Odoo's to keep.
    absent_parts: dict[str, set] = field(default_factory=dict)
    # Perhaps read before values were last taken, from the platform or by it: it may show what those have replaced.
    maybe_stale: bool = False
    # What was decided: link, create, review, merge, unchanged, failed, excluded, stale.
    outcome: str = ""
    res_id: int | None = None
    rule: str = ""
    reason: str = ""
    parent_ref: str | None = None
    parent_id: int | None = None
    fault: Exception | None = None
    candidates: list = field(default_factory=list)
    # What identity compares, and what it decided; both for records that were bound to nothing.
    features: Features | None = None
    decision: Decision | None = None
    # The record of the same page it looks like; who that became is known once the page is applied.
    twin: "Item | None" = None
    conflicts: list = field(default_factory=list)
    # Part of each conflict, in the same order.
    conflict_parts: list = field(default_factory=list)
    # Per part: Odoo's values that the platform has to get, and the platform's in whose place.
    to_push: dict[str, dict] = field(default_factory=dict)
    replaces: dict[str, dict] = field(default_factory=dict)
    # How often each of them was given before, and what is still known of former gifts.
    attempts: dict[str, dict] = field(default_factory=dict)
    last_pushed: dict[str, dict | None] = field(default_factory=dict)
    # Per part: all values as both sides have them after the merge.
    merged_values: dict[str, dict] = field(default_factory=dict)

    @property
    def main(self):
        return self.incoming.parts.get("main") or {}
