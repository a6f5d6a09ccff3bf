"""What every ticket desk can be asked, in words that all of them share; an account of a desk is of this form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from .files import UploadRules
from .records import (
    Attachment,
    Comment,
    Description,
    Job,
    NewComment,
    Organization,
    Person,
    Saved,
    Ticket,
    TicketChange,
    TicketPage,
)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a desk has of its own; what it has not, the caller does by other means.

    external_key: tickets carry a key of ours and are found by it. idempotent_create: a repeated creation makes no
    second ticket, within `idempotency_seconds`. guarded_change: the desk compares versions. change_cursor: an export
    that misses nothing. event_export: one of what happened to tickets, with their comments. signed_webhooks. hold: a
    status of its own. bulk: records in one job at most, 0 for no jobs. comments_per_change: how many comments a change
    of a ticket can carry.
    """

    external_key: bool = False
    idempotent_create: bool = False
    idempotency_seconds: int = 0
    guarded_change: bool = False
    change_cursor: bool = False
    event_export: bool = False
    signed_webhooks: bool = False
    hold: bool = False
    bulk: int = 0
    comments_per_change: int = 1


class Desk(Protocol):
    """An account of a desk. All methods raise ClientError; `gone` for a record that is not there any more."""

    capabilities: Capabilities

    def whoami(self) -> Person:
        """The user that makes the calls."""

    def describe(self) -> Description:
        """Fields, forms, groups, brands and statuses."""

    def ticket(self, key: str) -> Ticket:
        """One ticket."""

    def tickets(self, keys: Sequence[str]) -> dict[str, Ticket]:
        """{key: ticket}; those that are gone are left out."""

    def find(self, external_key: str) -> list[Ticket]:
        """The tickets with a key of ours: none, one, or several."""

    # pylint: disable-next=method-required-super
    def create(self, new: TicketChange, requester: Mapping[str, Any] | None = None) -> Saved:
        """Create a ticket, or find the ticket that an earlier try created.

        new: its values hold the external key, and its comment is the ticket's description. requester: {"name", "email"}
        of a person who may be new; otherwise the values name a known one.
        """

    def change(self, key: str, changes: Sequence[TicketChange]) -> list[Saved]:
        """Write several changes of one ticket, in as few calls as its comments permit; one result for each call made.

        The first refusal ends it, and is the error of the last result.
        """

    def change_many(self, changes: Mapping[str, TicketChange]) -> Job:
        """Write one change of each of several tickets."""

    def create_many(self, new: Sequence[TicketChange]) -> Job:
        """Create several tickets. A job that is lost is not repeated blindly: look for the external keys first."""

    def job(self, job: Job) -> Job:
        """How far a job is."""

    def comments(self, key: str, since: str = "") -> Iterator[Comment]:
        """The comments of a ticket, oldest first. since: key of a comment; only those after it."""

    def is_echo(self, comment: Comment) -> bool:
        """Whether a comment is one that we wrote."""

    def add_comment(self, key: str, comment: NewComment) -> Saved:
        """Add a comment."""

    def changed(self, cursor: Mapping[str, Any]) -> TicketPage:
        """The tickets that changed since a cursor; {"since": seconds since the epoch} begins one."""

    def save_person(self, values: Mapping[str, Any]) -> tuple[Person, bool]:
        """Create or update a customer by external_key or email; and whether it is new. No mail goes out."""

    def save_organization(self, values: Mapping[str, Any]) -> tuple[Organization, bool]:
        """Create or update an organisation by external_key; and whether it is new."""

    def upload(self, name: str, content: BinaryIO, rules: UploadRules | None = None) -> str:
        """Hand over a file; what `NewComment.uploads` refers to it by."""

    def download(self, attachment: Attachment, sink: BinaryIO, limit: int) -> int:
        """Write an attachment's content, `limit` bytes at most, to a sink; its length."""
