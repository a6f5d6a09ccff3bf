"""Which files may pass, under which names, and what they really are."""

import re
import unicodedata
from dataclasses import dataclass
from typing import BinaryIO

from . import errors
from .errors import ClientError

MEGABYTE = 1024 * 1024
NAME_LENGTH = 120
_HEAD = 512

#: What a file of a type begins with.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"#!", "text/x-script"),
)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|script|svg|\?xml|body|iframe)", re.IGNORECASE)
#: Documents that are archives inside.
_IN_ZIP = frozenset(("docx", "xlsx", "pptx", "odt", "ods", "odp"))
_OFFICE = "application/vnd.office"
_EXPECTED = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "zip": "application/zip",
    "txt": "text/plain",
    "csv": "text/plain",
    "log": "text/plain",
    **dict.fromkeys(_IN_ZIP, _OFFICE),
}
SAFE_TYPES = frozenset(("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "text/plain", _OFFICE))


@dataclass(frozen=True, slots=True)
class UploadRules:
    """max_bytes: of one file. types: as `sniff` names them."""

    max_bytes: int = 20 * MEGABYTE
    types: frozenset[str] = SAFE_TYPES


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may pass. name: cleaned. content_type: what the content is, whatever was claimed."""

    name: str
    content_type: str
    size: int


def check(name: str, content: BinaryIO, rules: UploadRules) -> CheckedFile:
    """A file that keeps the rules; the content is at its beginning afterwards, and must be one that can be sought.

    Raises ClientError business: FILE_EMPTY, FILE_TOO_LARGE, FILE_TYPE_NOT_ALLOWED, FILE_TYPE_DIFFERS.
    """
    size = content.seek(0, 2)
    content.seek(0)
    if not size:
        raise ClientError(errors.BUSINESS, "FILE_EMPTY", "the file is empty")
    if size > rules.max_bytes:
        raise ClientError(errors.BUSINESS, "FILE_TOO_LARGE", f"the file has more than {rules.max_bytes} bytes")
    name = clean_name(name)
    found = sniff(content.read(_HEAD), name)
    content.seek(0)
    if found not in rules.types:
        raise ClientError(errors.BUSINESS, "FILE_TYPE_NOT_ALLOWED", f"files of the type {found} are not sent")
    claimed = _EXPECTED.get(_extension(name))
    if claimed and claimed != found:
        raise ClientError(errors.BUSINESS, "FILE_TYPE_DIFFERS", f"the name says {claimed}, but the content is {found}")
    return CheckedFile(name, found, size)


def sniff(head: bytes, name: str = "") -> str:
    """The type of a file by its first bytes; its name only tells documents from other archives."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return _OFFICE if found == "application/zip" and _extension(name) in _IN_ZIP else found
    if _MARKUP.match(head):
        return "text/html"
    if any(byte < 0x20 and byte not in b"\t\n\v\f\r" for byte in head):
        return "application/octet-stream"
    return "text/plain"


def clean_name(name: str) -> str:
    """A file name without folders, control characters and directions of writing, of at most `NAME_LENGTH` characters.

    "file" where nothing is left; the extension survives the cut.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    text = "".join(char for char in text if unicodedata.category(char)[0] != "C")
    text = re.sub(r'[<>:"|?*%;]', "_", text)
    text = re.sub(r"\s+", " ", text).strip(" .")
    stem, dot, extension = text.rpartition(".")
    if dot and stem and len(extension) <= 10:
        text = f"{stem[: NAME_LENGTH - len(extension) - 1].rstrip(' .')}.{extension}"
    return text[:NAME_LENGTH] or "file"


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
