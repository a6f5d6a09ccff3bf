"""The sweeper: work that has no job any more, because a killed worker calls no hook."""

from typing import Any

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.resilience.limits import NEEDS_PERSON
from ...runtime.constants import ALIVE
from ...runtime.transactions import lost_race, run_separately
from ..comparison import differences
from ..customer import protected_links
from ..delivery import bulk
from ..exceptions import exception_queue
from ..exceptions.subject import of_alarm, open_alarms_domain
from ..identity import learning
from ..inbound import event_store, full_load
from ..links import deferred_references
from ..outbox import outbox, parked
from ..product import stale
from ..runs import job_trigger
from . import history_job, job_failures


def sweep(env: Environment) -> None:
    """Find work that has no job any more and see to it. Harmless when there is none."""
    connections = env["retail.sync.connection"].sudo().search([("active", "=", True)])
    for connection in connections:
        # In a transaction of its own: people edit these records, and a lost race must not undo the whole sweep. Before
        # anything is written here that it could wait for.
        run_separately(env, deferred_references.link, connection)
    for connection in connections:
        _sweep_pages(env, connection)
        _sweep_runs(env, connection)
        _alert(env, connection)
        event_store.sweep(env(su=True), connection)
    sweep_out(env)
    _sweep_histories(env)
    learning.sweep(env(su=True))
    env["retail.sync.duplicate.search"].sudo()._sweep()
    exception_queue.reopen_stale(env(su=True))
    protected_links.report(env(su=True))
    differences.close_exchanged(env(su=True))
    due = (
        env["retail.sync.message"]
        .sudo()
        .search([("state", "=", "retrying"), ("next_try_at", "<=", fields.Datetime.now())], limit=2000)
    )
    due._retry("standard")


def sweep_out(env: Environment) -> None:
    """Recover changes of plain SQL, messages whose worker died, due retries, and lost triggers."""
    env["retail.sync.capture"].sudo()._refresh()
    if env["retail.sync.change"].sudo().search_count([], limit=1):
        job_trigger.trigger(env(su=True), "route")
    su_env = env(su=True)
    try:
        with env.cr.savepoint():
            outbox.left_behind(su_env)
    except UniqueViolation as error:
        # News of one of these records came in meanwhile: the next sweep gives them back.
        if not lost_race(error):
            raise
    _end_dead_runs(env)
    env["retail.sync.write.intent"].sudo()._sweep()
    bulk.sweep(env(su=True))
    stale.sweep(su_env)
    sending = env["retail.sync.stream"]._sending()
    for connection in sending.connection_id:
        parked.release_ready(su_env, connection)
    outbox.trigger_due(su_env, sending)


# What works on a run that has no pages: {kind: methods of its jobs}.
_JOBS_OF_RUNS = {
    "push": ("_job_drain",),
    "poll": ("_job_poll", "_job_poll_stream"),
    "records": ("_job_refresh", "_job_verify_missing"),
}


def _end_dead_runs(env: Environment) -> None:
    """End the runs of deliveries, polls and refreshes whose worker died: no job that had begun before is at work."""
    env["retail.sync.run"].flush_model()
    for kind, methods in _JOBS_OF_RUNS.items():
        rows = env.execute_query(
            SQL(
                "SELECT run.id FROM retail_sync_run run WHERE run.kind = %s AND run.state = 'running'"
                " AND run.started_at < now() AT TIME ZONE 'UTC' - interval '5 seconds'"
                " AND NOT EXISTS (SELECT FROM queue_job job WHERE job.method_name = ANY(%s)"
                " AND job.state = 'started' AND job.date_started <= run.started_at + interval '1 second')",
                kind,
                list(methods),
            )
        )
        for run in env["retail.sync.run"].sudo().browse([run_id for (run_id,) in rows]):
            run._finish("failed", env._("The worker died. Its work is done again."))


def _sweep_pages(env: Environment, connection: Any) -> None:
    """Pages whose job failed while its worker was being killed, or was cancelled by hand."""
    rows = env.execute_query(
        SQL(
            "SELECT page.id FROM retail_sync_page page JOIN retail_sync_run run ON run.id = page.run_id"
            " WHERE page.state = 'pending' AND run.connection_id = %s AND run.state IN ('pending', 'running')"
            " AND NOT EXISTS (SELECT FROM queue_job job WHERE job.uuid = page.job_uuid AND job.state = ANY(%s))",
            connection.id,
            list(ALIVE),
        )
    )
    for page in env["retail.sync.page"].sudo().browse([page_id for (page_id,) in rows]):
        job_failures.on_page_failed(env, page, env._("The worker died while it processed this record."))


def _sweep_runs(env: Environment, connection: Any) -> None:
    """Runs that are under way although no job of theirs is."""
    runs = (
        env["retail.sync.run"]
        .sudo()
        .search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", ["pending", "running"]),
                ("kind", "in", ["initial", "dry", "backlog", "deletions"]),
            ]
        )
    )
    if not runs:
        return
    jobs = (
        env["queue.job"]
        .sudo()
        .search(
            [
                ("model_name", "=", "retail.sync.inbound.jobs"),
                ("method_name", "in", ["_job_begin", "_job_fetch", "_job_finish", "_job_page", "_job_wait"]),
                ("state", "in", list(ALIVE)),
            ]
        )
    )
    busy_ids = {job.args[0] for job in jobs}
    # Runs that wait for another run have no job yet, which is correct.
    for run in runs - runs.next_run_id.filtered(lambda run: run.state == "pending"):
        if run.id in busy_ids:
            continue
        state = run.remote_job or {}
        if state and not state.get("done") and run.mode == "bulk":
            # Whether the platform's job was ready is no longer known; asking twice is harmless.
            full_load.enqueue(env, "_job_wait", run, 0)
            continue
        step = "_job_finish" if state.get("done") else "_job_fetch" if state else "_job_begin"
        full_load.enqueue(env, step, run)


def _sweep_histories(env: Environment) -> None:
    """Histories that are under way although no job of theirs is."""
    alive = [("method_name", "=", "_job_history"), ("state", "in", list(ALIVE))]
    jobs = env["queue.job"].sudo().search([("model_name", "=", "retail.sync.operations.jobs"), *alive])
    history_job.sweep(env, {job.args[0] for job in jobs})


def _alert(env: Environment, connection: Any) -> None:
    """Raise one alarm when calls to a platform stop, and one when they pass again."""
    call_guard = connection.sudo().call_guard_ids[:1]
    # The cause, so that an outage that turns out to be a refused sign-in raises the right alarm.
    state = call_guard.shown_cause() or "closed"
    if not call_guard or state == connection.alerted_state:
        return
    connection.alerted_state = state
    if state != "closed":
        text = call_guard.reason or env._("Calls to %s were stopped.", connection.name)
        # A cause that a person has to end has a rule of its own; "calls are stopped" would say that it ends by time.
        waits = call_guard.fault_code and call_guard.shown_cause() in NEEDS_PERSON
        exception_queue.technical(
            env(su=True),
            connection,
            call_guard.fault_code if waits else "BREAKER_OPEN",
            text,
            of_alarm("connection"),
            fault_class=call_guard.fault_class if waits else "transient",
        )
        note = env._("Calls are stopped: %(reason)s. %(advice)s", reason=text, advice=connection.breaker_advice)
    else:
        env["retail.sync.message"].sudo().search(open_alarms_domain(connection, "connection"))._resolve(
            env._("Calls pass again")
        )
        note = env._("Calls pass again.")
    connection.sudo().message_post(
        body=note, partner_ids=connection.sudo().team_user_id.partner_id.ids, subtype_xmlid="mail.mt_comment"
    )
