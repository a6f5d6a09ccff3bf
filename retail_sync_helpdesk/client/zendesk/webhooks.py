"""Events that the account sends: whose they are, whether they are new, and what they say (section 8)."""

import base64
import binascii
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .. import times
from ..answers import key_of
from ..replay import ReplayStore

SIGNATURE = "x-zendesk-webhook-signature"
TIMESTAMP = "x-zendesk-webhook-signature-timestamp"
INVOCATION = "x-zendesk-webhook-invocation-id"
ACCOUNT = "x-zendesk-account-id"
#: Seconds by which the time of signing may lie before or after ours.
TOLERANCE = 300.0
MAX_BODY = 1024 * 1024

MISSING = "MISSING"
MALFORMED = "MALFORMED"
EXPIRED = "EXPIRED"
MISMATCH = "MISMATCH"
REPLAYED = "REPLAYED"


class EventError(ValueError):
    """A body that is no event. The text quotes nothing of it, so it may be logged and sent back."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """ok: the body is the account's. Else error is one of this module's words.

    at: the time of signing in seconds, as the header claims. secret: which of the given secrets has signed, from 0:
    when the old one is not met any more, it may go.
    """

    ok: bool
    error: str = ""
    at: float | None = None
    secret: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What an event says, as a hint: the record is read again by its key.

    key: equal when the event is sent again. kind: ticket, user or organization. change: created, status_changed, ….
    at: seconds since the epoch, None when not said. actor: key of the user who did it. action: equal for all events of
    one action; position: their order in it.
    """

    key: str
    kind: str
    record: str
    change: str = ""
    at: float | None = None
    account: str = ""
    actor: str = ""
    external_key: str = ""
    action: str = ""
    position: int = 0

    def is_echo(self, own_user: str) -> bool:
        """Whether the user that makes our calls did it. Reconciliation still sees the record."""
        return bool(own_user) and self.actor == own_user


def signature(secret: str | bytes, timestamp: str, body: bytes) -> str:
    """The signature of a body, as text in base64. timestamp: the header's text, to the letter."""
    key = secret.encode() if isinstance(secret, str) else bytes(secret)
    digest = hmac.new(key or b"\0", timestamp.encode("latin-1", "replace") + body, "sha256").digest()
    return base64.b64encode(digest).decode("ascii")


def check_signature(
    headers: Mapping[str, str],
    body: bytes,
    secrets: Iterable[str | bytes],
    now: float,
    tolerance: float = TOLERANCE,
) -> Verdict:
    """Judge the headers (names in lower case) and the raw body that came with them; raises nothing, whatever they hold.

    secrets: all that are valid now; an empty one signs nothing. now: seconds since the epoch. Within the tolerance a
    copy of the call passes again: `is_replay` tells.
    """
    given, stamp = headers.get(SIGNATURE) or "", (headers.get(TIMESTAMP) or "").strip()
    if not given.strip() or not stamp:
        return Verdict(False, MISSING)
    try:
        # the binary digest is compared: base64 has more than one spelling of it
        digest = base64.b64decode(given.strip()[:1024], validate=True)
        at = times.parse(stamp)
    except (ValueError, binascii.Error, OverflowError):
        return Verdict(False, MALFORMED)
    if not abs(now - at) <= tolerance:  # so put, a clock that is no number lets nothing pass
        return Verdict(False, EXPIRED, at)
    found = None
    # Every secret is tried: the time it takes tells nothing of which one fits.
    for number, secret in enumerate(secrets):
        same = hmac.compare_digest(base64.b64decode(signature(secret, stamp, body)), digest)
        if same and secret and found is None:
            found = number
    return Verdict(False, MISMATCH, at) if found is None else Verdict(True, "", at, found)


def accept(
    headers: Mapping[str, str],
    body: bytes,
    secrets: Iterable[str | bytes],
    now: float,
    replays: ReplayStore,
    tolerance: float = TOLERANCE,
) -> Verdict:
    """`check_signature`, and REPLAYED for a signed call that was accepted before.

    The service itself may send an event again, with a new time and signature: that is not refused here but recognised
    by its key, and it must be answered well.
    """
    verdict = check_signature(headers, body, secrets, now, tolerance)
    if not verdict.ok or verdict.at is None:
        return verdict
    digest = base64.b64encode(base64.b64decode(headers[SIGNATURE].strip())).decode("ascii")
    # what is remembered must outlive the time in which the signature is good
    if replays.add(digest, now, verdict.at + tolerance + 1.0):
        return verdict
    return Verdict(False, REPLAYED, verdict.at, verdict.secret)


def parse(headers: Mapping[str, str], body: bytes) -> Event:
    """The event in a verified call. Raises EventError, and nothing else, for any bytes that are none.

    An event subscription sends a fixed form. What a trigger sends is the administrator's choice: one with "ticket" or
    "ticket_id" is read, and its key is that of the invocation.
    """
    if len(body) > MAX_BODY:
        raise EventError("The body is too long.")
    try:
        content = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise EventError("The body is not JSON in UTF-8.") from None
    if not isinstance(content, dict):
        raise EventError("The body is not a JSON object.")
    if str(content.get("type") or "").startswith("zen:event-type:"):
        return _subscribed(content)
    return _triggered(headers, content)


def _subscribed(content: Mapping[str, Any]) -> Event:
    kind, _dot, change = str(content["type"]).removeprefix("zen:event-type:").partition(".")
    detail = _object(content.get("detail"))
    subject = str(content.get("subject") or "").rpartition(":")[2]
    sequence = _object(_object(_object(content.get("event")).get("meta")).get("sequence"))
    position = sequence.get("position")
    return Event(
        key=_line(content.get("id"), "id"),
        kind=kind,
        record=_id(key_of(detail.get("id")) or subject),
        change=change[:80],
        at=_moment(content.get("time")),
        account=key_of(content.get("account_id")),
        actor=key_of(detail.get("actor_id")),
        external_key=str(detail.get("external_id") or "")[:255],
        action=str(sequence.get("id") or "")[:128],
        position=position if isinstance(position, int) else 0,
    )


def _triggered(headers: Mapping[str, str], content: Mapping[str, Any]) -> Event:
    ticket = content.get("ticket")
    record = _object(ticket).get("id") or content.get("ticket_id") or content.get("id")
    actor = content.get("actor_id") or content.get("current_user_id")
    return Event(
        key=_line(headers.get(INVOCATION), "invocation"),
        kind="ticket",
        record=_id(key_of(record)),
        account=key_of(headers.get(ACCOUNT)),
        actor=key_of(actor),
        at=_moment(headers.get(TIMESTAMP)),
    )


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _line(value: Any, name: str) -> str:
    text = value if isinstance(value, str) else ""
    if not 1 <= len(text) <= 128 or not all("!" <= char <= "~" for char in text):
        raise EventError(f"The event has no usable {name}.")
    return text


def _id(text: str) -> str:
    if not text.isdecimal() or not text.isascii() or len(text) > 19:
        raise EventError("The event names no record.")
    return text


def _moment(value: Any) -> float | None:
    try:
        return times.parse(value.strip()) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None
