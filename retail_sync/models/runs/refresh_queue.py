"""Queue a refresh: jobs that read chosen records again by id.

The jobs belong to the room `inbound`; whoever finds that a record has to be read again queues them from here.
"""

from collections.abc import Sequence
from typing import Any

from odoo import models
from odoo.api import Environment

from ...runtime import rights
from ...runtime.constants import LANE_PRIORITY, channel
from . import refresh_request

IDS_PER_JOB = 200
# Records that a person may ask for at once.
ASKED_AT_ONCE = 200


def ask(links: Any, user: models.BaseModel) -> int:
    """Queue a fresh read of linked records for a person, in the standard lane; return how many were not queued yet.

    The urgent lane belongs to changes that must not wait, such as the block of a customer: no number of clicks may take
    its place.

    :param links: with the right of the system
    :raises UserError: the person asks for too many records
    """
    rights.refuse_too_many(links, ASKED_AT_ONCE * 2)
    asked = 0
    for stream, group in _readable(links):
        external_ids = sorted(set(group.mapped("external_id")))
        new = refresh_request.note(links.env, stream, external_ids, user)
        enqueue_ids(links.env, stream, new, lane="standard")
        asked += len(new)
    return asked


def enqueue_records(env: Environment, links: Any, lane: str = "critical") -> None:
    """Queue a fresh read of linked records: one job per stream and 200 records."""
    for stream, group in _readable(links):
        enqueue_ids(env, stream, sorted(set(group.mapped("external_id"))), lane=lane)


def _readable(links: Any) -> list[tuple[Any, Any]]:
    """Return [(stream, those of its links that it can read)]."""
    return [
        # A secondary link may be of another object (the contact of a person account), which this stream cannot read.
        (stream, group.filtered(lambda link, stream=stream: link.remote_object == stream.remote_object))
        for stream, group in links.filtered("stream_id").grouped("stream_id").items()
    ]


def enqueue_ids(
    env: Environment,
    stream: Any,
    external_ids: Sequence[str],
    lane: str = "critical",
    decision: Any = None,
    seconds: float = 0,
) -> None:
    """Queue a refresh of records by their external ids: one job per 200 of them.

    :param decision: 'create' when a person decided that unknown records are new
    :param seconds: to wait before the jobs run
    """
    for start in range(0, len(external_ids), IDS_PER_JOB):
        ids = external_ids[start : start + IDS_PER_JOB]
        env["retail.sync.inbound.jobs"].with_user(stream.connection_id.user_id).with_delay(
            channel=channel(lane),
            priority=LANE_PRIORITY[lane],
            eta=seconds or None,
            max_retries=0,
            description=env._("Read %(count)s records of %(stream)s", count=len(ids), stream=stream.name),
        )._job_refresh(stream.id, ids, decision, lane)
