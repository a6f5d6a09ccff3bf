"""Files at comments: handing them over and fetching them (section 2.3)."""

from typing import BinaryIO

from .. import downloads, errors, files
from ..answers import as_object, member
from ..files import UploadRules
from ..records import Attachment
from .session import ZendeskSession

#: Hosts that keep attachments; the token goes to none of them.
CONTENT_HOSTS = ("*.zdusercontent.com", "*.zendesk.com")
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
    """Write an attachment's content to a sink; see `downloads.download`."""
    return downloads.download(session, attachment, sink, limit, hosts)
