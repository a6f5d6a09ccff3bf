"""Queue the next step of a load."""

from datetime import timedelta
from typing import Any

from odoo import models
from odoo.api import Environment

from ...runtime.constants import LANE_PRIORITY, channel


def enqueue(
    env: Environment,
    method: str,
    run: models.BaseModel,
    *args: Any,
    lane: str = "bulk",
    seconds: float = 0,
    max_retries: int = 0,
) -> Any:
    """Queue a method of the room's jobs for a run, as the user of its connection; return the job."""
    delayed = (
        env["retail.sync.inbound.jobs"]
        .with_user(run.connection_id.user_id)
        .with_delay(
            channel=channel(lane),
            priority=LANE_PRIORITY[lane],
            eta=timedelta(seconds=seconds) if seconds else None,
            max_retries=max_retries,
            description=f"{method.removeprefix('_job_')}: {run.display_name}",
        )
    )
    return getattr(delayed, method)(run.id, *args)
