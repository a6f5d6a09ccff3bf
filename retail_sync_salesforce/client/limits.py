"""The org's allowances, API versions, clock and user (API sheet sections 1.6, 6.1)."""

from dataclasses import dataclass
from typing import Any

from . import errors, soql, times
from .errors import ClientError
from .session import SalesforceSession

DAILY_CALLS = "DailyApiRequests"
DATA_STORAGE = "DataStorageMB"


@dataclass(frozen=True, slots=True)
class Limit:
    """An allowance and what is left of it, in the unit its name tells (calls, jobs, MB)."""

    max: int
    remaining: int

    @property
    def used(self) -> int:
        return self.max - self.remaining


def limits(session: SalesforceSession) -> dict[str, Limit]:
    """Allowances by name, `DAILY_CALLS` among them. Needs the permission View Setup and Configuration."""
    body = session.request("GET", "limits/").json()
    if not isinstance(body, dict):
        raise ClientError(errors.CONTRACT, "ODD_ANSWER", "the limits were answered with something else than names")
    found = ((name, _limit(entry)) for name, entry in body.items())
    return {name: limit for name, limit in found if limit is not None}


def record_count(session: SalesforceSession, object: str) -> int:
    """About how many records an object has in the org, whatever they are: an estimate that costs the org no query."""
    body = session.request("GET", "limits/recordCount", params={"sObjects": soql.object_name(object)}).json()
    try:
        return int(next(entry["count"] for entry in body["sObjects"] if entry["name"].lower() == object.lower()))
    except (AttributeError, KeyError, StopIteration, TypeError, ValueError):
        raise ClientError(
            errors.CONTRACT, "ODD_ANSWER", "the number of records was answered with something else than a number"
        ) from None


def versions(session: SalesforceSession) -> list[str]:
    """API versions the org offers, oldest first: ['61.0', '62.0', …]."""
    body = session.request("GET", "/services/data/").json()
    try:
        return sorted((str(entry["version"]) for entry in body), key=float)
    except (KeyError, TypeError, ValueError):
        raise ClientError(
            errors.CONTRACT, "ODD_ANSWER", "the versions were answered with something else than a list"
        ) from None


def server_time(session: SalesforceSession) -> str:
    """The remote clock now, as ISO text in UTC and whole seconds. Raises ClientError (contract) if it does not tell."""
    session.server_time_ms = None
    session.request("GET", "/services/data/")
    if session.server_time_ms is None:
        raise ClientError(errors.CONTRACT, "ODD_ANSWER", "the server does not tell its time")
    return times.iso(session.server_time_ms)


def _limit(entry: Any) -> Limit | None:
    try:
        return Limit(int(entry["Max"]), int(entry["Remaining"]))  # very old versions sent texts
    except (KeyError, TypeError, ValueError):
        return None
