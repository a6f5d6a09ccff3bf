"""Start a run: what a job leaves behind, created in one place."""

import uuid
from typing import Any

from odoo.api import Environment


def create_run(env: Environment, source: Any, kind: str, correlation_id: str | None = None, **values: Any) -> Any:
    """Create a run and start it; return the run.

    :param source: the stream, or the connection for a run of all its streams
    :param kind: a key of the field `kind` of runs
    :param correlation_id: of the calls that belong together; a new one by default
    """
    run = env["retail.sync.run"].sudo().create({**_vals(source, kind, correlation_id or uuid.uuid4().hex), **values})
    run._start()
    return run


def plan_runs(env: Environment, streams: Any, kind: str) -> Any:
    """Create a pending run of each stream, in this order; each starts when the one before it ends. Return the runs."""
    correlation_id = uuid.uuid4().hex
    runs = env["retail.sync.run"].create([_vals(stream, kind, correlation_id) for stream in streams])
    for run, following in zip(runs, runs[1:], strict=False):
        run.next_run_id = following
    return runs


def _vals(source: Any, kind: str, correlation_id: str) -> dict[str, Any]:
    is_stream = source._name == "retail.sync.stream"
    return {
        "connection_id": source.connection_id.id if is_stream else source.id,
        "stream_id": source.id if is_stream else False,
        "kind": kind,
        "correlation_id": correlation_id,
    }
