"""HTTP requests and answers as the handlers see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Request:
    """``path`` is percent-encoded, ``query`` decoded, header names are lower case.

    ``number`` counts the calls since the start.
    """

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    number: int = 0


@dataclass(slots=True)
class Response:
    """``body`` is encoded as JSON unless it is bytes. ``None`` sends no body; a function makes the bytes late.

    ``drop`` closes the connection instead of answering; ``truncate`` sends half of the body and closes.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json;charset=UTF-8"
    drop: bool = False
    truncate: bool = False
