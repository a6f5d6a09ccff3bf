"""Bodies with files, as a form sends them."""

import io
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .attachments import HeldFile


def encode(values: Mapping[str, Any], files: Iterable[HeldFile]) -> tuple[io.BytesIO, str]:
    """(body, content type) of values and files. Values of objects and lists are named as the service reads forms."""
    boundary = uuid.uuid4().hex
    body = io.BytesIO()
    for name, value in _flat(values):
        body.write(_head(boundary, name) + b"\r\n" + _text(value).encode() + b"\r\n")
    for file in files:
        head = _head(boundary, "attachments[]", file.name)
        body.write(head + f"Content-Type: {file.media_type}\r\n\r\n".encode() + file.content + b"\r\n")
    body.write(f"--{boundary}--\r\n".encode())
    body.seek(0)
    return body, f"multipart/form-data; boundary={boundary}"


def _head(boundary: str, name: str, file: str | None = None) -> bytes:
    extra = "" if file is None else f'; filename="{_quoted(file)}"'
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"{extra}\r\n'.encode()


def _quoted(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}[{key}]", item) for key, item in value.items())
        elif isinstance(value, (list, tuple)):
            yield from ((f"{name}[]", item) for item in value)
        else:
            yield name, value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
