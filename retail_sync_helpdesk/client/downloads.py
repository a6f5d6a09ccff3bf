"""Fetching files at comments, whose addresses are trusted with nothing."""

from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

from . import errors
from .errors import ClientError, Remedy
from .records import Attachment
from .session import BUDGET_USED_UP, DeskSession
from .transport import origin

MOST_REDIRECTS = 3


def download(
    session: DeskSession,
    attachment: Attachment,
    sink: BinaryIO,
    limit: int,
    hosts: tuple[str, ...],
) -> int:
    """Write an attachment's content, `limit` bytes at most, to a sink; its length.

    The address comes from a comment, so it is trusted with nothing: the token goes to the account's own host only, and
    other hosts are called only if `hosts` names them. Each of a few redirects is checked the same way.
    Raises ClientError: business (FILE_TOO_LARGE), contract (FOREIGN_HOST), gone.
    """
    if attachment.size > limit:
        raise _too_large(limit)
    url = attachment.url
    for _hop in range(MOST_REDIRECTS + 1):
        is_account = _checked(session, url, hosts)
        headers = {"Accept": "*/*"}
        if is_account:
            headers["Authorization"] = session.authorization()
            permit = session.permit("GET", url)
            if not permit.allowed:
                raise ClientError(
                    errors.THROTTLED, BUDGET_USED_UP, "the limit of calls is used up", retry_after=permit.wait
                )
        began = sink.tell()
        try:
            reply = session.transport.send("GET", url, headers=headers, sink=sink, max_bytes=limit)
        except ClientError as error:
            sink.seek(began)
            sink.truncate()
            raise _too_large(limit) if error.code == "ANSWER_TOO_LONG" else error from None
        if reply.status < 300:
            return sink.tell() - began
        if reply.status not in (301, 302, 303, 307, 308):
            raise session.fault(reply)
        url = urljoin(url, reply.headers.get("Location") or "")
    raise ClientError(errors.CONTRACT, "TOO_MANY_REDIRECTS", "the attachment's address leads on and on")


def _checked(session: DeskSession, url: str, hosts: tuple[str, ...]) -> bool:
    """Whether an address is the account's own. Raises ClientError for one that may not be called at all."""
    parts = urlsplit(url)
    if origin(url) == session.base_url:
        return True
    host = (parts.hostname or "").lower()
    for pattern in hosts:
        if host == pattern or (pattern.startswith("*.") and host.endswith(pattern[1:]) and host != pattern[2:]):
            return False
    raise ClientError(
        errors.CONTRACT,
        "FOREIGN_HOST",
        "the attachment lies on a host that is not called for attachments",
        remedy=Remedy.settings,
    )


def _too_large(limit: int) -> ClientError:
    return ClientError(errors.BUSINESS, "FILE_TOO_LARGE", f"the file has more than {limit} bytes")
