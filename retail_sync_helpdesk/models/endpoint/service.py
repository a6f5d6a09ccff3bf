"""What answers a caller: the look-ups, and the actions."""

from __future__ import annotations

from datetime import datetime, timezone

from odoo.api import Environment

from ...api.schemas.actions import ActionPage, ActionResult, Eligibility, Preview, Reason, Reasons
from ...api.schemas.caller import LimitState, Me
from ...api.schemas.requests import ActionRequest, Submission
from ...api.service import PageAsked, StoredAnswer
from ...domain.api import quota
from ...domain.control.caller import Caller
from ..look_up.look_ups import LookUps
from ..policy import store
from ..requests import answers, eligibility, preview, submit
from .visit import Visit

__all__ = ["AgentService"]


class AgentService(LookUps):
    """Answers for one key: the ``Service`` of the agent API."""

    def __init__(self, env: Environment, caller: Caller, visit: Visit) -> None:
        """Keep the request that is answered; ``env`` has the right of the system."""
        super().__init__(env, caller)
        self.visit = visit

    def me(self) -> Me:
        """Return what the key may do, and what is left of its limits."""
        return super().me().model_copy(update={"expires_at": self._expires_at(), "limits": self._limits()})

    def reasons(self) -> Reasons:
        """Return the reasons that actions may have."""
        rows = store.reasons(self.env, self.caller.language)
        items = tuple(Reason(code=row.code, text=row.text, actions=tuple(row.actions)) for row in rows)
        return Reasons(as_of=self._looking().at, items=items)

    def eligibility(self, order_id: int, reason: str) -> Eligibility:
        """Return what may be done with an order now."""
        return eligibility.eligibility_of(self.env, self.caller, order_id, reason)

    def preview(self, order_id: int, request: ActionRequest) -> Preview:
        """Return what an action would do."""
        return preview.preview(self.env, self.caller, order_id, request)

    def submit(self, order_id: int, submission: Submission, key: str, body: bytes) -> StoredAnswer:
        """Carry an action out once for a key."""
        return submit.submit(self.env, self.caller, order_id, submission, key, body)

    def actions(self, order_id: int | None, page: PageAsked) -> ActionPage:
        """Return actions of the key."""
        return answers.actions_page(self.env, self.caller, order_id, page)

    def action(self, uuid: str) -> ActionResult:
        """Return what became of an action."""
        return answers.action_by_uuid(self.env, self.caller, uuid)

    def _expires_at(self) -> datetime | None:
        moment = self.visit.entry and self.visit.entry.expires_at
        return moment.replace(tzinfo=timezone.utc, microsecond=0) if moment else None

    def _limits(self) -> tuple[LimitState, ...]:
        if self.visit.entry is None or self.visit.taken is None:
            return ()
        found = []
        for limit in self.visit.entry.limits:
            remaining, reset = quota.left(self.visit.taken.state, limit, self.visit.taken.now)
            found.append(
                LimitState(
                    name=limit.name,
                    requests=limit.requests,
                    seconds=limit.seconds,
                    remaining=remaining,
                    reset=reset,
                )
            )
        return tuple(found)
