"""The body of a signed call: which records changed. Read as a hint only, whoever signed it."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone

from ..canonical.kind_time import parse_moment
from ..canonical.kinds import NO_OPTIONS, KindError

MOST = 200
# One line of plain ASCII: what any key, name and id is, and what a database takes.
_KEY = re.compile(r"[!-~]{1,128}\Z")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}\Z")
_ID = re.compile(r"[!-~]{1,64}\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class NoticeError(ValueError):
    """A body that is none of ours. The text quotes nothing of it, so it may be logged and sent back."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One record that changed. key: the sender's id of the event, the same when it is sent again.

    at: when it changed, ms since 1970, None where it is not said; account: the sender's own one, where it is named.
    """

    key: str
    remote_object: str
    external_id: str
    at: int | None = None
    account: str | None = None


def parse(body: bytes, *, at: str = "changedAt", account: str = "account") -> list[Notice]:
    """Return the notices of a JSON body: one object, a list of at most 200, or {"events": [such a list]}.

    ``at``, ``account``: the body's names for the time of a change and for the sender's account. Raises NoticeError for
    anything else, and nothing but NoticeError for any bytes.
    """
    try:
        content = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NoticeError("The body is not JSON in UTF-8.") from None
    if isinstance(content, list):
        content = {"events": content}
    if not isinstance(content, dict):
        raise NoticeError("The body is neither a JSON object nor a list of them.")
    entries = content.get("events", [content])
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST:
        raise NoticeError(f"A body holds 1 to {MOST} events.")
    # What is said once for all of them need not be said in each.
    shared = content.get(account)
    return [_notice(entry, shared, at, account) for entry in entries]


def _notice(entry: object, shared: object, at: str, account: str) -> Notice:
    if not isinstance(entry, dict):
        raise NoticeError("An event is not a JSON object.")
    named = entry.get(account, shared)
    sender = None if named is None else _text(named, _ID, account)
    return Notice(
        key=_text(entry.get("eventId"), _KEY, "eventId"),
        remote_object=_text(entry.get("object"), _NAME, "object"),
        external_id=_text(entry.get("recordId"), _ID, "recordId"),
        at=moment(entry.get(at)),
        account=sender,
    )


def _text(value: object, pattern: re.Pattern[str], name: str) -> str:
    if not isinstance(value, str) or not pattern.match(value):
        raise NoticeError(f"An event has no usable {name}.")
    return value


def moment(value: object) -> int | None:
    """Milliseconds since 1970 of an ISO 8601 text with a time zone; None for anything else: it is only for people."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        return int((parse_moment(value, NO_OPTIONS) - _EPOCH).total_seconds() * 1000)
    except KindError:
        return None
