"""Ids deleted or updated in a span of time (API sheet section 3.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from . import errors, ids, soql, times
from .errors import ClientError
from .session import SalesforceSession
from .times import When

MINUTE = 60_000
DAY = 86_400_000
#: How far back the server tells deletions and updates.
LOG_DAYS = 15
UPDATED_DAYS = 30

_ODD = "a replication request was answered with something else than ids"


@dataclass(frozen=True, slots=True)
class Deleted:
    """A deleted record: 18-character id, and when (milliseconds since the epoch, UTC). A merged loser is one too."""

    id: str
    deleted_ms: int


@dataclass(frozen=True, slots=True)
class DeletedPage:
    """Deletions of a window. `latest_date_covered` is where the next window starts: never the own clock.

    earliest_ms: how far back the server's log reaches, milliseconds, None when it does not say. It is the moment of the
    last record that was removed for good: an emptied recycle bin moves it to now.
    lost: the log starts after the window does, so that deletions may be missing.
    """

    records: list[Deleted]
    earliest_ms: int | None
    latest_date_covered: str
    latest_ms: int
    lost: bool = False


@dataclass(frozen=True, slots=True)
class UpdatedPage:
    """18-character ids created or changed in a window; `latest_date_covered` as in `DeletedPage`."""

    ids: list[str]
    latest_date_covered: str
    latest_ms: int


def window(start: When, end: When) -> tuple[int, int]:
    """(start, end) in milliseconds, cut to the minute as the server does, and at least a minute long.

    A window too short is widened into the past: deletions reported twice do no harm, a refused call does.
    """
    first, last = (times.to_ms(moment) // MINUTE * MINUTE for moment in (start, end))
    return min(first, last - MINUTE), last


def deleted(session: SalesforceSession, object: str, start: When, end: When) -> DeletedPage:
    """Records deleted in the window. Look-back 15 days, less if the log was purged.

    Raises ClientError contract/DELETED_WINDOW_LOST when the window starts too far back to be asked for;
    contract/EXCEEDED_ID_LIMIT above 600,000 ids: ask for a shorter window.
    """
    span = window(start, end)
    try:
        return parse_deleted(session.request("GET", deleted_path(object, *span)).json(), span[0])
    except ClientError as error:
        raise window_lost(error, *span, LOG_DAYS) from None


def updated(session: SalesforceSession, object: str, start: When, end: When) -> UpdatedPage:
    """Records created or changed in the window, by SystemModstamp. Look-back 30 days; errors as in `deleted`."""
    span = window(start, end)
    try:
        body = session.request("GET", _path(object, "updated", *span)).json()
    except ClientError as error:
        raise window_lost(error, *span, UPDATED_DAYS) from None
    try:
        return UpdatedPage([ids.to_18(value) for value in body["ids"]], *_covered(body))
    except (KeyError, TypeError, ValueError):
        raise errors.odd_answer(body, _ODD) from None


def deleted_path(object: str, start: int, end: int) -> str:
    """Path of a deleted request, relative to the API version."""
    return _path(object, "deleted", start, end)


def parse_deleted(body: Any, start: int) -> DeletedPage:
    """The page in the answer to a window that starts at `start` (ms).

    Raises ClientError (contract) for another shape.
    """
    try:
        text = body.get("earliestDateAvailable")
        earliest = times.parse_ms(text) if text else None
        records = [Deleted(ids.to_18(row["id"]), times.parse_ms(row["deletedDate"])) for row in body["deletedRecords"]]
        covered = _covered(body)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise errors.odd_answer(body, _ODD) from None
    return DeletedPage(records, earliest, *covered, lost=earliest is not None and earliest // MINUTE * MINUTE > start)


def window_lost(error: ClientError, start: int, end: int, days: float = LOG_DAYS) -> ClientError:
    """The error of a window (ms), renamed when the start lies too far back.

    The code has other causes, such as an org without replication; those are known by a window that is young enough.
    """
    if error.code != "INVALID_REPLICATION_DATE" or end - start < (days - 1) * DAY:
        return error
    return ClientError(
        errors.CONTRACT,
        "DELETED_WINDOW_LOST",
        error.message or "the window starts before what the server remembers",
        http_status=error.http_status,
        body_excerpt=error.body_excerpt,
    )


def _covered(body: Mapping[str, Any]) -> tuple[str, int]:
    moment = times.parse_ms(body["latestDateCovered"])
    return times.iso(moment), moment


def _path(object: str, verb: str, start: int, end: int) -> str:
    # the sheet's form; a plus sign would be read as a space, urlencode makes it %2B
    span = {"start": _stamp(start), "end": _stamp(end)}
    return f"sobjects/{soql.object_name(object)}/{verb}/?{urlencode(span)}"


def _stamp(moment: int) -> str:
    return times.iso(moment).replace("Z", "+00:00")
