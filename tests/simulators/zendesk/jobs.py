"""Jobs: bulk calls that run after their answer, and what became of each item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import ApiError

if TYPE_CHECKING:
    from .account import Account

Step = Callable[[], dict[str, Any]]
Failed = Callable[[int, ApiError], dict[str, Any]]


@dataclass
class Job:
    """``steps`` do one item each and answer its result; ``failed`` makes the result of an item that was refused."""

    id: str
    job_type: str
    steps: list[Step]
    failed: Failed
    created: float
    status: str = "queued"
    message: str | None = None
    results: list[dict[str, Any]] = field(default_factory=list)
    fails_after: int | None = None
    failure: dict[str, Any] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        return self.status in ("queued", "working")


class Jobs:
    def __init__(self, account: Account) -> None:
        self.account = account
        self.jobs: dict[str, Job] = {}

    def add(self, job_type: str, steps: list[Step], failed: Failed) -> Job:
        """Queue a job. Raises 429 ``TooManyJobs`` when the account has as many as it may."""
        if sum(job.running for job in self.jobs.values()) >= self.account.config.max_jobs > 0:
            text = f"The account has {self.account.config.max_jobs} queued or running jobs, which is the limit"
            raise ApiError(429, "TooManyJobs", text, headers={"Retry-After": "10"})
        job = Job(f"V3-{self.account.ids.hexadecimal()}", job_type, steps, failed, self.account.clock.now())
        fault = self.account.faults.for_job(job_type)
        if fault is not None:
            job.fails_after, job.failure = int(fault.action.get("after_items", 0)), fault.action
        self.jobs[job.id] = job
        return job

    def get(self, number: str) -> Job | None:
        job = self.jobs.get(number)
        if job is not None and job.created + self.account.config.job_keep_seconds <= self.account.clock.now():
            return None
        return job

    def run_due(self) -> None:
        """Run each job as far as the clock has come."""
        config, now = self.account.config, self.account.clock.now()
        for job in [job for job in self.jobs.values() if job.running]:
            worked = now - job.created - config.job_queue_seconds
            if worked < 0:
                continue
            due = len(job.steps)
            if config.job_item_seconds:
                due = min(due, int(worked / config.job_item_seconds))
            self._run(job, due)

    def _run(self, job: Job, due: int) -> None:
        job.status = "working"
        while len(job.results) < due and job.running:
            if job.fails_after is not None and len(job.results) >= job.fails_after:
                break
            index = len(job.results)
            try:
                job.results.append(job.steps[index]())
            except ApiError as error:
                job.results.append(job.failed(index, error))
        if job.fails_after is not None and len(job.results) >= min(job.fails_after, len(job.steps)):
            job.status = job.failure.get("status", "failed")
            job.message = job.failure.get("message", "Job failed")
        elif len(job.results) == len(job.steps):
            job.status = "completed"
            job.message = f"Completed at {self.account.stamp()}"
            if self.account.config.job_shuffles_results:
                job.results.reverse()
        else:
            job.message = f"Working on item {len(job.results) + 1} of {len(job.steps)}"

    def shape(self, job: Job) -> dict[str, Any]:
        """The object ``job_status``."""
        ended = not job.running
        return {
            "id": job.id, "job_type": job.job_type, "url": self.account.url(f"job_statuses/{job.id}"),
            "total": len(job.steps), "progress": None if job.status == "queued" else len(job.results),
            "status": job.status, "message": job.message, "results": job.results if ended else None,
        }  # fmt: skip
