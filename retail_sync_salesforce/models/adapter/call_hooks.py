"""Between the client and the engine's call guard: every call asks it first, the shared token lives in it."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from odoo.addons.retail_sync.adapter import OTHER_ACCOUNT, FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Connection

from ...client.tokens import Token
from ...client.transport import EXPIRED, CallInfo

# Contract faults of the org as a whole: no stream of the connection could do better.
WIDE_CODES = frozenset(
    (
        "API_DISABLED_FOR_ORG",
        "API_CURRENTLY_DISABLED",
        "UNSUPPORTED_API_VERSION",
        "TLS_CERTIFICATE",
        "CA_BUNDLE_INVALID",
        "BAD_URL",
        "FOREIGN_HOST",
        "HOST_NOT_ALLOWED",
        "ADDRESS_NOT_ALLOWED",
        "AUDIENCE_NOT_ALLOWED",
    )
)


# What the call guard is asked about before a sign-in, whose own call must not ask it.
SIGN_IN = CallInfo(method="POST", host="", path="", operation="token", correlation_id="")


def _counted(info: CallInfo) -> bool:
    """Whether the org counts the call; sign-ins, its clock and its versions it does not."""
    return info.operation not in ("token", "other")


class CallGuardHooks:
    """Hooks of an HTTP session. by_hand: a person tests the connection, so an open breaker does not keep them out."""

    def __init__(self, call_guard: Any, by_hand: bool = False) -> None:
        self._call_guard = call_guard
        self._by_hand = by_hand

    def before(self, info: CallInfo) -> None:
        """Raises FaultError (throttled) when the call may not go out."""
        try:
            self._call_guard.before_call(counted=_counted(info))
        except FaultError as fault:
            if not (self._by_hand and fault.code == "BREAKER_OPEN"):
                raise

    def after(self, info: CallInfo) -> None:
        well = info.error_kind in ("", EXPIRED)
        self._call_guard.after_call(
            well,
            fault_class=None if well else FaultClass(info.error_kind),
            reason="" if well else f"{info.error_code} ({info.operation} call)",
            used=info.usage.used if info.usage else None,
            limit=info.usage.limit if info.usage else None,
            retry_after=info.retry_after,
            wide=info.error_code in WIDE_CODES,
            counted=_counted(info),
            code="" if well else info.error_code or "",
        )


class CallGuardTokenStore:
    """The client's token store over the call guard's row.

    The call guard is asked once before a token is fetched, however many workers wait for it: `fetch` is made with an
    HTTP session whose hooks only collect what happened, and the call guard hears of it afterwards. connection: whose
    credentials a sign-in uses; the call guard puts the present ones in its place.
    """

    def __init__(self, call_guard: Any, hooks: CallGuardHooks, calls: list[CallInfo], connection: Connection) -> None:
        self.connection = connection
        self._call_guard = call_guard
        self._hooks = hooks
        self._calls = calls

    def get(self) -> Token | None:
        held = self._call_guard.get()
        return _token(held) if held and held.get("instance_url") else None

    def refresh(self, stale: Token | None, fetch: Callable[[], Token]) -> Token:
        held = self.get()
        if held is not None and (stale is None or held.access_token != stale.access_token):
            return held
        self._hooks.before(SIGN_IN)

        def sign_in(connection: Connection) -> dict[str, Any]:
            self.connection = connection
            return asdict(fetch())

        try:
            found = self._call_guard.refresh(
                stale.access_token if stale else None,
                sign_in,
                keep=lambda token: bool(self.connection._sf_is_known_org(token["org_id"])),
            )
        except FaultError as fault:
            if fault.code == OTHER_ACCOUNT:
                self._call_guard.stop(fault.code, fault.message)
            raise
        finally:
            while self._calls:
                self._hooks.after(self._calls.pop(0))
        return _token(found)


def _token(values: dict[str, Any]) -> Token:
    return Token(**{name: values[name] for name in Token.__dataclass_fields__ if name in values})
