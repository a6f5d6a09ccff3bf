"""Dates and times. A time is a moment in UTC; which zone a text without one means is declared, never guessed."""

import re
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .kind_base import NO_OPTIONS, Kind, KindError, Options, register_kind

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
# Written out, because datetime.fromisoformat of Python 3.10 knows neither "Z" nor "+0000".
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?", re.IGNORECASE
)


class DateKind(Kind):
    """A calendar day: ``datetime.date``, in JSON "YYYY-MM-DD".

    A moment becomes a day only where ``options.zone`` says whose day it is.
    """

    name = "date"
    sensitivity = "personal"  # birthdays are dates

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> date | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if isinstance(value, str):
            found = _DATE.fullmatch(value.strip())
            if found:
                try:
                    return date(*map(int, found.groups()))
                except ValueError:
                    raise KindError("BAD_DATE", "There is no such day.") from None
        if isinstance(value, (str, datetime)) and options.zone:
            moment = parse_moment(value, options)
            try:
                return moment.astimezone(_zone(options.zone)).date()
            except OverflowError:
                raise KindError("BAD_DATE", "There is no such day.") from None
        raise KindError("BAD_DATE", "A day as YYYY-MM-DD is expected; a time needs a zone to become a day.")

    def to_json(self, value: Any, options: Options = NO_OPTIONS) -> str | None:
        day = self.parse(value, options)
        return None if day is None else day.isoformat()

    def check(self, options: Options) -> None:
        _check_zone(options)


class DateTimeKind(Kind):
    """A moment: ``datetime`` in UTC, in JSON "YYYY-MM-DDTHH:MM:SSZ" with ``options.digits`` decimals of a second.

    Without ``digits`` whole seconds count, as Odoo stores them; what is finer is cut off, not rounded. A text or a
    ``datetime`` without a zone is a KindError (NO_ZONE) unless ``options.zone`` names the zone that is meant. Of an
    hour that a zone has twice, the first is taken. Plain numbers are refused: they may count seconds or milliseconds.
    """

    name = "datetime"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> datetime | None:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, (str, datetime)):
            raise KindError("BAD_DATETIME", "A time in the form of ISO 8601 is expected.")
        return parse_moment(value, options)

    def to_json(self, value: Any, options: Options = NO_OPTIONS) -> str | None:
        moment = self.parse(value, options)
        if moment is None:
            return None
        digits = min(options.digits or 0, 6)
        fraction = f"{moment.microsecond:06d}"[:digits]
        # Not strftime: years before 1000 lose their leading zeros there on some systems.
        text = moment.replace(microsecond=0, tzinfo=None).isoformat()
        return f"{text}.{fraction}Z" if fraction else f"{text}Z"

    def check(self, options: Options) -> None:
        _check_zone(options)
        if (options.digits or 0) > 6:
            raise ValueError("A datetime has 6 decimals of a second at most.")


def parse_moment(value: str | datetime, options: Options) -> datetime:
    """Return a moment in UTC. Raises KindError: BAD_DATETIME, or NO_ZONE."""
    moment = value if isinstance(value, datetime) else _read(value)
    if moment.tzinfo is None:
        if not options.zone:
            raise KindError("NO_ZONE", "The time names no zone, and the field declares none.")
        moment = moment.replace(tzinfo=_zone(options.zone))
    try:
        return moment.astimezone(timezone.utc)
    except OverflowError:
        raise KindError("BAD_DATETIME", "There is no such time.") from None


def _read(text: str) -> datetime:
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise KindError("BAD_DATETIME", "A time in the form of ISO 8601 is expected.")
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    micro = int((found.group(7) or "0")[:6].ljust(6, "0"))
    try:
        return datetime(year, month, day, hour, minute, second, micro, _offset(found.group(8)))
    except ValueError:
        raise KindError("BAD_DATETIME", "There is no such time.") from None


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "zZ":
        return timezone.utc
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise KindError("BAD_ZONE", f"{name!r} is no time zone.") from None


def _check_zone(options: Options) -> None:
    if options.zone:
        _zone(options.zone)


register_kind(DateKind())
register_kind(DateTimeKind())
