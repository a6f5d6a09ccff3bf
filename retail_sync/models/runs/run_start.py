"""Start a run: what a job leaves behind, created in one place."""

import uuid

from odoo.api import Environment

from ...runtime.jobs import on_the_wire


def create_run(env: Environment, stream, kind, correlation_id=None, **values):
    """Create a run of a stream and start it; return the run.

    :param kind: a key of the field `kind` of runs
    :param correlation_id: of the calls that belong together; a new one by default
    """
    run = (
        env["retail.sync.run"]
        .sudo()
        .create(
            {
                "connection_id": stream.connection_id.id,
                "stream_id": stream.id,
                "kind": kind,
                "correlation_id": correlation_id or uuid.uuid4().hex,
                **values,
            }
        )
    )
    run._start()
    return run


def open_stream_run(env: Environment, stream_id, lane):
    """Return (stream as used for remote calls, new run of kind records), or (None, None) if the stream is gone."""
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    if not stream:
        return None, None
    run = create_run(env, stream, "records")
    return on_the_wire(stream, run, lane), run
