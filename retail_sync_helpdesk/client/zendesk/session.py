"""The one way to a Zendesk account's API."""

from collections.abc import Mapping
from typing import Any

from ..errors import ClientError
from ..reported import Reported
from ..session import DeskSession
from ..transport import Reply
from . import faults
from .limits import Limits, reported, warning


class ZendeskSession(DeskSession):
    """Calls to one account. warnings: what the account ignored of our calls, the newest last."""

    api = "/api/v2"

    def __init__(self, *connection: Any, **options: Any) -> None:
        """As `DeskSession`."""
        super().__init__(*connection, **options)
        self.warnings: list[str] = []

    def usual_limits(self) -> Limits:
        return Limits()

    def fault(self, reply: Reply, *, idempotent: bool = True, idempotency_key: bool = False) -> ClientError:
        return faults.from_reply(reply, idempotent=idempotent, idempotency_key=idempotency_key)

    def reported(self, headers: Mapping[str, str]) -> Reported:
        ignored = warning(headers)
        if ignored:
            self.warnings = [*self.warnings[-19:], ignored]
        return reported(headers)
