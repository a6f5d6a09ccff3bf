"""What ingest and query jobs share: state, ids, listing, and the worker that runs them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .clock import format_datetime
from .errors import ApiError
from .ids import to18
from .journal import Origin
from .messages import Request, Response

if TYPE_CHECKING:
    from .org import Context, Org

PREFIX = "750"
TERMINAL = ("JobComplete", "Failed", "Aborted")
_POLL_SECONDS = 0.02


@dataclass
class Job:
    id: str
    operation: str
    object_name: str
    context: Context
    created: float
    state: str
    touched: float = 0.0
    queued: float | None = None
    content_type: str = "CSV"
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    error: str | None = None
    processed: int = 0
    failed: int = 0
    milliseconds: int = 0
    extra: dict[str, Any] = field(default_factory=dict)
    origin: Origin = field(default_factory=Origin)

    def touch(self, org: Org, state: str) -> None:
        self.state = state
        self.touched = org.clock.now()

    def base(self) -> dict[str, Any]:
        return {
            "id": self.id, "operation": self.operation, "object": self.object_name,
            "createdById": self.context.user_id, "createdDate": format_datetime(self.created),
            "systemModstamp": format_datetime(self.touched or self.created), "state": self.state,
            "concurrencyMode": "Parallel", "contentType": self.content_type, "apiVersion": self.context.number,
            "lineEnding": self.line_ending, "columnDelimiter": self.delimiter,
        }  # fmt: skip


def find(jobs: dict[str, Any], job_id: str) -> Any:
    job = jobs.get(to18(job_id) or "")
    if job is None:
        raise ApiError("INVALIDJOB", f"Invalid job id: {job_id}", status=404)
    return job


def choice(body: dict[str, Any], name: str, known: Any, default: str) -> str:
    value = body.get(name, default)
    if value not in known:
        raise ApiError("INVALIDJOB", f"{name} must be one of {', '.join(known)}")
    return value


def listing(org: Org, request: Request, jobs: list[dict[str, Any]], path: str) -> Response:
    """A page of jobs, newest first; the locator is the number of jobs to pass over."""
    start = int(request.query.get("queryLocator") or 0) if (request.query.get("queryLocator") or "0").isdigit() else 0
    size = 1000
    page = jobs[start : start + size]
    done = start + size >= len(jobs)
    more = None if done else f"/services/data/v{request.context.version}/{path}?queryLocator={start + size}"
    return Response(200, {"done": done, "records": page, "nextRecordsUrl": more})


class BulkWorker:
    """Runs queued jobs in the background, some rows at a time, so that other calls get their turn."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self._trigger = threading.Event()
        self._stop = False
        self._thread = threading.Thread(target=self._loop, name="bulk", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        self._trigger.set()

    def stop(self) -> None:
        self._stop = True
        self._trigger.set()
        self._thread.join(timeout=5)

    def _loop(self) -> None:
        while not self._stop:
            self._trigger.wait()
            self._trigger.clear()
            while not self._stop and self._step():
                pass

    def _step(self) -> bool:
        """Advance every queued job by one step; false when nothing is left to do."""
        org = self.org
        with org.lock:
            waiting = [job for job in (*org.ingest_jobs.values(), *org.query_jobs.values()) if job.queued is not None]
        worked = False
        for job in waiting:
            worked |= self._advance(job)
        if waiting and not worked:
            threading.Event().wait(_POLL_SECONDS)
        return bool(waiting)

    def _advance(self, job: Any) -> bool:
        """One step of one job; true when it did something."""
        org = self.org
        with org.lock:
            if job.queued is None or job.state in TERMINAL or job.state == org.config.bulk_stuck_state:
                if job.state in TERMINAL:
                    job.queued = None
                return False
            waited, delay = org.clock.now() - job.queued, org.config.bulk_delay_seconds
            if job.state == "UploadComplete":
                if waited < delay / 2:
                    return False
                job.touch(org, "InProgress")
                return True
            if waited < delay:
                return False
            org.store.origin = job.origin
            try:
                job.step(org)
            finally:
                org.hub.publish_committed()
            if job.state in TERMINAL:
                job.queued = None
            return True
