"""Points in time as the API writes and reads them (API sheet section 2.2). Milliseconds are since the epoch, UTC."""

import re
from calendar import timegm
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

When = datetime | str | int

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def parse_ms(text: str) -> int:
    """Milliseconds of an API datetime: `…+0000` (REST), `…Z` (bulk results, events) or `…+00:00`.

    Raises ValueError for anything else; a datetime without a zone is refused because guessing one loses changes.
    """
    match = _ISO.match(text)
    if not match:
        raise ValueError(f"{text!r} is not a datetime with a time zone")
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    parts = (int(year), int(month), int(day), int(hour), int(minute), int(second))
    datetime(*parts)  # refuses a 13th month, which timegm would roll over
    seconds = timegm((*parts, 0, 1, 0))
    if zone != "Z":
        digits = zone.replace(":", "")
        offset = int(digits[1:3]) * 3600 + int(digits[3:5]) * 60
        seconds += offset if zone[0] == "-" else -offset
    return seconds * 1000 + int((fraction or "0").ljust(3, "0")[:3])


def to_ms(value: When) -> int:
    """Milliseconds of an aware datetime, an API datetime text, or milliseconds as they are.

    Raises ValueError for a datetime without a zone, TypeError for another type.
    """
    if isinstance(value, str):
        return parse_ms(value)
    if isinstance(value, datetime):
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError("a datetime without a time zone says no point in time")
        delta = value - _EPOCH
        return (delta.days * 86400 + delta.seconds) * 1000 + delta.microseconds // 1000
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError(f"a datetime, an ISO text or milliseconds expected, not {type(value).__name__}")


def iso(value: When) -> str:
    """`2026-05-20T09:44:32Z`, with `.123` only where there are milliseconds: fit for SOQL and for cursors."""
    seconds, fraction = divmod(to_ms(value), 1000)
    text = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{fraction:03d}Z" if fraction else f"{text}Z"


def http_date_ms(text: str | None) -> int | None:
    """Milliseconds of an HTTP `Date` header; None when it is missing or broken."""
    try:
        return to_ms(parsedate_to_datetime(text)) if text else None
    except (TypeError, ValueError):
        return None
