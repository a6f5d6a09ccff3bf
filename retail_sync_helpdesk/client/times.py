"""Points in time as desks write them: seconds since the epoch, UTC, on our side."""

import re
from calendar import timegm
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)\Z", re.ASCII)


def parse(text: str) -> float:
    """Seconds of an ISO 8601 text with a zone.

    Raises ValueError for anything else; a time without a zone is refused because guessing one loses changes.
    """
    match = _ISO.match(text)
    if not match:
        raise ValueError(f"{text[:40]!r} is not a time with a zone")
    *parts, fraction, zone = match.groups()
    numbers = [int(part) for part in parts]
    datetime(*numbers)  # type: ignore[arg-type]  # refuses a 13th month, which timegm would roll over
    seconds = float(timegm((*numbers, 0, 1, 0)))
    if zone != "Z":
        digits = zone.replace(":", "")
        offset = int(digits[1:3]) * 3600 + int(digits[3:5]) * 60
        seconds += offset if zone[0] == "-" else -offset
    return seconds + float(f"0.{fraction or 0}")


def iso(seconds: float) -> str:
    """`2026-05-20T09:44:32Z`; a fraction is cut off, since desks keep whole seconds."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def http_date(text: str | None) -> float | None:
    """Seconds of an HTTP date; None when it is missing or broken."""
    try:
        return parsedate_to_datetime(text).timestamp() if text else None
    except (TypeError, ValueError, OverflowError):
        return None
