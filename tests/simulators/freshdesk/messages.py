"""A call as its handler sees it, and refusals in the platform's words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from ..common.messages import Request, Response

Row = dict[str, Any]


class ApiError(Exception):
    """A refusal. ``body`` None sends none, as the platform answers for a record that is not there."""

    def __init__(self, status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def invalid(name: str, code: str, message: str, status: int = 400) -> ApiError:
    details = [{"field": name, "message": message, "code": code}]
    return ApiError(status, {"description": "Validation failed", "errors": details})


def refused(status: int, code: str, message: str, **headers: str) -> ApiError:
    return ApiError(status, {"code": code, "message": message}, headers)


@dataclass(slots=True)
class Upload:
    """A file of a multipart body."""

    name: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Call:
    """``values`` is the JSON object or the form of the body, ``ids`` the numbers in the path."""

    request: Request
    ids: Sequence[int] = ()
    values: Row = field(default_factory=dict)
    files: list[Upload] = field(default_factory=list)

    @property
    def query(self) -> dict[str, str]:
        return self.request.query


def read_body(call: Call) -> None:
    """Parse the body into ``values`` and ``files``. Raises :class:`ApiError`."""
    kind = call.request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        _read_form(call, kind)
    elif call.request.body.strip():
        try:
            found = json.loads(call.request.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise refused(400, "invalid_json", "Request body has invalid json format")
        call.values = found


def _read_form(call: Call, kind: str) -> None:
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.request.body)
    for part in message.get_payload():
        if isinstance(part, str):
            raise refused(400, "invalid_json", "the form cannot be read")
        # as it came: the parser replaces names that are not ASCII
        disposition = dict(part.raw_items())["Content-Disposition"].encode("ascii", "surrogateescape").decode()
        name, _, file_name = disposition.partition('name="')[2].partition('"; filename="')
        content = part.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        if file_name:
            call.files.append(Upload(file_name.rstrip('"'), part.get_content_type(), data))
            continue
        name = name.rstrip('"')
        text: Any = data.decode()
        if name.endswith("[]"):
            call.values.setdefault(name[:-2], []).append(text)
        elif name.endswith("]"):
            outer, _, inner = name[:-1].partition("[")
            call.values.setdefault(outer, {})[inner] = text
        else:
            call.values[name] = {"true": True, "false": False}.get(text, int(text) if text.isdecimal() else text)


def answer(body: Any = None, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    payload = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    return Response(status, payload, dict(headers or {}))
