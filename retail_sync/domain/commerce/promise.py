"""When a promise of goods is broken."""

from datetime import datetime, time, timedelta

__all__ = ["due_at", "is_late"]


def due_at(deadline: datetime | None, *, agreed: bool) -> datetime | None:
    """Return when goods are late: after what was agreed with the customer, else after the day of the deadline.

    Without an agreement, Odoo computes the deadline from lead times, often to the moment of the order itself. The whole
    day (UTC) is left then: goods that leave on the day of the order keep what was never promised.

    :param deadline: as Odoo has it, in UTC; None where there is none
    :param agreed: whether a date was agreed for the order
    """
    if deadline is None or agreed:
        return deadline
    return datetime.combine(deadline.date() + timedelta(days=1), time())


def is_late(due: datetime | None, *, now: datetime, planned: datetime | None, done: datetime | None) -> bool:
    """Return whether goods left, are planned or are still open after they were due.

    :param due: see `due_at`
    :param done: when they left; None of goods that are still open
    """
    if due is None:
        return False
    if done:
        return done > due
    return now > due or bool(planned and planned > due)
