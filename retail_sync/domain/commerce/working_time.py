"""Time limits in calendar time, or on working days only."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

__all__ = ["WorkingDays", "after"]

# A calendar without a working day in so many days is a mistake: the limit then counts every day.
_LOOK_AHEAD = 400


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The days that count, in the time zone of a company.

    :param works: whether a day of the company's calendar is a working day
    :param zone: IANA name of its time zone
    """

    works: Callable[[date], bool]
    zone: str = "UTC"


def after(start: datetime, span: timedelta, days: WorkingDays | None = None) -> datetime:
    """Return the end of a span of time that begins at a moment, both in naive UTC.

    With ``days``, time passes on working days only: two days after Friday noon is Tuesday noon. A span of nothing ends
    at once.
    """
    if days is None or span <= timedelta():
        return start + span
    zone = ZoneInfo(days.zone)
    moment = start.replace(tzinfo=timezone.utc).astimezone(zone)
    left = span
    for _day in range(_LOOK_AHEAD + span.days * 7):
        midnight = datetime.combine(moment.date() + timedelta(days=1), time(), zone)
        if days.works(moment.date()):
            # Subtracted in UTC: two times of one zone are compared by the clock on the wall.
            rest = midnight.astimezone(timezone.utc) - moment.astimezone(timezone.utc)
            if left < rest:
                return (moment.astimezone(timezone.utc) + left).replace(tzinfo=None)
            left -= rest
        moment = midnight
    return start + span
