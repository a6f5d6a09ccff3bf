"""The org's clock and its date formats.

Stored datetimes are text in the output format, always UTC, so that they compare as text.
"""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta, timezone

from ..common import clock

_DATETIME = re.compile(r"^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$")


class Clock(clock.Clock):
    """The org's time."""

    def stamp(self) -> str:
        return format_datetime(self.now())


def format_datetime(epoch: float) -> str:
    """Whole seconds, as the platform stores them: ``2026-05-20T09:44:32.000+0000``."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000+0000", time.gmtime(int(epoch)))


def parse_datetime(text: str) -> str | None:
    """Any accepted datetime text in the stored format, or ``None`` when it is none."""
    found = _DATETIME.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    if zone is None:
        return None
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=timezone.utc
        )
    except ValueError:
        return None
    if zone in ("Z", "+00:00", "+0000"):
        return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}.000+0000"
    sign = -1 if zone[0] == "+" else 1
    moment += sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def epoch_of(stamp: str) -> float:
    """Epoch seconds of a stored datetime."""
    return datetime.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc).timestamp()


def parse_date(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else None
    except ValueError:
        return None
