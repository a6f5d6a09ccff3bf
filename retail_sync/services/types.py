"""Plain values that walk through the services."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from ..domain.canonical import Incoming
from ..domain.identity.deciding import Decision
from ..domain.identity.features import Features


@dataclass(slots=True)
class DeletedRef:
    """A record that is gone on the platform; winner is the id it was merged into.

    confirmed: the platform itself says that the record is deleted, rather than not showing it.
    """

    external_id: str
    deleted_at: str
    winner: str | None = None
    confirmed: bool = False


@dataclass(slots=True)
class PollResult:
    """One flow's answer to a poll."""

    rows: list = field(default_factory=list)
    cursor: dict | None = None
    more: bool = False
    deleted: list[DeletedRef] = field(default_factory=list)
    deleted_until: str | None = None
    error: Exception | None = None


@dataclass(slots=True)
class Bound:
    """A binding as the page needs it: one row of one query."""

    id: int
    slot: str
    res_id: int
    version: int
    content_hash: str | None
    base: dict | None
    state: str
    is_primary: bool
    parent_ref: str | None
    archived_by_sync: bool
    pushed: dict | None = None
    acked: bool = False
    synced_at: datetime | None = None


@dataclass(slots=True)
class Item:
    """One remote record on its way through a page."""

    incoming: Incoming
    bound: dict[str, Bound] = field(default_factory=dict)
    # incoming.slots as Odoo compares and stores them: addresses whole, codes resolved.
    folded: dict[str, dict | None] = field(default_factory=dict)
    # Per slot: parts of a folded value that the record did not tell, which are Odoo's to keep.
    untold: dict[str, set] = field(default_factory=dict)
    # Perhaps read before values were last taken, from the platform or by it: it may show what those have replaced.
    old: bool = False
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
    # Slot of each conflict, in the same order.
    conflict_slots: list = field(default_factory=list)
    # Per slot: Odoo's values that the platform has to get, and the platform's in whose place.
    push: dict[str, dict] = field(default_factory=dict)
    over: dict[str, dict] = field(default_factory=dict)
    # How often each of them was given before, and what is still known of former gifts.
    tries: dict[str, dict] = field(default_factory=dict)
    pushed: dict[str, dict | None] = field(default_factory=dict)
    # Per slot: all values as both sides have them after the merge.
    whole: dict[str, dict] = field(default_factory=dict)

    @property
    def main(self):
        return self.incoming.slots.get("main") or {}


@dataclass(slots=True)
class BindingRow:
    """What is written for one slot of one record, all of a page in one statement."""

    external_id: str
    slot: str
    res_id: int
    version: int
    content_hash: str
    raw_hash: str
    base: dict
    divergent: dict | None
    provenance: dict | None
    warnings: list[str]
    parent_ref: str | None
    state: str
    rule: str
    reason: str
    is_primary: bool = True
    archived_by_sync: bool = False
    acked: bool = False
    pushed: dict | None = None


@dataclass(slots=True)
class OutRecord:
    """One record on its way to a platform.

    key: our external id, the same for ever. external_id: the platform's, None for a record to create.
    slots: whole canonical values, addresses in parts. changed: {slot: fields} to send, None for all.
    ack: the platform's record does not carry our id yet. remote: the platform's row as just read.
    sent, over: {slot: folded values} to become the base when taken, and what the platform showed in their place;
    tries: how often each was given over the same before.
    local: {slot: Odoo id}. gained: slots that the platform's record did not have before.
    insisted: a person said that it is new, although it looks like others over there.
    notes: ids of what was noted before it is sent, to be struck out by the answer.
    """

    key: str
    res_id: int
    external_id: str | None
    slots: dict
    changed: dict[str, set] | None
    kind: str = "company"
    ack: bool = False
    remote: dict | None = None
    message_id: int = 0
    sent: dict[str, dict] = field(default_factory=dict)
    over: dict[str, dict] = field(default_factory=dict)
    tries: dict[str, dict] = field(default_factory=dict)
    local: dict[str, int] = field(default_factory=dict)
    gained: set = field(default_factory=set)
    insisted: bool = False
    notes: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Outgoing:
    """What an adapter made of an OutRecord; a fault says why it cannot be sent."""

    record: OutRecord
    fields: dict
    warnings: list[str] = field(default_factory=list)
    fault: Exception | None = None


@dataclass(slots=True)
class Answer:
    """What the platform said to one Outgoing. candidates: its ids that a duplicate rule names."""

    ok: bool
    external_id: str | None = None
    created: bool = False
    fault: Exception | None = None
    candidates: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Claimed:
    """A message in hand. insisted: a person said that its record is new, although it looks like others over there."""

    id: int
    key: str
    res_id: int
    op: str
    changes: dict
    attempts: int
    insisted: bool = False


def raw_hash(row):
    """Return a short hash of a remote row as it came (keys in the order the platform sent them)."""
    return blake2b(json.dumps(row, separators=(",", ":")).encode(), digest_size=12).hexdigest()
