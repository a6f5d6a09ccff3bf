"""Webhooks: the request as an adapter gets it, its answer, and the engine's own form of signed JSON."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ..domain.resilience.faults import FaultError
from ..domain.security import event_notice
from ..domain.security.event_notice import Notice, NoticeError
from ..domain.security.webhook_signature import check_signature

MAX_BODY = 1024 * 1024
SIGNATURE_HEADER = "X-Retail-Sync-Signature"


class EventRefused(Exception):
    """A request that is not accepted.

    ``status``: of the HTTP answer. ``reason`` is sent back and logged, so it quotes nothing of the request.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class EventDoor:
    """One form of webhooks that an adapter accepts.

    ``name``: last part of the path ``/retail_sync/<token>/<name>``. ``source``: how the events are marked, a value of
    ``retail.sync.event.source``. ``media_types``: of the body.
    """

    name: str
    source: str = "webhook"
    media_types: tuple[str, ...] = ("application/json",)


SIGNED_JSON = EventDoor("event", source="json")


@dataclass(frozen=True, slots=True)
class EventRequest:
    """A webhook as it arrived, before anything in it is trusted.

    ``door``: name of the door. ``url``: in full, as some platforms sign it. ``headers``: by name in lower
    case. ``body``: the raw bytes. ``at``: when it arrived, in seconds since 1970. ``keys``: the connection's signing
    keys that are valid now, for platforms that are given one.
    """

    door: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    method: str = "POST"
    at: float = 0.0
    keys: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        """Return a header's value whatever the case of its name, or None."""
        return self.headers.get(name.lower())


@dataclass(frozen=True, slots=True)
class EventReply:
    """The answer to an accepted request. It is sent after the events are committed."""

    body: bytes
    status: int = 202
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


def reply_json(received: int, new: int) -> EventReply:
    """Return the answer to signed JSON: how many events came, and how many of them are new."""
    return EventReply(json.dumps({"received": received, "new": new}).encode())


def verify_signed_json(
    request: EventRequest, is_own: Callable[[str | None], bool], *, at: str = "changedAt", account: str = "account"
) -> list[Notice]:
    """Return the notices of a body in the engine's own form, signed with one of the connection's keys.

    ``is_own``: whether an account that a notice names is the connection's. ``at``, ``account``: names of the body's
    keys for the time of the change and for the account. Raises EventRefused (401, 403) and NoticeError.
    """
    if not check_signature(request.header(SIGNATURE_HEADER), request.body, request.keys, request.at).ok:
        raise EventRefused(401, "The signature is missing, too old or not made with this connection's key.")
    notices = event_notice.parse(request.body, at=at, account=account)
    if not all(is_own(notice.account) for notice in notices):
        raise EventRefused(403, "The events are of another organisation.")
    return notices


def receive(
    verify: Callable[[EventRequest], list[Notice]], normalise_id: Callable[[str], str], request: EventRequest
) -> list[Notice]:
    """Return the verified notices of a request, with record ids in normal form.

    ``verify``: the adapter's own check. Raises EventRefused: 413 for a body that is too long, 400 for a body that is no
    event or names no record id; and what ``verify`` refuses.
    """
    if len(request.body) > MAX_BODY:
        raise EventRefused(413, "The body is too long.")
    try:
        notices = verify(request)
    except NoticeError as error:
        raise EventRefused(400, str(error)) from None
    try:
        return [replace(notice, external_id=normalise_id(notice.external_id)) for notice in notices]
    except FaultError:
        raise EventRefused(400, "An event has no usable record id.") from None
