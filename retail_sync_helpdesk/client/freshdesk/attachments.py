"""Files at comments: the service takes them together with the comment only, so they are held until it goes out."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from .. import errors, files
from ..errors import ClientError
from ..files import MEGABYTE, UploadRules

#: Of all files of a comment together [u]; a trial takes less.
MOST_BYTES = 20 * MEGABYTE
#: Hosts that keep attachments [u]; the API key goes to none of them. A region may have another.
CONTENT_HOSTS = ("*.freshdesk.com", "s3.amazonaws.com", "s3-eu-central-1.amazonaws.com")
_OCTETS = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A checked file that waits for its comment."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


class HeldFiles:
    """Files that wait for their comments, in the memory of one desk: another process does not know them."""

    def __init__(self) -> None:
        self._files: dict[str, HeldFile] = {}

    def add(self, name: str, content: BinaryIO, rules: UploadRules | None = None) -> str:
        """Hold a file; what a comment refers to it by. Raises ClientError business for one that breaks the rules."""
        checked = files.check(name, content, rules or UploadRules())
        if checked.size + sum(len(file.content) for file in self._files.values()) > MOST_BYTES:
            raise _too_large()
        media_type = checked.content_type if "office" not in checked.content_type else _OCTETS
        key = uuid.uuid4().hex
        self._files[key] = HeldFile(checked.name, media_type, content.read())
        return key

    def of(self, keys: Sequence[str]) -> list[HeldFile]:
        """The files of a comment. Raises ClientError contract/UPLOAD_UNKNOWN for one that is not held here."""
        if not set(keys) <= self._files.keys():
            raise ClientError(
                errors.CONTRACT, "UPLOAD_UNKNOWN", "the file is not held here any more: hand it over again"
            )
        return [self._files[key] for key in keys]

    def drop(self, keys: Sequence[str]) -> None:
        """Forget files whose comment was written."""
        for key in keys:
            self._files.pop(key, None)


def _too_large() -> ClientError:
    return ClientError(
        errors.BUSINESS, "FILE_TOO_LARGE", f"the files of a comment may have {MOST_BYTES} bytes together"
    )
