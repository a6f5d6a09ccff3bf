"""What a resource declares: method, path, handler, the scope and role it asks for, and its own rate limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .messages import Call, Response
from .rate_limits import Limit

Handler = Callable[[Call], Response]
ADMIN = "admin"
AGENT = "agent"
ANYBODY = ""


@dataclass(frozen=True, slots=True)
class Route:
    """``path`` follows ``/api/v2/``; ``{name}`` stands for one part. ``scope`` "" is open to every token."""

    method: str
    path: str
    handler: Handler
    scope: str = "settings"
    role: str = AGENT
    limits: Callable[[Call], list[Limit]] | None = None

    @property
    def endpoint(self) -> str:
        return f"{self.method} {self.path}"
