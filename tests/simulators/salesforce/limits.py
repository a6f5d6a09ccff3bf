"""API call counting, the daily cap, and the /limits resource."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from . import storage
from .errors import ApiError
from .messages import Request, Response

if TYPE_CHECKING:
    from .org import Org

DAY = 86400
APP_NAME = "Retail Sync"
APP_LIMIT = 100000


class Usage:
    """Calls used in the rolling day of the org's clock, and calls in flight."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.total = 0
        self.in_flight = 0
        self.bulk_query_jobs = 0
        self.bulk_batches = 0
        self.events_published = 0
        self._recent: deque[tuple[float, int]] = deque()
        self._made = 0

    @property
    def made(self) -> int:
        """Calls of the last 24 hours."""
        horizon = self.org.clock.now() - DAY
        while self._recent and self._recent[0][0] <= horizon:
            self._made -= self._recent.popleft()[1]
        return self._made

    @property
    def used(self) -> int:
        return self.org.config.used_calls + self.made

    def count(self, calls: int = 1) -> None:
        """Charge calls. Raises ``REQUEST_LIMIT_EXCEEDED`` once the day is spent."""
        if self.used + calls > self.org.config.daily_limit:
            raise daily_limit_error()
        self._recent.append((self.org.clock.now(), calls))
        self._made += calls
        self.total += calls

    def enter_or_refuse(self) -> None:
        """Count a call in flight. Raises ``REQUEST_LIMIT_EXCEEDED`` when too many are."""
        config = self.org.config
        if config.enforce_concurrency and self.in_flight >= config.concurrent_limit:
            raise concurrent_limit_error()
        self.in_flight += 1

    def leave(self) -> None:
        # A reset in between has already let go of the call.
        self.in_flight = max(0, self.in_flight - 1)

    def header(self) -> str:
        return (
            f"api-usage={self.used}/{self.org.config.daily_limit}; "
            f"per-app-api-usage={self.made}/{APP_LIMIT}(appName={APP_NAME})"
        )


def daily_limit_error() -> ApiError:
    return ApiError("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)


def concurrent_limit_error() -> ApiError:
    message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    return ApiError("REQUEST_LIMIT_EXCEEDED", message, status=403)


def show_limits(org: Org, request: Request) -> Response:
    del request
    usage = org.usage
    daily = org.config.daily_limit

    def entry(maximum: int, used: int = 0) -> dict[str, int]:
        return {"Max": maximum, "Remaining": max(0, maximum - used)}

    return Response(
        200,
        {
            "DailyApiRequests": entry(daily, usage.used),
            "DailyBulkV2QueryJobs": entry(10000, usage.bulk_query_jobs),
            "DailyBulkV2QueryFileStorageMB": entry(976562),
            "DailyBulkApiBatches": entry(15000, usage.bulk_batches),
            "DailyStandardVolumePlatformEvents": entry(25000),
            "HourlyPublishedPlatformEvents": entry(50000, usage.events_published),
            "DataStorageMB": entry(org.config.data_storage_mb, storage.used(org) // storage.MB),
            "FileStorageMB": entry(1024, 24),
        },
    )
