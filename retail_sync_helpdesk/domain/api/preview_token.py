"""The token of a preview: what an agent saw, signed, so that nothing else is submitted.

A submit calculates everything anew and compares. Any difference makes the preview stale: the answer is 409 with the new
preview. The token grants nothing: it only proves what was shown, to whom and when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any

from .canonical_json import canonical
from .signed_text import SigningKey, open_text, sign_text

__all__ = ["LIFETIME", "Preview", "TokenState", "TokenVerdict", "check_token", "differences", "issue_token"]

LIFETIME = timedelta(minutes=10)
_PURPOSE = "preview-token-1"
# Clocks of two workers are never quite the same.
_SKEW = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action would do, as it is shown.

    :param actor: who asked: the id of the API key or of the user, with its kind
    :param action: code of the action
    :param lines: {order line id: quantity}
    :param amounts: {name of the amount: amount}, in the currency of the order
    :param policy: "id/version" of the policy that decided; empty where none applies
    :param money_version: counter of the order, which every effect on its money raises
    :param options: what else was chosen and would be done: reason, address, method, warehouse
    """

    actor: str
    action: str
    order_id: int
    lines: Mapping[int, Decimal] = field(default_factory=dict)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    currency: str = ""
    policy: str = ""
    money_version: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """Return the preview as values of JSON; equal previews give equal values, whatever the order of their lines."""
        return {
            "actor": self.actor,
            "action": self.action,
            "order": self.order_id,
            # Zero is the same as not named.
            "lines": {str(key): _text(self.lines[key]) for key in sorted(self.lines) if self.lines[key]},
            "amounts": {name: _text(self.amounts[name]) for name in sorted(self.amounts) if self.amounts[name]},
            "currency": self.currency,
            "policy": self.policy,
            "money_version": self.money_version,
            "options": canonical(self.options),
        }


class TokenState(str, Enum):
    """What a token proves."""

    valid = "valid"
    stale = "stale"  # what would be done now differs from what was shown
    expired = "expired"
    foreign = "foreign"  # of another actor, action or order
    invalid = "invalid"  # not signed by us


@dataclass(frozen=True, slots=True)
class TokenVerdict:
    """``changed``: of a stale preview, the names of what differs, in order."""

    state: TokenState
    changed: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Return whether the action may go on."""
        return self.state is TokenState.valid


def issue_token(preview: Preview, now: datetime, keys: Sequence[SigningKey]) -> str:
    """Return the token of a preview; it is valid for 10 minutes.

    :param now: naive UTC
    """
    return sign_text(_PURPOSE, {**preview.values(), "until": _seconds(now + LIFETIME)}, keys)


def check_token(token: object, present: Preview, now: datetime, keys: Sequence[SigningKey]) -> TokenVerdict:
    """Return what a token says about the preview as it is calculated now.

    :param present: the preview of the same request, calculated at submit
    :param now: naive UTC
    """
    opened = open_text(_PURPOSE, token, keys)
    if opened.payload is None:
        return TokenVerdict(TokenState.invalid)
    shown, calculated = opened.payload, present.values()
    if any(shown.get(name) != calculated[name] for name in ("actor", "action", "order")):
        return TokenVerdict(TokenState.foreign)
    until = shown.get("until")
    if not isinstance(until, int) or not _in_time(until, _seconds(now)):
        return TokenVerdict(TokenState.expired)
    changed = differences(shown, calculated)
    return TokenVerdict(TokenState.stale, changed) if changed else TokenVerdict(TokenState.valid)


def differences(shown: Mapping[str, Any], calculated: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of what differs between two previews as values; of lines and amounts, which of them."""
    found = []
    for name in calculated:
        before, after = shown.get(name), calculated[name]
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            found += [f"{name}.{key}" for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
        else:
            found.append(name)
    return tuple(found)


def _in_time(until: int, now: int) -> bool:
    # A token from the future is of a clock that runs ahead, and would live too long.
    return now <= until <= now + int((LIFETIME + _SKEW).total_seconds())


def _seconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=timezone.utc).timestamp())


def _text(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
