"""Plain values that cross the seam between the engine and an adapter."""

from dataclasses import dataclass, field


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

    rows: list = field(default_factory=list)
    cursor: dict | None = None
    more: bool = False
    deleted: list[DeletedRef] = field(default_factory=list)
    deleted_until: str | None = None
    error: Exception | None = None


@dataclass(slots=True)
class OutboundRecord:
    """One record on its way to a platform.

    key: our external id, the same for ever. external_id: the platform's, None for a record to create.
    parts: whole canonical values, addresses in parts. changed: {part: fields} to send, None for all.
    ack: the platform's record does not carry our id yet. remote: the platform's row as just read.
    sent, replaces: {part: folded values} to become the base when taken, and what the platform showed in their place;
    attempts: how often each was given over the same before.
    local: {part: Odoo id}. gained: parts that the platform's record did not have before.
    insisted: a person said that it is new, although it looks like others over there.
    notes: ids of what was noted before it is sent, to be struck out by the answer.
    """

    key: str
    res_id: int
    external_id: str | None
    parts: dict
    changed: dict[str, set] | None
    kind: str = "company"
    ack: bool = False
    remote: dict | None = None
    message_id: int = 0
    sent: dict[str, dict] = field(default_factory=dict)
    replaces: dict[str, dict] = field(default_factory=dict)
    attempts: dict[str, dict] = field(default_factory=dict)
    local: dict[str, int] = field(default_factory=dict)
    gained: set = field(default_factory=set)
    insisted: bool = False
    notes: list[int] = field(default_factory=list)


@dataclass(slots=True)
class EncodedRecord:
    """What an adapter made of an OutboundRecord; a fault says why it cannot be sent."""

    record: OutboundRecord
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
