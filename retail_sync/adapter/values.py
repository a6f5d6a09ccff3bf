"""Plain values that cross the seam between the engine and an adapter."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

# (part, canonical field)
Key = tuple[str, str]


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
    """One stream's answer to a poll.

    error: of the stream as a whole; nothing else counts then. remaining: how many further changes wait behind this
    answer, where the adapter asked; it may be an estimate. deletions_error: why deletions could not be read; rows
    count all the same. deletions_lost: the platform no longer knows all deletions since the last answer, so the ids
    of all records have to be compared once.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    cursor: dict[str, Any] | None = None
    more: bool = False
    deleted: list[DeletedRef] = field(default_factory=list)
    deleted_until: str | None = None
    error: Exception | None = None
    remaining: int | None = None
    deletions_error: Exception | None = None
    deletions_lost: bool = False


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
    held: fields that are left out because the platform has refused them, a fault of None if nothing new is to be noted.
    stand_ins: {part: fields} for which the platform has no such value, and shows one that stands for all of these.
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
    held: list["RefusedField"] = field(default_factory=list)
    stand_ins: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusedField:
    """A canonical field that is not sent with the rest of its record, and why. value: what Odoo has in it."""

    part: str
    name: str
    fault: Any
    value: Any = None
    remote: Any = None


@dataclass(slots=True)
class EncodedRecord:
    """What an adapter made of an OutboundRecord; a fault says why it cannot be sent.

    feeds: {field of the platform: the canonical fields that it is made of}. A refusal that names fields of the platform
    takes those out, and the rest of the record is sent. required: fields that a record cannot be created without.
    identity: fields that carry our id. refused: the fields that were taken out. identity_fault: why our id was.
    again: nothing was accepted, and the rest is to be sent by the next delivery. partial: what it holds of the record
    does not tell whether all else is equal on both sides. called: a call has carried it: without a clear answer the
    platform may have taken it.
    """

    record: OutboundRecord
    fields: dict[str, Any]
    warnings: list[str] = field(default_factory=list)
    fault: Exception | None = None
    feeds: Mapping[str, Collection[Key]] = field(default_factory=dict)
    required: Collection[str] = ()
    identity: Collection[str] = ()
    refused: list[RefusedField] = field(default_factory=list)
    identity_fault: Exception | None = None
    again: bool = False
    partial: bool = False
    called: bool = False


@dataclass(slots=True)
class Answer:
    """What the platform answered to one EncodedRecord.

    candidates: its ids that a duplicate rule names. crossed: {field of the platform: its value just before our write},
    where that differs from the row that was read before: an edit over there that our write has replaced. rest: the
    refusal of the whole record, where only its most urgent fields, or our id, were accepted in its place.
    """

    ok: bool
    external_id: str | None = None
    created: bool = False
    fault: Exception | None = None
    candidates: list[str] = field(default_factory=list)
    crossed: dict[str, Any] = field(default_factory=dict)
    rest: Exception | None = None


@dataclass(frozen=True, slots=True)
class AccountReport:
    """The account of the platform that credentials lead to.

    production: None where the platform does not say. found: {stream id: (ids asked for, ids that exist there)}.
    url: where further calls go, as the platform named it.
    """

    account_id: str
    name: str = ""
    production: bool | None = None
    found: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What an account of the platform has left. None where the platform does not say.

    storage, storage_max: bytes. calls, calls_max: calls of today, those that we leave to others included.
    """

    storage: int | None = None
    storage_max: int | None = None
    calls: int | None = None
    calls_max: int | None = None
