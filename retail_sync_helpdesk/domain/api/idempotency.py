"""A request that changes something happens once, however often it arrives: what the key of a request decides.

The caller takes an advisory lock on (scope, key) first and does not wait for it: 50 equal requests that wait on a
unique index hold 50 workers and connections. Then it reads the stored row and asks ``decide``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from .canonical_json import digest, read

__all__ = ["APPROVAL_REFUSED", "KeyOutcome", "Outcome", "StoredKey", "decide", "is_final", "key_of", "lifetime"]

APPROVAL_REFUSED = "approval_refused"
RETRY_AFTER = 1
_LIFETIME = timedelta(hours=24)
_LIFETIME_OF_MONEY = timedelta(days=400)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class StoredKey:
    """The row of a key.

    :param request_hash: of the request that came first
    :param status: HTTP status of the stored answer; 0 while there is none
    :param answer: the body as it was sent, byte for byte
    :param expires_at: naive UTC
    """

    request_hash: str
    expires_at: datetime
    status: int = 0
    answer: str = ""

    @property
    def done(self) -> bool:
        """Return whether there is an answer to repeat."""
        return self.status > 0


class Outcome(str, Enum):
    """What a request with a key is."""

    first = "first"  # act, store the answer
    resume = "resume"  # a row without an answer, whose worker is gone: act under the same row
    replay = "replay"  # repeat the stored answer
    in_progress = "in_progress"  # 409, at once
    mismatch = "mismatch"  # 422: the key stands for another request
    expired = "expired"  # 409: too old to be repeated, and not to be done a second time


@dataclass(frozen=True, slots=True)
class KeyOutcome:
    """What to do. ``status`` and ``answer``: of the answer to give at once; 0 where the request goes on.

    ``retry_after``: seconds, 0 for no such header. ``problem``: code of the problem document, empty for a replay.
    """

    outcome: Outcome
    status: int = 0
    answer: str = ""
    problem: str = ""
    retry_after: int = 0

    @property
    def acts(self) -> bool:
        """Return whether the request is to be carried out."""
        return self.outcome in (Outcome.first, Outcome.resume)


def key_of(header: str | None) -> str | None:
    """Return the key of an ``Idempotency-Key`` header, None where it is missing or no key.

    The draft of the header writes a quoted string; many callers leave the quotes out. Both are the same key.
    """
    text = (header or "").strip()
    if len(text) >= 2 and text.startswith('"') and text.endswith('"'):
        text = text[1:-1]
    return text if _KEY.fullmatch(text) else None


def request_hash(method: str, path: str, scope: str, body: bytes) -> str:
    """Return the hash of what a request asks for. White space and the order of names in its body do not count.

    :param path: below the root of the API, with its query, if any
    :param scope: the actor that the key belongs to, with what limits it: another scope is another request
    :raises canonical_json.NotCanonical: the body is no JSON, or ambiguous
    """
    value: Any = read(body) if body.strip() else None
    return digest([method.upper(), path.rstrip("/") or "/", scope, value])


def decide(stored: StoredKey | None, locked: bool, hash_now: str, now: datetime) -> KeyOutcome:
    """Return what a request with a key is.

    :param stored: the row of (scope, key); None where there is none
    :param locked: whether this request has the lock of (scope, key); False: another one works on it
    :param hash_now: of this request
    :param now: naive UTC
    """
    if stored and stored.request_hash != hash_now:
        return KeyOutcome(Outcome.mismatch, 422, problem="idempotency_key_reused")
    if stored and stored.done:
        # Who repeats an old answer repeats no effect, but the row may be deleted any moment.
        if now >= stored.expires_at:
            return KeyOutcome(Outcome.expired, 409, problem="idempotency_key_expired")
        return KeyOutcome(Outcome.replay, stored.status, stored.answer)
    if not locked:
        return KeyOutcome(Outcome.in_progress, 409, problem="request_in_progress", retry_after=RETRY_AFTER)
    return KeyOutcome(Outcome.resume if stored else Outcome.first)


def is_final(status: int, problem: str = "") -> bool:
    """Return whether an answer is stored and repeated from then on.

    A refusal by a rule is not: facts change, and the same request may be right tomorrow. What a person has refused
    stays refused, until it is asked for anew.
    """
    return 200 <= status < 300 or problem == APPROVAL_REFUSED


def lifetime(moves_money: bool) -> timedelta:
    """Return how long a key is kept: a day, and longer than any dispute where money is concerned."""
    return _LIFETIME_OF_MONEY if moves_money else _LIFETIME
