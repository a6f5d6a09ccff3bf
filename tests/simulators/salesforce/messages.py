"""HTTP requests and answers as the handlers see them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..common import messages
from .errors import ApiError


@dataclass(slots=True)
class Request(messages.Request):
    """``context`` is set for authenticated calls. ``inner`` marks a subrequest of a composite call."""

    parsed: Any = None
    context: Any = None
    inner: bool = False

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


class Response(messages.Response):
    """An answer, or a refusal as the platform words it."""

    __slots__ = ()

    @classmethod
    def of_error(cls, error: ApiError) -> Response:
        return cls(error.status, error.body())
