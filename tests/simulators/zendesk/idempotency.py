"""Creating a ticket once: answers that are kept under the caller's ``Idempotency-Key``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import ApiError
from .messages import Call, Response

if TYPE_CHECKING:
    from .account import Account

HEADER = "idempotency-key"
LOOKUP = "x-idempotency-lookup"
LONGEST = 255


@dataclass(slots=True)
class Kept:
    digest: str
    moment: float
    response: Response | None  # none while the first call still runs


class IdempotencyKeys:
    """The scope of a key is the account."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._kept: dict[str, Kept] = {}

    def answer(self, call: Call, create: Callable[[], Response]) -> Response:
        """The stored answer of a key, or that of ``create``, which is stored."""
        key = call.request.headers.get(HEADER)
        if key is None:
            return create()
        if not 0 < len(key) <= LONGEST:
            raise _error("The idempotency key must have 1 to 255 characters")
        now = self.account.clock.now()
        digest = _digest(call)
        kept = self._kept.get(key)
        if kept is not None and kept.moment + self.account.config.idempotency_seconds <= now:
            kept = None
        if kept is not None and kept.digest != digest:
            raise _error("Request parameters don't match the given idempotency key")
        if kept is not None and kept.response is None:
            raise _running()
        if kept is not None and kept.response is not None:
            stored = kept.response
            return Response(stored.status, stored.body, {**stored.headers, LOOKUP: "hit"}, stored.content_type)
        self._kept[key] = Kept(digest, now, None)
        return self._first(key, digest, now, create)

    def begin(self, call: Call) -> str:
        """Let a call that takes its time be under way; its key, or "" when there is nothing to wait for.

        Raises 409 when a call with the same key is under way already.
        """
        key = call.request.headers.get(HEADER, "")
        kept = self._kept.get(key)
        if kept is not None and kept.response is None:
            raise _running()
        if not key or kept is not None:
            return ""
        self._kept[key] = Kept(_digest(call), self.account.clock.now(), None)
        return key

    def end(self, key: str) -> None:
        if (kept := self._kept.get(key)) is not None and kept.response is None:
            del self._kept[key]

    def _first(self, key: str, digest: str, now: float, create: Callable[[], Response]) -> Response:
        try:
            response = create()
        except ApiError as error:
            if self.account.config.idempotency_stores_refusals and error.status < 500:
                self._kept[key] = Kept(digest, now, Response(error.status, error.body()))
            else:
                del self._kept[key]
            raise
        except BaseException:
            del self._kept[key]
            raise
        self._kept[key] = Kept(digest, now, Response(response.status, response.body, dict(response.headers),
                                                     response.content_type))  # fmt: skip
        response.headers[LOOKUP] = "miss"
        return response


def _digest(call: Call) -> str:
    body: Any = call.payload()
    text = json.dumps(body, sort_keys=True) + json.dumps(dict(sorted(call.query.items())))
    return hashlib.sha256(text.encode()).hexdigest()


def _error(text: str) -> ApiError:
    return ApiError(400, "IdempotentRequestError", text)


def _running() -> ApiError:
    return ApiError(409, "IdempotentRequestError", "A request with this idempotency key is still running")
