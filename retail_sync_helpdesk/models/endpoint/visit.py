"""One request to the agent API, as long as it lasts: Odoo may carry it out several times until it commits."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from odoo.api import Environment

from ..access import key_lookup
from ..access.api_key_use import Taken

__all__ = ["CURRENT", "Visit", "secret_of"]


@dataclass
class Visit:
    """A request.

    :param entry: key of the request, None where it has none that is accepted
    :param taken: what the limits say; asked once, however often the request is tried
    :param headers: of its answer, as far as it got; of an error too
    :param error: that the application raised in this try
    """

    correlation_id: str
    entry: key_lookup.Entry | None = None
    taken: Taken | None = None
    headers: dict[str, str] = field(default_factory=dict)
    error: Exception | None = None

    def arrive(self, env: Environment, authorization: str | None) -> None:
        """Look the key up and count the request.

        In the thread of the request, which holds its cursor: the limits are kept in a transaction of their own.
        """
        self.error = None
        self.entry = key_lookup.by_secret(env, secret_of(authorization))
        if self.entry and self.taken is None:
            self.taken = env["retail.sync.api.key.use"].sudo()._take(self.entry.caller.key_id, self.entry.limits)


def secret_of(authorization: str | None) -> str | None:
    """Return the secret of an Authorization header, None where it is no bearer token."""
    scheme, _space, secret = (authorization or "").partition(" ")
    return secret.strip() or None if scheme.lower() == "bearer" else None


# Set for the threads that FastAPI answers in.
CURRENT: ContextVar[Visit] = ContextVar("retail_sync_agent_visit")
