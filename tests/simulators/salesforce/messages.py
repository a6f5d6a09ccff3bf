"""HTTP requests and answers as the handlers see them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError


@dataclass(slots=True)
class Request:
    """``path`` is percent-encoded, ``query`` decoded, header names are lower case.

    ``context`` is set for authenticated calls. ``inner`` marks a subrequest of a composite call. ``number`` counts the
    calls since the start.
    """

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    parsed: Any = None
    context: Any = None
    inner: bool = False
    number: int = 0

    def json(self) -> Any:
        """The decoded body. Raises ``JSON_PARSER_ERROR``."""
        if self.parsed is not None:
            return self.parsed
        if not self.body.strip():
            raise ApiError(
                "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body."
            )
        media = self.headers.get("content-type", "").split(";")[0].strip().lower()
        if media and media != "application/json":
            raise ApiError(
                "UNSUPPORTED_MEDIA_TYPE",
                f"Content type of request payload is not supported for this resource: {media}",
                status=415,
            )
        try:
            self.parsed = json.loads(self.body)
        except (ValueError, UnicodeDecodeError) as error:
            raise ApiError("JSON_PARSER_ERROR", f"Unexpected content at {error}") from error
        return self.parsed

    def json_object(self) -> dict[str, Any]:
        """The decoded body, which has to be a JSON object."""
        body = self.json()
        if not isinstance(body, dict):
            raise ApiError("JSON_PARSER_ERROR", "Can not deserialize a JSON object out of the request body")
        return body


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

    @classmethod
    def of_error(cls, error: ApiError) -> Response:
        return cls(error.status, error.body())
