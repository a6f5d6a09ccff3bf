"""A call as its handler sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..common.messages import Request, Response
from .errors import ApiError, not_found, too_many
from .journal import Actor
from .table import Row

if TYPE_CHECKING:
    from .account import Account

__all__ = ["Call", "Request", "Response"]
JSON = "application/json; charset=utf-8"


@dataclass(slots=True)
class Call:
    """An authenticated call. ``args`` are the named parts of the path; ``warnings`` become ``x-zendesk-api-warn``."""

    account: Account
    request: Request
    user: Row
    actor: Actor
    args: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

    @property
    def path(self) -> str:
        """The path without ``.json``."""
        return self.request.path.rstrip("/").removesuffix(".json")

    @property
    def job_actor(self) -> Actor:
        """The caller, in a job that runs after the answer."""
        return replace(self.actor, origin="job")

    def number(self, name: str = "id") -> int:
        """An id of the path. Raises ``RecordNotFound`` when it is no number."""
        text = self.args[name]
        if not text.isdigit():
            raise not_found()
        return int(text)

    def payload(self) -> dict[str, Any]:
        """The body. Raises 400 when it is no JSON object."""
        if not self.request.body.strip():
            return {}
        try:
            body = json.loads(self.request.body)
        except (ValueError, UnicodeDecodeError) as error:
            raise ApiError(400, "Unprocessable Entity", f"The request body is not JSON: {error}") from error
        if not isinstance(body, dict):
            raise ApiError(400, "Unprocessable Entity", "The request body is not a JSON object")
        return body

    def record(self, key: str) -> dict[str, Any]:
        """The object under ``key`` of the body. Raises 400 when there is none."""
        value = self.payload().get(key)
        if not isinstance(value, dict):
            raise ApiError(400, "Unprocessable Entity", f"Parameter {key} is required and must be an object")
        return value

    def records(self, key: str) -> list[dict[str, Any]]:
        """The list of objects under ``key`` of the body, no longer than a bulk call may be."""
        values = self.payload().get(key)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise ApiError(400, "Unprocessable Entity", f"Parameter {key} is required and must be a list of objects")
        if len(values) > self.account.config.max_bulk:
            raise too_many(self.account.config.max_bulk)
        return values

    def listed(self, name: str = "ids") -> list[str]:
        """A list of the query, split at commas, no longer than a bulk call may be."""
        values = [part.strip() for part in self.query.get(name, "").split(",") if part.strip()]
        if len(values) > self.account.config.max_bulk:
            raise too_many(self.account.config.max_bulk)
        return values


def answer(status: int, body: Any = None, headers: dict[str, str] | None = None) -> Response:
    return Response(status, body, headers or {}, JSON)
