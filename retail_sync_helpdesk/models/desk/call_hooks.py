"""Between the desk's client and the engine's call guard: every call asks it first, the shared token lives in it."""

from collections.abc import Callable, Mapping
from typing import Any

from odoo.addons.retail_sync.adapter import UNSAFE_CODES, CallHooks, FaultClass, SharedTokens
from odoo.addons.retail_sync.adapter.contract import Connection

from ...client.network_faults import retry_after
from ...client.reported import Reported
from ...client.session import LIMIT_SECONDS
from ...client.tokens import SignIn, Token
from ...client.transport import CallInfo
from . import grant

# The account's window, as the adapter declares it.
MINUTE = "minute"
SIGN_IN = CallInfo(method="POST", host="", path="", correlation_id="")


class CallGuardHooks(CallHooks):
    """Hooks of a client's transport.

    host: of the account; calls to others, and sign-ins, count in no limit.
    """

    def __init__(self, call_guard: Any, host: str, by_hand: bool = False) -> None:
        super().__init__(call_guard, by_hand)
        self._host = host
        self._reported: Callable[[Mapping[str, str]], Reported] = lambda headers: Reported()
        self._renewable = False
        self._refused = False

    def listen(self, reported: Callable[[Mapping[str, str]], Reported], renewable: bool) -> None:
        """Take the figures of answers from now on.

        :param renewable: whether a refused token is renewed: the first refusal is then no fault
        """
        self._reported, self._renewable = reported, renewable

    def after(self, info: CallInfo) -> None:
        """Report how a call ended, and what its answer says of the account's limit."""
        kind, code = self._outcome(info)
        figures = self._reported(info.headers)
        known = figures.limit is not None and figures.left is not None
        pause = retry_after(info.headers) if info.status in (429, 503) else None
        if info.status == 429:
            pause = pause or LIMIT_SECONDS
        self._call_guard.after_call(
            not kind,
            fault_class=FaultClass(kind) if kind else None,
            reason=f"{code} ({info.method} call)" if kind else "",
            used=max(0, (figures.limit or 0) - (figures.left or 0)) if known else None,
            limit=figures.limit,
            retry_after=pause,
            wide=code in UNSAFE_CODES,
            counted=self.counts(info),
            window=MINUTE,
            code=code,
        )

    def counts(self, info: CallInfo) -> bool:
        return info.host == self._host and "/oauth/" not in info.path

    def _outcome(self, info: CallInfo) -> tuple[str, str]:
        """Return (fault class, code) of a call as far as the breaker is concerned; '' twice for a good one."""
        if info.error_kind:
            return info.error_kind, info.error_code
        status = info.status or 0
        if status == 401 and info.path and "/oauth/" not in info.path:
            first, self._refused = not self._refused, True
            return ("", "") if self._renewable and first else ("auth", "HTTP_401")
        if status >= 500:
            return "transient", f"HTTP_{status}"
        if status == 429:
            return "throttled", "HTTP_429"
        self._refused = False
        return "", ""


class CallGuardTokenStore(SharedTokens):
    """The client's token store over the call guard's row; refresh tokens are in a row of their own, sealed.

    sign_in: (connection with the credentials that are committed by now) -> how it signs in.
    """

    def __init__(
        self,
        call_guard: Any,
        hooks: CallGuardHooks,
        calls: list[CallInfo],
        sign_in: Callable[[Connection], SignIn],
    ) -> None:
        super().__init__(call_guard, hooks, calls, SIGN_IN)
        self._sign_in = sign_in

    def get(self) -> Token | None:
        """Return the token that is stored for this sign-in."""
        held = self._call_guard.get()
        return _token(held) if held else None

    def refresh(self, stale: Token | None, fetch: Callable[[Token | None], Token]) -> Token:
        """Return a token other than a stale one."""
        held = self.get()
        if held is not None and (stale is None or held.access_token != stale.access_token):
            return held

        def sign_in(connection: Connection) -> dict[str, Any]:
            env = self._call_guard.env
            token = self._sign_in(connection).fetch(grant.granted(env, connection.id))
            grant.keep(env, connection.id, token)
            return {"access_token": token.access_token, "expires_at": token.expires_at, "scope": token.scope}

        return _token(self._renewed(stale.access_token if stale else None, sign_in))


def _token(values: Mapping[str, Any]) -> Token:
    return Token(
        values["access_token"], expires_at=values.get("expires_at") or 0.0, scope=str(values.get("scope") or "")
    )
