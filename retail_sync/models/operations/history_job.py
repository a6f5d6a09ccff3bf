"""The history of streams, queued page by page in the bulk lane: one stream after the other, oldest records first.

A page waits while enough of the pages before it are on their way, so a million records make no million messages. A
stream's run ends when its messages are sent, so that orders do not go before their products. What is linked already is
left out: a run that begins anew goes on where the one before it was stopped.
"""

from datetime import timedelta
from typing import Any

from odoo import fields, models
from odoo.api import Environment

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.security.audit import AuditKind
from ...runtime.constants import LANE_PRIORITY, channel
from ..audit import trail
from ..exceptions import exception_queue
from ..exceptions.subject import of_alarm
from ..outbox import router
from ..runs import run_start
from . import history_records

PAGE = 2000
# Messages of a stream that may wait before the next page is queued; more where the platform has a bulk interface.
MOST_WAITING = 10000
PAUSE_SECONDS = 5
OPEN = ("pending", "running")


def start(env: Environment, streams: models.BaseModel) -> models.BaseModel:
    """Plan the history of published streams behind those that are under way; return the runs."""
    runs = env["retail.sync.run"].sudo()
    busy = runs.search([("stream_id", "in", streams.ids), ("kind", "=", "history"), ("state", "in", OPEN)])
    streams = (streams - busy.stream_id).filtered(lambda stream: stream.publishes and stream.history != "none")
    planned = runs.browse()
    for connection, of_connection in streams.grouped("connection_id").items():
        under_way = runs.search(
            [("connection_id", "=", connection.id), ("kind", "=", "history"), ("state", "in", OPEN)], order="id"
        )
        last = under_way.filtered(lambda run: not run.next_run_id)[-1:]
        found = run_start.plan_runs(env, of_connection.sorted("sequence"), "history").sudo()
        if last:
            last.next_run_id = found[0]
        else:
            enqueue(env, found[0])
        for run in found:
            run.stream_id.last_run_id = run
        trail.add(
            env,
            AuditKind.LOAD,
            model=streams._name,
            res_ids=of_connection.ids,
            connection=connection,
            details={"kind": "history"},
        )
        planned |= found
    return planned


def stop(env: Environment, connection: models.BaseModel, why: str) -> int:
    """End the histories of a connection; return how many were open. What is queued already is still sent."""
    runs = env["retail.sync.run"].sudo()
    found = runs.search([("connection_id", "=", connection.id), ("kind", "=", "history"), ("state", "in", OPEN)])
    for run in found:
        run._finish("cancelled", why)
    return len(found)


def enqueue(env: Environment, run: models.BaseModel, seconds: float = 0) -> None:
    """Queue the next step of a history."""
    (
        env["retail.sync.operations.jobs"]
        .with_user(run.connection_id.user_id)
        .with_delay(
            channel=channel("bulk"),
            priority=LANE_PRIORITY["bulk"],
            eta=timedelta(seconds=seconds) if seconds else None,
            max_retries=0,
            description=env._("History: %s", run.stream_id.display_name),
        )
        ._job_history(run.id)
    )


def job_history(env: Environment, run_id: int) -> None:
    """Queue the next page of a history; end it when all of it is sent."""
    run = env["retail.sync.run"].sudo().browse(run_id).exists()
    if run.state not in OPEN:
        return
    stream = run.stream_id
    if stream.direction == "in":
        _end(env, run, "cancelled", env._("The stream does not write any more."))
        return
    if not stream._delivers("bulk"):
        # Paused, stopped or not loaded yet: the history goes on afterwards.
        raise RetryableJobError(env._("%s does not send now.", stream.display_name), seconds=60, ignore_retry=True)
    if run.state == "pending":
        run._start()
        run.total = history_records.count(env, stream)
    position = run.remote_job or {}
    waiting = _waiting(env, stream)
    if waiting and (position.get("done") or waiting >= max(MOST_WAITING, 2 * stream.bulk_write_threshold)):
        enqueue(env, run, PAUSE_SECONDS)
        return
    if position.get("done"):
        _end(env, run, "done")
        return
    res_ids, last = history_records.page(env, stream, position.get("after", 0), PAGE)
    router.enqueue(env, stream, [(res_id, "create", {}, 1) for res_id in res_ids], lane="bulk", renew=False)
    run.write({"remote_job": {"after": last, "done": last is None}, "n_read": run.n_read + len(res_ids)})
    enqueue(env, run)


def on_failed(env: Environment, run: models.BaseModel, cause: str) -> None:
    """Report that a history failed; those of the other streams go on."""
    if run.state in OPEN:
        exception_queue.technical(
            env(su=True), run.connection_id, "JOB_FAILED", cause, of_alarm("load"), stream=run.stream_id, run=run
        )
        _end(env, run, "failed", cause)


def sweep(env: Environment, busy_ids: set[int]) -> None:
    """Queue again the step of each history that lost its job. busy_ids: runs that have one."""
    runs = env["retail.sync.run"].sudo().search([("kind", "=", "history"), ("state", "in", OPEN)])
    for run in runs - runs.next_run_id.filtered(lambda run: run.state == "pending"):
        if run.id not in busy_ids:
            enqueue(env, run)


def _end(env: Environment, run: models.BaseModel, state: str, message: Any = False) -> None:
    following = run.next_run_id
    run._finish(state, message)
    if following.state == "pending":
        enqueue(env, following)


def _waiting(env: Environment, stream: models.BaseModel) -> int:
    """Return how many messages of a stream are on their way in the bulk lane."""
    messages = env["retail.sync.message"].sudo()
    domain = [
        ("stream_id", "=", stream.id),
        ("direction", "=", "out"),
        ("lane", "=", "bulk"),
        ("state", "in", ["pending", "sending"]),
    ]
    return messages.search_count(domain)


class RetailSyncStream(models.Model):
    """What people ask of the history of a stream."""

    _inherit = "retail.sync.stream"

    history_under_way = fields.Boolean(
        "Sends its history", compute="_compute_history_under_way", help="The history is being sent."
    )

    def _compute_history_under_way(self) -> None:
        runs = self.env["retail.sync.run"].sudo()
        found = runs.search([("stream_id", "in", self.ids), ("kind", "=", "history"), ("state", "in", OPEN)]).stream_id
        for stream in self:
            stream.history_under_way = stream._origin in found

    def action_send_history(self) -> Any:
        """Send the records of the history that the platform does not have."""
        self.connection_id._require_manager()
        streams = self.sudo().filtered(lambda stream: stream.publishes and stream.direction != "in")
        count = len(start(self.env(su=True), streams))
        text = self.env._("The history is being sent. Runs shows the progress.")
        if not count:
            text = self.env._("Nothing was begun: the stream does not publish, or its history is being sent already.")
        return self.env["retail.sync.message"]._notify(text)

    def action_stop_history(self) -> Any:
        """Stop sending the history of the connection; changes are still sent."""
        self.connection_id._require_manager()
        for connection in self.sudo().connection_id:
            stop(self.env(su=True), connection, self.env._("Stopped by %s.", self.env.user.name))
        return self.env["retail.sync.message"]._notify(
            self.env._("The history was stopped. What was queued already is still sent.")
        )

    def write(self, vals: dict[str, Any]) -> bool:
        """Drop a count of the history when what it counted is chosen anew."""
        result = super().write(vals)
        if vals.keys() & {"history", "history_from", "export_policy"}:
            self.filtered("publishes").sudo().write({"write_forecast": False})
        return result
