"""Nothing fails in the dark: every fault of a job ends in a retry, a stopped stream or a message.

Two ways lead here, since a killed worker calls no hook: queue_job's failures, and
the sweeper that looks for work without a job.
"""

from typing import Any

from odoo.api import Environment

from ..comparison import steps as comparison_steps
from ..exceptions import exception_queue, job_faults
from ..exceptions.subject import of_alarm, of_record, records_domain
from ..identity import learning
from ..inbound import load_pages
from . import history_job

# Jobs whose failure is an alarm: of deliveries and events, which the sweeper triggers again, and of users' actions.
WORKER_JOBS = (
    "_job_drain", "_job_route", "_job_route_mass", "_job_events", "_job_ingest", "_job_retire", "_job_answer",
    "_job_merge", "_job_spread", "_job_stock", "_job_prices",
)  # fmt: skip

# -- jobs that failed


def on_jobs_failed(env: Environment, jobs: Any) -> None:
    """Called in queue_job's own failure transaction."""
    for job in jobs:
        if job.method_name == "_job_poll":
            _on_poll_failed(env, job)
        elif job.method_name == "_job_poll_stream":
            _on_stream_failed(env, job, "poll")
        elif job.method_name == "_job_page":
            page = env["retail.sync.page"].sudo().browse(job.args[1]).exists()
            if page.state == "pending":
                on_page_failed(env, page, _cause(env, job))
        elif job.method_name == "_job_refresh":
            _on_records_failed(env, job)
        elif job.method_name in WORKER_JOBS:
            _on_worker_failed(env, job)
        elif job.method_name == "_job_verify_missing":
            # Whether these records still exist is unknown; a user may load the stream again.
            _on_stream_failed(env, job, "stream")
        elif job.method_name == "_job_learn":
            learning.on_failed(env(su=True), job)
        elif job.model_name == "retail.sync.comparison.jobs":
            comparison = env["retail.sync.comparison"].sudo().browse(job.args[0]).exists()
            if comparison.state in ("pending", "running"):
                comparison_steps.fail(comparison, _cause(env, job))
        elif job.method_name == "_job_history":
            history_job.on_failed(env, env["retail.sync.run"].sudo().browse(job.args[0]).exists(), _cause(env, job))
        elif job.model_name == "retail.sync.inbound.jobs":
            _on_run_failed(env, job)
        # The search for duplicates is left: its sweep finds jobs that failed.


def _cause(env: Environment, job: Any) -> str:
    """Return why a job failed; a killed worker leaves no error."""
    return job.exc_message or job.exc_name or env._("The worker died.")


def _on_poll_failed(env: Environment, job: Any) -> None:
    connection = env["retail.sync.connection"].sudo().browse(job.args[0]).exists()
    if connection:
        exception_queue.technical(env, connection, "JOB_FAILED", _cause(env, job), of_alarm("poll"))


def _on_stream_failed(env: Environment, job: Any, about: str) -> None:
    """Raise an alarm about the stream of a job.

    :param about: what failed as a whole: 'poll' or 'stream'
    """
    stream = env["retail.sync.stream"].sudo().browse(job.args[0]).exists()
    if stream:
        exception_queue.technical(
            env(su=True), stream.connection_id, "JOB_FAILED", _cause(env, job), of_alarm(about), stream=stream
        )


def _on_records_failed(env: Environment, job: Any) -> None:
    stream = env["retail.sync.stream"].sudo().browse(job.args[0]).exists()
    env["retail.sync.message"].sudo().search(
        [("stream_id", "=", stream.id), *records_domain(job.args[1]), ("state", "=", "retrying")]
    ).write({"state": "open", "fault_message": _cause(env, job)})


def _on_worker_failed(env: Environment, job: Any) -> None:
    """Raise one alarm for all failures of a kind of job until a user closes it."""
    stream, connection = env["retail.sync.stream"].sudo(), env["retail.sync.connection"].sudo()
    if job.method_name in ("_job_drain", "_job_retire"):
        stream = stream.browse(job.args[0]).exists()
        connection = stream.connection_id
    elif job.method_name == "_job_events":
        connection = connection.browse(job.args[0]).exists()
    connection = connection or connection.search([], limit=1)
    subject = of_alarm("worker", job.method_name)
    if connection and not exception_queue.find_open(env, connection, subject, stream):
        exception_queue.technical(env(su=True), connection, "JOB_FAILED", _cause(env, job), subject, stream=stream)


def _on_run_failed(env: Environment, job: Any) -> None:
    run = env["retail.sync.run"].sudo().browse(job.args[0]).exists()
    if run and run.state in ("pending", "running"):
        text = _cause(env, job)
        exception_queue.technical(
            env(su=True), run.connection_id, "JOB_FAILED", text, of_alarm("load"), stream=run.stream_id, run=run
        )
        run._finish("failed", message=text)
        job_faults.cancel_followers(env, run)


def on_page_failed(env: Environment, page: Any, text: str) -> None:
    """Cut a page that keeps failing in two; a page of one record becomes an exception. Nothing is dropped."""
    rows = page._rows()
    if len(rows) > 1:
        load_pages.split_page(env, page)
        return
    stream, row = page.stream_id, rows[0]
    external_id, version = stream._adapter().row_key(stream, row)
    exception_queue.technical(
        env(su=True),
        stream.connection_id,
        "JOB_CRASHED",
        text,
        of_record(external_id),
        stream=stream,
        run=page.run_id,
        payload=row,
    ).write({"version": version})
    page.write({"state": "done", "payload": False, "counters": {"n_failed": 1}})
