"""A Freshdesk account as a desk."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

from .. import coalesce as merging
from .. import downloads, errors
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
from . import attachments, comments, describe, export, faults, people, tickets
from .session import FreshdeskSession


class FreshdeskDesk(Desk):
    """The account of a session. content_hosts: that keep attachments, beside the account's own host.

    Tickets bear keys of ours where the session names a custom field for them. Creations are not idempotent, changes are
    not guarded, the list of changes leaves deletions out, and there are no signed webhooks and no jobs.
    """

    def __init__(self, session: FreshdeskSession, content_hosts: tuple[str, ...] = attachments.CONTENT_HOSTS) -> None:
        self.session = session
        self.capabilities = Capabilities(external_key=bool(session.key_fields.ticket), comments_per_change=0)
        self._content_hosts = content_hosts
        self._files = attachments.HeldFiles()
        self._user: Person | None = None

    def whoami(self) -> Person:
        """The agent that makes the calls, asked for once. Raises ClientError auth for a key of no agent."""
        if self._user is None:
            found = people.whoami(self.session)
            if not found.key:
                raise ClientError(errors.AUTH, "ANONYMOUS", "the account does not know who calls")
            self._user = found
        return self._user

    def describe(self) -> Description:
        return describe.describe(self.session)

    def ticket(self, key: str) -> Ticket:
        return tickets.get(self.session, key)

    def tickets(self, keys: Sequence[str]) -> dict[str, Ticket]:
        return tickets.get_many(self.session, keys)

    def find(self, external_key: str) -> list[Ticket]:
        return tickets.find(self.session, external_key)

    # pylint: disable-next=method-required-super
    def create(self, new: TicketChange, requester: Mapping[str, Any] | None = None) -> Saved:
        uploads = new.comment.uploads if new.comment else ()
        saved = tickets.create(self.session, new, requester, self._files.of(uploads))
        self._files.drop(uploads)
        return saved

    def change(self, key: str, changes: Sequence[TicketChange]) -> list[Saved]:
        """As `Desk.change`; values and comment of a change are two calls, with the values first."""
        results: list[Saved] = []
        for merged in merging.coalesce(changes):
            try:
                if not merging.is_empty(replace(merged, comment=None)):
                    results.append(tickets.update(self.session, key, merged))
                elif merged.version:
                    tickets.check_version(self.session, key, merged.version)
                if merged.comment:
                    results.append(self.add_comment(key, merged.comment))
            except ClientError as error:
                results.append(Saved(False, key, error=error))
                break
        return results

    def change_many(self, changes: Mapping[str, TicketChange]) -> Job:
        raise _no_jobs()

    def create_many(self, new: Sequence[TicketChange]) -> Job:
        raise _no_jobs()

    def job(self, job: Job) -> Job:
        raise _no_jobs()

    def comments(self, key: str, since: str = "") -> Iterator[Comment]:
        return comments.listed(self.session, key, since)

    def is_echo(self, comment: Comment) -> bool:
        return comments.is_echo(comment, self.whoami().key)

    def add_comment(self, key: str, comment: NewComment) -> Saved:
        """As `Desk.add_comment`. Raises ClientError contract/COMMENT_AUTHOR for a comment in another's name."""
        if comment.author and comment.author != self.whoami().key:
            # no marker is kept, so the author is all that tells an echo
            raise faults.not_offered("COMMENT_AUTHOR", "comments are written as the agent that makes the calls")
        saved = comments.add(self.session, key, comment, self._files.of(comment.uploads))
        self._files.drop(comment.uploads)
        return saved

    def changed(self, cursor: Mapping[str, Any]) -> TicketPage:
        return export.tickets(self.session, cursor)

    def save_person(self, values: Mapping[str, Any]) -> tuple[Person, bool]:
        return people.save_person(self.session, values)

    def save_organization(self, values: Mapping[str, Any]) -> tuple[Organization, bool]:
        return people.save_organization(self.session, values)

    def upload(self, name: str, content: BinaryIO, rules: UploadRules | None = None) -> str:
        """As `Desk.upload`; the file is sent with its comment, by this object only."""
        return self._files.add(name, content, rules)

    def download(self, attachment: Attachment, sink: BinaryIO, limit: int) -> int:
        return downloads.download(self.session, attachment, sink, limit, self._content_hosts)


def _no_jobs() -> ClientError:
    return faults.not_offered("JOBS_NOT_OFFERED", "this desk writes records one by one")
