"""Plain values that cross the seam between the engine and an adapter."""

from dataclasses import dataclass, field
from typing import Any


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
    """One stream's answer to a poll."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    cursor: dict[str, Any] | None = None
    more: bool = False
    deleted: list[DeletedRef] = field(default_factory=list)
    deleted_until: str | None = None
    error: Exception | None = None


@dataclass(slots=True)
class OutboundRecord:
    """One record on its way to a platform.

    key: our external id, which never changes. external_id: the platform's, None for a record to create.
    parts: whole canonical values, composites in their fields. changed: {part: fields} to send, None for all.
    attributes: what the entity tells the adapter beside the values, such as {"kind": "person"} of a customer.
    ack: the platform's record does not carry our id yet. remote: the platform's row as just read, if it was.
    sent, replaces: {part: folded values} that become the base when accepted, and what the platform showed in their
    place; attempts: how often each was sent over the same before.
    local: {part: Odoo id}. gained: parts that the platform's record did not have before.
    create_anyway: a person confirmed that it is new, although it resembles others on the platform.
    notes: ids of the write intents that the answer closes.
    skipped: {field: "model/id"}: references that are left out until the platform knows the record they name.
    """

    key: str
    res_id: int
    external_id: str | None
    parts: dict[str, dict[str, Any]]
    changed: dict[str, set[str]] | None
    attributes: dict[str, Any] = field(default_factory=dict)
    ack: bool = False
    remote: dict[str, Any] | None = None
    message_id: int = 0
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    replaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    attempts: dict[str, dict[str, int]] = field(default_factory=dict)
    local: dict[str, int] = field(default_factory=dict)
    gained: set[str] = field(default_factory=set)
    create_anyway: bool = False
    notes: list[int] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class EncodedRecord:
    """What an adapter made of an OutboundRecord; a fault says why it cannot be sent."""

    record: OutboundRecord
    fields: dict[str, Any]
    warnings: list[str] = field(default_factory=list)
    fault: Exception | None = None


@dataclass(slots=True)
class Answer:
    """What the platform answered to one EncodedRecord. candidates: its ids that a duplicate rule names."""

    ok: bool
    external_id: str | None = None
    created: bool = False
    fault: Exception | None = None
    candidates: list[str] = field(default_factory=list)
