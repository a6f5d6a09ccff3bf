"""Calls on job statuses."""

from __future__ import annotations

from .errors import not_found
from .messages import Call, Response, answer
from .routes import Route


def show(call: Call) -> Response:
    job = call.account.jobs.get(call.args["id"])
    if job is None:
        raise not_found()
    return answer(200, {"job_status": call.account.jobs.shape(job)})


def show_many(call: Call) -> Response:
    jobs = [job for number in call.listed() if (job := call.account.jobs.get(number)) is not None]
    return answer(200, {"job_statuses": [call.account.jobs.shape(job) for job in jobs], "count": len(jobs)})


def index(call: Call) -> Response:
    jobs = [job for number in call.account.jobs.jobs if (job := call.account.jobs.get(number)) is not None]
    shown = [call.account.jobs.shape(job) for job in jobs[-100:]]
    return answer(200, {"job_statuses": shown, "count": len(shown), "next_page": None, "previous_page": None})


ROUTES = [
    Route("GET", "job_statuses", index, ""),
    Route("GET", "job_statuses/show_many", show_many, ""),
    Route("GET", "job_statuses/{id}", show, ""),
]
