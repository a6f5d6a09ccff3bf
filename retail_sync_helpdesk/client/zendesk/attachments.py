"""Files at comments: handing them over and fetching them (section 2.3)."""

from typing import BinaryIO
from urllib.parse import urljoin, urlsplit

from .. import errors, files
from ..errors import ClientError, Remedy
from ..files import UploadRules
from ..records import Attachment
from ..transport import origin
from . import faults
from .session import ZendeskSession, as_object, member

#: Hosts that keep attachments; the token goes to none of them.
CONTENT_HOSTS = ("*.zdusercontent.com", "*.zendesk.com")
MOST_REDIRECTS = 3
_OCTETS = "application/octet-stream"


def upload(session: ZendeskSession, name: str, content: BinaryIO, rules: UploadRules | None = None) -> str:
    """Hand over a file; the token under which a comment of the next hour refers to it.

    content: can be sought; it is sent piece by piece. Raises ClientError business for a file that breaks the rules.
    """
    checked = files.check(name, content, rules or UploadRules())
    media_type = checked.content_type if "office" not in checked.content_type else _OCTETS
    reply = session.request(
        "POST",
        "/uploads",
        params={"filename": checked.name},
        data=content,
        headers={"Content-Type": media_type},
        idempotent=True,  # an upload that no comment refers to is deleted by the service
    )
    token = member(as_object(reply.json()), "upload").get("token")
    if not isinstance(token, str) or not token:
        raise errors.odd_answer("the upload has no token")
    return token


def download(
    session: ZendeskSession,
    attachment: Attachment,
    sink: BinaryIO,
    limit: int,
    hosts: tuple[str, ...] = CONTENT_HOSTS,
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
                    errors.THROTTLED, "BUDGET_USED_UP", "the limit of calls is used up", retry_after=permit.wait
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
            raise faults.from_reply(reply)
        url = urljoin(url, reply.headers.get("Location") or "")
    raise ClientError(errors.CONTRACT, "TOO_MANY_REDIRECTS", "the attachment's address leads on and on")


def _checked(session: ZendeskSession, url: str, hosts: tuple[str, ...]) -> bool:
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
