"""Records whose message another worker took over while their call was under way: they are sent again as they are now.

An urgent message overtakes a slow delivery of its record, and a worker that was taken for dead loses its claim. What
the slow call writes after that may undo what the other one had sent. The notes of it stay: until the record is read,
such a value is ours, and no edit of anybody over there.
"""

import time
from collections.abc import Iterable, Mapping

from odoo import models
from odoo.api import Environment

from ...adapter.values import Answer, EncodedRecord
from ..outbox import router
from ..outbox.claim import Claimed
from ..outbox.write_intent import is_clear

# How long to wait at least where no answer came: the call may still be under way.
UNKNOWN_SECONDS = 60


def send_again(
    env: Environment,
    stream: models.BaseModel,
    outgoing: Iterable[EncodedRecord],
    kept: Iterable[Claimed],
    answers: Mapping[str, Answer] | None = None,
    seconds: int = 0,
) -> None:
    """Queue the records of outgoing that a call may have written although their message is not among those kept.

    :param kept: the messages that this worker still has
    :param answers: {record key: Answer}; a record without one may have been written if a call has carried it
    :param seconds: of the pause that follows from the missing answer
    """
    entity, now = stream._entity(), int(time.time() * 1000)
    ids = {message.id for message in kept}
    written, unknown = [], []
    for encoded in outgoing:
        record = encoded.record
        if record.message_id in ids:
            continue
        names = {name for part, values in record.sent.items() for name in entity._expand_names(values, part)}
        if not names:
            continue
        entry = (record.res_id, "write", dict.fromkeys(names, now), 1)
        answer = (answers or {}).get(record.key)
        if answer is not None and answer.ok:
            written.append(entry)
        elif encoded.called and not (answer is not None and is_clear(answer.fault)):
            unknown.append(entry)
    router.enqueue(env, stream, written)
    router.enqueue(env, stream, unknown, seconds=max(seconds, UNKNOWN_SECONDS))
