"""Times as the platform writes them: UTC with whole seconds, ``2026-05-20T09:44:32Z``."""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta, timezone

_DATETIME = re.compile(
    r"^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?$", re.IGNORECASE
)


def stamp(epoch: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(epoch)))


def milliseconds(epoch: float) -> str:
    """The form of event payloads: ``2026-05-20T09:44:32.123Z``."""
    return stamp(epoch)[:-1] + f".{int(epoch * 1000) % 1000:03d}Z"


def epoch_of(text: str) -> float:
    """Epoch seconds of a date or a datetime. Raises ``ValueError``; without a zone it is UTC."""
    found = _DATETIME.match(text.strip())
    if not found:
        raise ValueError(f"not a datetime: {text!r}")
    year, month, day, hour, minute, second, zone = found.groups()
    moment = datetime(
        int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=timezone.utc
    )
    if zone and zone.upper() != "Z":
        sign = -1 if zone[0] == "+" else 1
        moment += sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return moment.timestamp()


def normal(text: object) -> str | None:
    """A datetime text in the platform's form, or ``None`` when it is none."""
    if not isinstance(text, str):
        return None
    try:
        return stamp(epoch_of(text))
    except ValueError:
        return None


def is_date(text: object) -> bool:
    try:
        return isinstance(text, str) and len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
