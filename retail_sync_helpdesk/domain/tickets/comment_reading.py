"""By which way the comments of tickets that changed are read: ticket by ticket, or with what happened to all of them.

A single read is one call for each ticket, and sees what was written a moment ago. The export of a desk gives the
comments of hundreds of tickets in one call, but few such calls are allowed, and it leaves out the last minute.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AT_LEAST_EVERY", "EXPORT_DELAY", "FEW", "Reading", "plan"]

# Tickets that are read singly; more of them are left to the export.
FEW = 25
# The export is read this often even if few tickets change: so an outage finds it not far behind.
AT_LEAST_EVERY = 3600.0
# What is younger is not in the export.
EXPORT_DELAY = 60.0
# Tickets that still come in are waited for: their comments would have to be read singly.
ARRIVAL_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Reading:
    """single_all: read all tickets singly; else only those that the export has passed. export: read it now.

    wait: seconds after which to decide again, None where nothing is left to do.
    """

    single_all: bool
    export: bool
    wait: float | None = None


def plan(*, ahead: int, arriving: bool, read_ago: float | None) -> Reading:
    """How to read what is due.

    :param ahead: tickets that changed after the moment up to which the export was read
    :param arriving: tickets are still being taken in: a load or a poll is under way
    :param read_ago: seconds since the export was read to its end, None for never
    """
    many = ahead > FEW
    due = read_ago is None or read_ago >= (EXPORT_DELAY if many else AT_LEAST_EVERY)
    if due and not arriving:
        return Reading(not many, True)
    if not many:
        return Reading(True, False)
    return Reading(False, False, ARRIVAL_SECONDS if due or read_ago is None else EXPORT_DELAY - read_ago)
