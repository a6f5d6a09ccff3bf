"""Queue a poll of a connection, or of one stream."""

from typing import Any

from odoo.api import Environment

from ...runtime.constants import LANE_PRIORITY, channel


def enqueue(env: Environment, connection: Any, seconds: int = 0) -> Any:
    """Queue a poll of a connection, unless one waits already."""
    return _delayed(
        env,
        connection,
        f"retail_sync_poll_{connection.id}",
        env._("Poll %s", connection.name),
        seconds,
    )._job_poll(connection.id)


def enqueue_stream(env: Environment, stream: Any, seconds: int = 0) -> Any:
    """Queue a poll of one stream, unless one waits already."""
    return _delayed(
        env,
        stream.connection_id,
        f"retail_sync_poll_stream_{stream.id}",
        env._("Poll %s", stream.display_name),
        seconds,
    )._job_poll_stream(stream.id)


def _delayed(env: Environment, connection: Any, identity_key: str, description: str, seconds: int) -> Any:
    return (
        env["retail.sync.inbound.jobs"]
        .with_user(connection.user_id)
        .with_delay(
            channel=channel("standard"),
            priority=LANE_PRIORITY["standard"],
            max_retries=0,
            eta=seconds or None,
            identity_key=identity_key,
            description=description,
        )
    )
