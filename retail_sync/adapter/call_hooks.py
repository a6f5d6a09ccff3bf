"""Between an adapter's client and the call guard: every call asks it first, the shared token lives in it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from ..domain.resilience.faults import FaultError


class CallHooks(ABC):
    """Hooks of a client's transport; an adapter adds `after`, which reports how a call ended.

    by_hand: a person tests the connection, so that an open breaker does not keep the calls out.
    """

    def __init__(self, call_guard: Any, by_hand: bool = False) -> None:
        self._call_guard = call_guard
        self._by_hand = by_hand

    @abstractmethod
    def counts(self, info: Any) -> bool:
        """Return whether the platform counts a call in its limits; sign-ins mostly are not."""

    def before(self, info: Any) -> None:
        """Raises FaultError (throttled) when the call may not go out."""
        try:
            self._call_guard.before_call(counted=self.counts(info))
        except FaultError as fault:
            if not (self._by_hand and fault.code == "BREAKER_OPEN"):
                raise

    @abstractmethod
    def after(self, info: Any) -> None:
        """Report how a call ended, and what its answer says of the limits."""


class SharedTokens:
    """What a client's token store has of the call guard's row.

    All waiting workers sign in once: the guard holds a lock meanwhile, and is asked once before. A sign-in is made with
    a transport whose hooks only collect what happened, and the guard hears of it afterwards.

    :param calls: where that transport puts its calls
    :param sign_in_call: the call that the guard is asked about before a sign-in
    """

    def __init__(self, call_guard: Any, hooks: CallHooks, calls: list[Any], sign_in_call: Any) -> None:
        self._call_guard = call_guard
        self._hooks = hooks
        self._calls = calls
        self._sign_in_call = sign_in_call

    def _renewed(
        self, stale: str | None, sign_in: Callable[[Any], dict[str, Any]], **options: Any
    ) -> Mapping[str, Any]:
        """Return the values of a token other than a stale one.

        :param sign_in: (connection with the credentials that are committed by now) -> values of a new token
        :param options: further arguments of the guard's `refresh`
        """
        self._hooks.before(self._sign_in_call)
        try:
            found: Mapping[str, Any] = self._call_guard.refresh(stale, sign_in, **options)
            return found
        finally:
            while self._calls:
                self._hooks.after(self._calls.pop(0))
