"""getUpdated and getDeleted."""

from __future__ import annotations

from datetime import datetime, timezone

from .clock import epoch_of, format_datetime, parse_datetime
from .errors import ApiError
from .messages import Request, Response
from .org import Org
from .schema import ObjectType

DAY = 86400
MAX_IDS = 600_000


def _invalid(message: str) -> ApiError:
    return ApiError("INVALID_REPLICATION_DATE", message)


def _window(org: Org, request: Request, days: float) -> tuple[str, str]:
    """Start and end with the seconds cut off."""
    moments = []
    for name in ("start", "end"):
        text = request.query.get(name)
        # A plus that was not percent-encoded arrives as a space and makes the date unreadable, as on the platform.
        stamp = parse_datetime(text) if text else None
        if stamp is None:
            raise ApiError("INVALID_REPLICATION_DATE" if text else "MISSING_ARGUMENT", f"{name}: invalid date: {text}")
        epoch = epoch_of(stamp)
        moments.append(epoch - epoch % 60)
    start, end = moments
    if end - start < 60:
        raise _invalid("startDate before endDate required: the window has to be at least one minute long")
    now = org.clock.now()
    if start < now - days * DAY:
        raise _invalid(f"startDate before org replication enabled date, or older than {days:g} days")
    if start > now:
        raise _invalid("startDate is in the future")
    return format_datetime(start), format_datetime(end)


def _covered(org: Org, end: str) -> str:
    """Up to where the answer is complete: transactions that still run hold it back."""
    limit = org.clock.now() - org.config.latest_date_covered_lag_seconds
    moment = min(epoch_of(end), limit)
    return datetime.fromtimestamp(moment - moment % 60, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def updated(org: Org, request: Request, defn: ObjectType) -> Response:
    start, end = _window(org, request, org.config.updated_log_days)
    covered = _covered(org, end)
    until = min(end, covered) if org.config.latest_date_covered_lag_seconds else end
    access = request.context.access
    ids = [
        row["Id"]
        for row in org.store.table(defn.name).log.since(start, until=until)
        if row["SystemModstamp"] < until and not row["IsDeleted"] and access.visible(defn.name, row)
    ]
    if len(ids) > MAX_IDS:
        raise ApiError("EXCEEDED_ID_LIMIT", "too many ids: use a smaller window")
    return Response(200, {"ids": ids, "latestDateCovered": covered})


def deleted(org: Org, request: Request, defn: ObjectType) -> Response:
    start, end = _window(org, request, org.config.deleted_log_days)
    covered = _covered(org, end)
    until = min(end, covered) if org.config.latest_date_covered_lag_seconds else end
    access = request.context.access
    table = org.store.table(defn.name)
    entries = []
    for record_id, stamp in table.deletions.items():
        row = table.bin.get(record_id)
        if start <= stamp < until and (row is None or access.visible(defn.name, row)):
            entries.append({"id": record_id, "deletedDate": stamp})
    if len(entries) > MAX_IDS:
        raise ApiError("EXCEEDED_ID_LIMIT", "too many ids: use a smaller window")
    entries.sort(key=lambda entry: (entry["deletedDate"], entry["id"]))
    # The moment of the last record that was removed for good, whichever object had it, within the days of the log.
    earliest = max(format_datetime(org.clock.now() - org.config.deleted_log_days * DAY), org.store.purged_at)
    return Response(200, {"deletedRecords": entries, "earliestDateAvailable": earliest, "latestDateCovered": covered})
