"""A Zendesk account as a desk."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from .. import errors
from ..desk import Capabilities, Desk
from ..errors import ClientError
from ..files import UploadRules
from ..records import (
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
from . import attachments, comments, describe, export, jobs, people, tickets
from .session import ZendeskSession

CAPABILITIES = Capabilities(
    external_key=True,
    idempotent_create=True,
    idempotency_seconds=tickets.IDEMPOTENCY_SECONDS,
    guarded_change=True,
    change_cursor=True,
    event_export=True,
    signed_webhooks=True,
    hold=True,
    bulk=jobs.MOST,
)


class ZendeskDesk(Desk):
    """The account of a session. content_hosts: that keep attachments, beside the account's own host."""

    capabilities = CAPABILITIES

    def __init__(self, session: ZendeskSession, content_hosts: tuple[str, ...] = attachments.CONTENT_HOSTS) -> None:
        self.session = session
        self._content_hosts = content_hosts
        self._user: Person | None = None

    def whoami(self) -> Person:
        """The user that makes the calls, asked for once. Raises ClientError auth for a token of no user."""
        if self._user is None:
            found = people.person(self.session, "me")
            if not found.key:
                raise ClientError(errors.AUTH, "ANONYMOUS", "the account does not know who calls")
            self._user = found
        return self._user

    def describe(self) -> Description:
        return describe.describe(self.session)

    def ticket(self, key: str) -> Ticket:
        return tickets.get(self.session, key)

    def tickets(self, keys: Sequence[str]) -> dict[str, Ticket]:
        return tickets.show_many(self.session, keys)

    def find(self, external_key: str) -> list[Ticket]:
        return tickets.find(self.session, external_key)

    # pylint: disable-next=method-required-super
    def create(self, new: TicketChange, requester: Mapping[str, Any] | None = None) -> Saved:
        return tickets.create(self.session, new, requester)

    def change(self, key: str, changes: Sequence[TicketChange]) -> list[Saved]:
        return tickets.change(self.session, key, changes)

    def change_many(self, changes: Mapping[str, TicketChange]) -> Job:
        return tickets.update_many(self.session, changes)

    def create_many(self, new: Sequence[TicketChange]) -> Job:
        return tickets.create_many(self.session, new)

    def job(self, job: Job) -> Job:
        return job if job.done else jobs.read(self.session, job)

    def comments(self, key: str, since: str = "") -> Iterator[Comment]:
        return comments.listed(self.session, key, since)

    def is_echo(self, comment: Comment, markers: Collection[str] | None = None) -> bool:
        return comments.is_echo(comment, self.whoami().key, markers)

    def add_comment(self, key: str, comment: NewComment) -> Saved:
        return comments.add(self.session, key, comment)

    def changed(self, cursor: Mapping[str, Any]) -> TicketPage:
        return export.tickets(self.session, cursor)

    def save_person(self, values: Mapping[str, Any]) -> tuple[Person, bool]:
        return people.save_person(self.session, values)

    def save_organization(self, values: Mapping[str, Any]) -> tuple[Organization, bool]:
        return people.save_organization(self.session, values)

    def upload(self, name: str, content: BinaryIO, rules: UploadRules | None = None) -> str:
        return attachments.upload(self.session, name, content, rules)

    def download(self, attachment: Attachment, sink: BinaryIO, limit: int) -> int:
        return attachments.download(self.session, attachment, sink, limit, self._content_hosts)
