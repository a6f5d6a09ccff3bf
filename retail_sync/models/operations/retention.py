"""The schedule of the retention: batches of all classes take turns, and each batch is committed."""

import logging
import random
import time
from collections import deque

from odoo.api import Environment

from ...runtime import retention

_logger = logging.getLogger(__name__)

# The longest turn, whoever calls: far below any limit after which Odoo ends a worker.
SECONDS = 60


def run(env: Environment) -> int:
    """Delete what has expired until nothing is left or the turn is over; return how many rows went.

    Odoo tells a schedule how long its turn is and calls it again after the others while something remains. A worker
    that is stopped meanwhile loses one batch at most.
    """
    schedule = env["ir.cron"]
    end = time.monotonic() + SECONDS
    # In another order each time, so that no class starves the ones behind it.
    queue = deque(retention.methods(env))
    random.shuffle(queue)
    total = 0
    while queue and min(schedule._commit_progress(remaining=len(queue)), end - time.monotonic()) > 0:
        model, name = queue.popleft()
        try:
            with env.cr.savepoint():
                done, remaining = getattr(model, name)()
        except Exception:
            _logger.exception("The retention of %s failed in %s", model._name, name)
            env.invalidate_all(flush=False)
            continue
        schedule._commit_progress(1)
        total += done
        if remaining:
            queue.append((model, name))
    if total:
        _logger.info("Retention deleted or emptied %s rows", total)
    return total
