"""The one way to a Zendesk account's API."""

import time
from collections.abc import Callable, Mapping

from ..budget import BudgetStore
from ..errors import ClientError
from ..reported import Reported
from ..session import DeskSession
from ..tokens import SignIn, TokenStore
from ..transport import Reply, Transport
from . import faults
from .limits import Limits, reported, warning


class ZendeskSession(DeskSession):
    """Calls to one account. warnings: what the account ignored of our calls, the newest last."""

    api = "/api/v2"

    def __init__(
        self,
        base_url: str,
        transport: Transport,
        sign_in: SignIn,
        token_store: TokenStore,
        budget_store: BudgetStore | None = None,
        *,
        limits: Limits | None = None,
        share: float = 1.0,
        correlation_id: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(
            base_url,
            transport,
            sign_in,
            token_store,
            budget_store,
            limits=limits or Limits(),
            share=share,
            correlation_id=correlation_id,
            clock=clock,
        )
        self.warnings: list[str] = []

    def fault(self, reply: Reply, *, idempotent: bool = True, idempotency_key: bool = False) -> ClientError:
        return faults.from_reply(reply, idempotent=idempotent, idempotency_key=idempotency_key)

    def reported(self, headers: Mapping[str, str]) -> Reported:
        ignored = warning(headers)
        if ignored:
            self.warnings = [*self.warnings[-19:], ignored]
        return reported(headers)
