"""The one way to the API of a desk's account: token, budget, faults."""

import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Protocol
from urllib.parse import urlsplit

from . import budget, errors, times
from .answers import as_object
from .budget import ACCOUNT, BudgetStore, MemoryBudgetStore, Permit, States, Window, WindowState
from .errors import ClientError
from .network_faults import retry_after
from .reported import Reported
from .tokens import SignIn, Token, TokenStore
from .transport import CORRELATION_HEADER, Reply, Transport, origin

BUDGET_USED_UP = "BUDGET_USED_UP"
IDEMPOTENCY_HEADER = "Idempotency-Key"
#: Seconds to wait where a limit names none (its header is absent or 0).
LIMIT_SECONDS = 60.0


class CallLimits(Protocol):
    """The limits of an account."""

    def of_call(self, method: str, path: str) -> list[Window]:
        """The windows that a call is counted in. path: from the root."""


class DeskSession(ABC):
    """Calls to one account with one shared token and one shared budget. Not thread-safe: a job has its own.

    share: the part of the account's calls a minute up to which the caller's lane may go. correlation_id: sent with
    every call; None gives each call its own. clock: seconds since the epoch. server_time: the account's clock at the
    last answer, None before it. limits: None stands for the usual ones. A desk says where its API begins, and how its
    answers tell of faults and limits.
    """

    #: The path below which its API lies.
    api = ""

    def __init__(
        self,
        base_url: str,
        transport: Transport,
        sign_in: SignIn,
        token_store: TokenStore,
        budget_store: BudgetStore | None = None,
        *,
        limits: CallLimits | None = None,
        share: float = 1.0,
        correlation_id: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.base_url = origin(base_url)
        self.transport = transport
        self.limits = limits or self.usual_limits()
        self.share = share
        self.correlation_id = correlation_id
        self.server_time: float | None = None
        self.clock = clock
        self._sign_in = sign_in
        self._tokens = token_store
        self._budget = budget_store or MemoryBudgetStore()
        self._token: Token | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_url!r})"

    @abstractmethod
    def usual_limits(self) -> CallLimits:
        """The limits of an account of which none are known."""

    @abstractmethod
    def fault(self, reply: Reply, *, idempotent: bool = True, idempotency_key: bool = False) -> ClientError:
        """The error of an answer of 300 or more.

        idempotent: whether the call may be repeated without harm. idempotency_key: whether it carried one.
        """

    @abstractmethod
    def reported(self, headers: Mapping[str, str]) -> Reported:
        """What the headers of an answer report of the account's limit."""

    def close(self) -> None:
        self.transport.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: BinaryIO | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str = "",
        idempotent: bool | None = None,
    ) -> Reply:
        """One call; a token that has ended is renewed once, and the call made again.

        path: below the API (`/tickets/5`), or an address of this account; another host is refused, since the token
        would go there. data: a body that can be sought. idempotent: whether the call may be repeated blindly; by
        default all but a POST without a key. Raises ClientError for every status of 300 or more, and throttled
        (BUDGET_USED_UP) instead of a call that would go beyond a limit; nothing is sent then.
        """
        url = self._url(path)
        if idempotent is None:
            idempotent = method != "POST" or bool(idempotency_key)
        sent = {CORRELATION_HEADER: self.correlation_id or str(uuid.uuid4()), **(headers or {})}
        if idempotency_key:
            sent[IDEMPOTENCY_HEADER] = idempotency_key
        options: dict[str, Any] = {"params": params, "json": json, "data": data, "idempotent": idempotent}
        token = self.token()
        reply = self._send(method, url, token, sent, options)
        if reply.status == 401 and self._sign_in.renewable:
            token = self._token = self._tokens.refresh(token, self._sign_in.fetch)
            if data is not None:
                data.seek(0)
            reply = self._send(method, url, token, sent, options)
        if reply.status >= 300:
            raise self.fault(reply, idempotent=idempotent, idempotency_key=bool(idempotency_key))
        return reply

    def get(self, path: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The object that a GET is answered with. Raises ClientError as `request`, contract for another shape."""
        return as_object(self.request("GET", path, params=params).json())

    def authorization(self) -> str:
        """The Authorization header, for a call to this account that `request` does not make."""
        return self._sign_in.authorization(self.token())

    def token(self) -> Token:
        """The token in use, renewed when it is about to end. Raises ClientError when signing in is refused."""
        stored = self._token or self._tokens.get()
        if stored is None or (self._sign_in.renewable and stored.is_ending(self.clock())):
            stored = self._tokens.refresh(stored, self._sign_in.fetch)
        self._token = stored
        return stored

    def permit(self, method: str, path: str) -> Permit:
        """Count a call that is about to be made; a permit that is not allowed says when to ask again."""
        windows = self.limits.of_call(method, urlsplit(path).path)
        now = self.clock()
        return self._budget.change(
            [window.name for window in windows],
            lambda states: budget.take(states, windows, now, share=self.share),
        )

    def _send(
        self, method: str, url: str, token: Token, headers: Mapping[str, str], options: Mapping[str, Any]
    ) -> Reply:
        permit = self.permit(method, url)
        if not permit.allowed:
            raise ClientError(
                errors.THROTTLED,
                BUDGET_USED_UP,
                f"the limit of {permit.window.partition('/')[0]} is used up",
                retry_after=permit.wait,
            )
        reply = self.transport.send(
            method, url, headers={**headers, "Authorization": self._sign_in.authorization(token)}, **options
        )
        self.server_time = times.http_date(reply.headers.get("Date")) or self.server_time
        self._learn(reply)
        return reply

    def _learn(self, reply: Reply) -> None:
        """Note what an answer says about limits, for all workers of the account."""
        figures = self.reported(reply.headers)
        seconds = retry_after(reply.headers) if reply.status in (429, 503) else None
        if reply.status == 429:
            seconds = seconds or LIMIT_SECONDS
        if not seconds and figures.limit is None and figures.left is None:
            return
        now = self.clock()

        def step(states: States) -> tuple[None, States]:
            state = states.get(ACCOUNT, WindowState())
            state = budget.report(state, now, limit=figures.limit, left=figures.left, resets_in=figures.resets_in)
            return None, {ACCOUNT: budget.pause(state, now, seconds)}

        self._budget.change([ACCOUNT], step)

    def _url(self, path: str) -> str:
        if "://" not in path.partition("?")[0]:
            return f"{self.base_url}{self.api}{path}"
        if origin(path) != self.base_url:
            raise ClientError(
                errors.CONTRACT, "FOREIGN_HOST", "the token is not sent to a host other than the account's own"
            )
        return path
