"""Records of a ticket desk in words that all desks share. Keys are texts, times ISO 8601 in UTC, '' for none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .errors import ClientError


class Status(str, Enum):
    """How far a ticket is. `closed` is final; `deleted` is reported by exports only."""

    new = "new"
    open = "open"
    pending = "pending"
    hold = "hold"
    solved = "solved"
    closed = "closed"
    deleted = "deleted"

    __str__ = str.__str__


class Priority(str, Enum):
    low = "low"
    normal = "normal"
    high = "high"
    urgent = "urgent"

    __str__ = str.__str__


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket without its comments.

    external_key: our own, which the desk does not hold to be unique. status, priority: None for a word that is not
    known, which `raw` holds. version: what a guarded change refers to. custom: {key of a field: value}; values are of
    JSON. raw: as the desk sent it.
    """

    key: str
    external_key: str = ""
    subject: str = ""
    description: str = ""
    status: Status | None = None
    priority: Priority | None = None
    type: str = ""
    requester: str = ""
    organization: str = ""
    assignee: str = ""
    group: str = ""
    brand: str = ""
    form: str = ""
    channel: str = ""
    public: bool = True
    tags: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    created_at: str = ""
    updated_at: str = ""
    version: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file at a comment. size: bytes, as the desk announces it."""

    key: str
    name: str = ""
    content_type: str = ""
    size: int = 0
    url: str = field(default="", repr=False)  # whoever has it may read the file
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, which never changes.

    public: whether the requester sees it. marker: ours, '' for a comment of others.
    """

    key: str
    author: str = ""
    public: bool = False
    text: str = ""
    html: str = ""
    at: str = ""
    attachments: tuple[Attachment, ...] = ()
    marker: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class NewComment:
    """A comment to be added. html goes before text. author: key of a person; '' for the user that makes the call.

    uploads: what `Desk.upload` returned. marker: names this comment, so that it is known when it comes back; unique.
    """

    text: str = ""
    html: str = ""
    public: bool = False
    author: str = ""
    uploads: tuple[str, ...] = ()
    marker: str = ""


@dataclass(frozen=True, slots=True)
class TicketChange:
    """A change of a ticket.

    values: {field of `Ticket`: new value}, of those in `WRITABLE`; None clears. custom: {key of a field: new value}.
    tags: all of them, None to leave them; add_tags and remove_tags apply after it. version: the version that was read;
    the desk refuses the change where the ticket has another by now. '' to write whatever is there.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    comment: NewComment | None = None
    version: str = ""

    def __post_init__(self) -> None:
        unknown = set(self.values) - WRITABLE
        if unknown:
            raise ValueError(f"no field of a ticket that can be written: {', '.join(sorted(unknown))}")


#: Fields of `Ticket` that a change may name in its values.
WRITABLE = frozenset(
    "external_key subject status priority type requester organization assignee group brand form".split()
)


@dataclass(frozen=True, slots=True)
class Person:
    """A user of a desk: a customer or an agent. role: end-user, agent or admin."""

    key: str
    external_key: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    organization: str = ""
    role: str = ""
    active: bool = True
    suspended: bool = False
    tags: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    updated_at: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Organization:
    """An organisation whose people share their tickets or not. domains: of the e-mail addresses of its people."""

    key: str
    external_key: str = ""
    name: str = ""
    domains: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    updated_at: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one written record. created: False also where the desk does not say. version: after the write.

    comment: key of the comment that was added, '' where the desk does not say.
    """

    ok: bool
    key: str = ""
    created: bool = False
    version: str = ""
    error: ClientError | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that the desk does after its answer. results: one for each record, in their order, once it is done.

    keys: by which the desk names the records in its results, in their order; store them with the job's own key.
    """

    key: str
    keys: tuple[str, ...] = ()
    done: bool = False
    results: tuple[Saved, ...] = ()
    error: ClientError | None = None


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Some of the tickets that changed. cursor: for the next page, of JSON; store it with the effects of this one.

    more: whether the next page may be asked for at once. covered_until: seconds since the epoch up to which nothing
    that changed is missing after this page; None while there is more.
    """

    tickets: tuple[Ticket, ...]
    cursor: Mapping[str, Any]
    more: bool
    covered_until: float | None = None


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """What one write did to a ticket. at: seconds since the epoch. created: whether it made the ticket.

    comments: those that it added. whole: whether they are reported with all that they have; else read them singly.
    """

    ticket: str
    at: float
    created: bool = False
    comments: tuple[Comment, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some of what happened to tickets, oldest first. after: where the next page begins, seconds since the epoch.

    more, covered_until: as of `TicketPage`.
    """

    events: tuple[TicketEvent, ...]
    after: int
    more: bool
    covered_until: float | None = None


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field of tickets. kind: text, html, number, decimal, date, bool, enum, list, ref or other.

    options: {value: label}. required: to solve a ticket. system: one that each account has.
    """

    key: str
    title: str
    kind: str
    options: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    active: bool = True
    system: bool = False


@dataclass(frozen=True, slots=True)
class NamedItem:
    """A form, group or brand."""

    key: str
    name: str
    active: bool = True
    default: bool = False
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What an account offers."""

    fields: tuple[FieldInfo, ...] = ()
    forms: tuple[NamedItem, ...] = ()
    groups: tuple[NamedItem, ...] = ()
    brands: tuple[NamedItem, ...] = ()
    statuses: tuple[Status, ...] = ()
