"""Relative dates of SOQL, such as ``TODAY`` and ``LAST_N_DAYS:7``, in UTC."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

# Literal name -> whether it needs a number.
LITERALS = {
    "yesterday": False, "today": False, "tomorrow": False,
    "last_week": False, "this_week": False, "next_week": False,
    "last_month": False, "this_month": False, "next_month": False,
    "last_year": False, "this_year": False, "next_year": False,
    "last_90_days": False, "next_90_days": False,
    "last_n_days": True, "next_n_days": True, "n_days_ago": True,
}  # fmt: skip


def span(name: str, amount: int | None, now: float) -> tuple[date, date]:
    """First day and the day after the last one."""
    today = datetime.fromtimestamp(now, timezone.utc).date()
    day = timedelta(days=1)
    if name in ("today", "yesterday", "tomorrow"):
        start = today + {"today": 0, "yesterday": -1, "tomorrow": 1}[name] * day
        return start, start + day
    if name == "n_days_ago":
        start = today - (amount or 0) * day
        return start, start + day
    if name in ("last_n_days", "last_90_days"):
        return today - (90 if amount is None else amount) * day, today + day
    if name in ("next_n_days", "next_90_days"):
        return today + day, today + ((90 if amount is None else amount) + 1) * day
    which, _, unit = name.partition("_")
    step = {"last": -1, "this": 0, "next": 1}[which]
    if unit == "week":
        sunday = today - ((today.weekday() + 1) % 7) * day + step * 7 * day
        return sunday, sunday + 7 * day
    if unit == "month":
        return _month(today, step), _month(today, step + 1)
    return date(today.year + step, 1, 1), date(today.year + step + 1, 1, 1)


def _month(today: date, step: int) -> date:
    months = today.year * 12 + today.month - 1 + step
    return date(months // 12, months % 12 + 1, 1)
