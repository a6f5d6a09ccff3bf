"""Rate limits: of the account, and of single endpoints on top."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import ApiError

if TYPE_CHECKING:
    from .account import Account

MINUTE = 60
TEXT = "Number of allowed API requests per minute exceeded"
ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Limit:
    """``name`` of the header, a switch of the config with the number, the window, and what is counted apart."""

    name: str
    switch: str
    seconds: int = MINUTE
    key: str = ""


class Limits:
    """Calls of the running windows. A window of a minute begins with the minute of the account's clock."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._used: dict[tuple[str, str], tuple[int, int]] = {}
        self.refused: dict[str, int] = {}

    def charge(self, limits: list[Limit]) -> None:
        """Count a call against the account and the given limits. Raises 429 when one is spent; then nothing counts."""
        every = [Limit(ACCOUNT, "rate_limit"), *limits]
        for limit in every:
            total = self._total(limit)
            if total and self._count(limit) >= total:
                self.refused[limit.name] = self.refused.get(limit.name, 0) + 1
                raise self.error(limit.name == ACCOUNT, self._left(limit))
        for limit in every:
            window = self._window(limit)
            self._used[limit.name, limit.key] = (window, self._count(limit) + 1)
        if len(self._used) > 50_000:
            self._forget()

    def error(self, of_account: bool, retry_after: int | str | None, body: str = "") -> ApiError:
        """The refusal of a call too many, as text or as JSON."""
        kind = body or self.account.config.rate_limit_body or ("text" if of_account else "json")
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return ApiError(
            429, "APIRateLimitExceeded", TEXT + ", please try again later.", headers=headers,
            plain=TEXT if kind == "text" else None,
        )  # fmt: skip

    def headers(self, limits: list[Limit]) -> dict[str, str]:
        """What every answer says of the account's limit, and of those of its endpoint."""
        account, spelling = Limit(ACCOUNT, "rate_limit"), self.account.config.rate_headers
        total, remaining = self._total(account), self._remaining(account)
        found: dict[str, str] = {}
        if total:
            found |= {"x-rate-limit": str(total), "x-rate-limit-remaining": str(remaining)}
            for name in ("ratelimit", "rate-limit"):
                if spelling in (name, "both"):
                    found |= {
                        f"{name}-limit": str(total), f"{name}-remaining": str(remaining),
                        f"{name}-reset": str(self._left(account)),
                    }  # fmt: skip
            if "rate-limit-limit" in found:
                found["rate-limit"] = found.pop("rate-limit-limit")
        for limit in limits:
            if self._total(limit):
                found[f"zendesk-ratelimit-{limit.name}"] = (
                    f"total={self._total(limit)}; remaining={self._remaining(limit)}; resets={self._left(limit)}"
                )
        return found

    def state(self) -> dict[str, Any]:
        """The account's running window, and how many calls each limit has refused."""
        account = Limit(ACCOUNT, "rate_limit")
        return {
            "limit": self._total(account), "remaining": self._remaining(account), "resets": self._left(account),
            "refused": dict(self.refused),
        }  # fmt: skip

    def _total(self, limit: Limit) -> int:
        return int(getattr(self.account.config, limit.switch))

    def _window(self, limit: Limit) -> int:
        return int(self.account.clock.now() // limit.seconds)

    def _count(self, limit: Limit) -> int:
        window, count = self._used.get((limit.name, limit.key), (0, 0))
        return count if window == self._window(limit) else 0

    def _remaining(self, limit: Limit) -> int:
        return max(0, self._total(limit) - self._count(limit))

    def _left(self, limit: Limit) -> int:
        """Whole seconds until the window ends, at least one."""
        now = self.account.clock.now()
        return max(1, math.ceil((self._window(limit) + 1) * limit.seconds - now))

    def _forget(self) -> None:
        """Drop counts of windows that are over."""
        oldest = int(self.account.clock.now()) - 600
        self._used = {
            (name, key): (window, count)
            for (name, key), (window, count) in self._used.items()
            if window * MINUTE >= oldest or window * 600 >= oldest
        }
