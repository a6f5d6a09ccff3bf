"""Between the desk's client and the engine's call guard: every call asks it first, the shared token lives in it."""

from collections.abc import Callable, Mapping
from typing import Any

from odoo.addons.retail_sync.adapter import FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Connection

from ...client.errors import ClientError
from ...client.network_faults import retry_after
from ...client.reported import Reported
from ...client.session import LIMIT_SECONDS
from ...client.tokens import SignIn, Token
from ...client.transport import CallInfo
from . import grant

# The account's window, as the adapter declares it.
MINUTE = "minute"
# Contract faults of the account as a whole: no stream of the connection could do better.
WIDE_CODES = frozenset(
    (
        "TLS_CERTIFICATE",
        "CA_BUNDLE_INVALID",
        "BAD_URL",
        "FOREIGN_HOST",
        "HOST_NOT_ALLOWED",
        "ADDRESS_NOT_ALLOWED",
    )
)
SIGN_IN = CallInfo(method="POST", host="", path="", correlation_id="")


def as_fault(error: ClientError) -> FaultError:
    """Return the engine's form of a client's failure; both name their classes alike."""
    return FaultError(
        FaultClass(error.kind),
        error.code,
        error.message,
        fields=error.fields,
        retry_after=error.retry_after,
        http_status=error.http_status,
        detail=error.body_excerpt,
    )


class CallGuardHooks:
    """Hooks of a client's transport.

    host: of the account; calls to others, and sign-ins, count in no limit. by_hand: a person tests the connection, so
    an open breaker does not keep the calls out.
    """

    def __init__(self, call_guard: Any, host: str, by_hand: bool = False) -> None:
        self._call_guard = call_guard
        self._host = host
        self._by_hand = by_hand
        self._reported: Callable[[Mapping[str, str]], Reported] = lambda headers: Reported()
        self._renewable = False
        self._refused = False

    def listen(self, reported: Callable[[Mapping[str, str]], Reported], renewable: bool) -> None:
        """Take the figures of answers from now on.

        :param renewable: whether a refused token is renewed: the first refusal is then no fault
        """
        self._reported, self._renewable = reported, renewable

    def before(self, info: CallInfo) -> None:
        """Raises FaultError (throttled) when the call may not go out."""
        try:
            self._call_guard.before_call(counted=self._counted(info))
        except FaultError as fault:
            if not (self._by_hand and fault.code == "BREAKER_OPEN"):
                raise

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
            wide=code in WIDE_CODES,
            counted=self._counted(info),
            window=MINUTE,
            code=code,
        )

    def _counted(self, info: CallInfo) -> bool:
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


class CallGuardTokenStore:
    """The client's token store over the call guard's row; refresh tokens are in a row of their own, sealed.

    sign_in: (connection with the credentials that are committed by now) -> how it signs in. All waiting workers sign in
    once: the guard holds a lock meanwhile.
    """

    def __init__(
        self,
        call_guard: Any,
        hooks: CallGuardHooks,
        calls: list[CallInfo],
        sign_in: Callable[[Connection], SignIn],
    ) -> None:
        self._call_guard = call_guard
        self._hooks = hooks
        self._calls = calls
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
        self._hooks.before(SIGN_IN)

        def sign_in(connection: Connection) -> dict[str, Any]:
            env = self._call_guard.env
            token = self._sign_in(connection).fetch(grant.granted(env, connection.id))
            grant.keep(env, connection.id, token)
            return {"access_token": token.access_token, "expires_at": token.expires_at, "scope": token.scope}

        try:
            return _token(self._call_guard.refresh(stale.access_token if stale else None, sign_in))
        finally:
            while self._calls:
                self._hooks.after(self._calls.pop(0))


def _token(values: Mapping[str, Any]) -> Token:
    return Token(
        values["access_token"], expires_at=values.get("expires_at") or 0.0, scope=str(values.get("scope") or "")
    )
