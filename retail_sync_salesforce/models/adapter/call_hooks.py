"""Between the client and the engine's call guard: every call asks it first, the shared token lives in it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from odoo.addons.retail_sync.adapter import OTHER_ACCOUNT, UNSAFE_CODES, CallHooks, FaultClass, FaultError, SharedTokens
from odoo.addons.retail_sync.adapter.contract import Connection

from ...client.tokens import Token
from ...client.transport import EXPIRED, CallInfo

# Contract faults of the org as a whole: no stream of the connection could do better.
WIDE_CODES = UNSAFE_CODES | {
    "API_DISABLED_FOR_ORG",
    "API_CURRENTLY_DISABLED",
    "UNSUPPORTED_API_VERSION",
    "AUDIENCE_NOT_ALLOWED",
}


# What the call guard is asked about before a sign-in, whose own call must not ask it.
SIGN_IN = CallInfo(method="POST", host="", path="", operation="token", correlation_id="")


class CallGuardHooks(CallHooks):
    """Hooks of an HTTP session."""

    def counts(self, info: CallInfo) -> bool:
        """Return whether the org counts the call; sign-ins, its clock and its versions it does not."""
        return info.operation not in ("token", "other")

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
            counted=self.counts(info),
            code="" if well else info.error_code or "",
        )


class CallGuardTokenStore(SharedTokens):
    """The client's token store over the call guard's row.

    connection: whose credentials a sign-in uses; the call guard puts the present ones in its place.
    """

    def __init__(self, call_guard: Any, hooks: CallGuardHooks, calls: list[CallInfo], connection: Connection) -> None:
        super().__init__(call_guard, hooks, calls, SIGN_IN)
        self.connection = connection

    def get(self) -> Token | None:
        held = self._call_guard.get()
        return _token(held) if held and held.get("instance_url") else None

    def refresh(self, stale: Token | None, fetch: Callable[[], Token]) -> Token:
        held = self.get()
        if held is not None and (stale is None or held.access_token != stale.access_token):
            return held

        def sign_in(connection: Connection) -> dict[str, Any]:
            self.connection = connection
            return asdict(fetch())

        try:
            found = self._renewed(
                stale.access_token if stale else None,
                sign_in,
                keep=lambda token: bool(self.connection._sf_is_known_org(token["org_id"])),
            )
        except FaultError as fault:
            if fault.code == OTHER_ACCOUNT:
                self._call_guard.stop(fault.code, fault.message)
            raise
        return _token(found)


def _token(values: Mapping[str, Any]) -> Token:
    return Token(**{name: values[name] for name in Token.__dataclass_fields__ if name in values})
