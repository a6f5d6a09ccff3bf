"""A token and the place where the workers of a connection share it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

#: Seconds before its end from which a token is renewed: a call may take that long.
RENEW_BEFORE = 60.0


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and what came with it. expires_at, refresh_expires_at: seconds since the epoch, 0 when not known.

    refresh_token: '' where the way of signing in has none. It is as secret as a password.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False, default="")
    expires_at: float = 0.0
    refresh_expires_at: float = 0.0
    scope: str = ""

    def is_ending(self, now: float) -> bool:
        """Whether a call that begins now may meet the token's end."""
        return bool(self.expires_at) and now > self.expires_at - RENEW_BEFORE

    def to_dict(self) -> dict[str, Any]:
        """For a store, which seals both tokens."""
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_at": self.expires_at,
            "refresh_expires_at": self.refresh_expires_at,
            "scope": self.scope,
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Token":
        return cls(**stored)


class SignIn(Protocol):
    """A way of signing in."""

    renewable: bool  # whether a token that was refused can be replaced without a person

    def authorization(self, token: Token) -> str:
        """The value of the Authorization header."""

    def fetch(self, stored: Token | None) -> Token:
        """A new token. stored: what the store holds at this moment, of which the refresh token is used.

        Raises ClientError (auth) when a person has to sign in again.
        """


class TokenStore(Protocol):
    """Where the workers of one connection share a token."""

    def get(self) -> Token | None:
        """The present token, None before the first."""

    def refresh(self, stale: Token | None, fetch: Callable[[Token | None], Token]) -> Token:
        """A token other than `stale`.

        Calls `fetch` with the stored token at most once, under a lock that all workers share, and only while the stored
        token is still `stale`. What it returns is durable before the lock is given up: a refresh token that was used
        is dead, and its successor exists nowhere else.
        """


class MemoryTokenStore:
    """A token store for the threads of one process."""

    def __init__(self, token: Token | None = None) -> None:
        self._token = token
        self._lock = threading.Lock()

    def get(self) -> Token | None:
        return self._token

    def refresh(self, stale: Token | None, fetch: Callable[[Token | None], Token]) -> Token:
        with self._lock:
            current = self._token
            if current is not None and (stale is None or current.access_token != stale.access_token):
                if not current.is_ending(time.time()):
                    return current
            self._token = fetch(current)
            return self._token
