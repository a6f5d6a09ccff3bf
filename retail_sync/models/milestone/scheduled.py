"""Looks at orders by schedule: what time alone has made true."""

import logging
import time
from collections.abc import Sequence

from psycopg2 import OperationalError

from odoo.api import Environment

from ...runtime import error_texts
from ...runtime.halving import halve
from ...runtime.transactions import lost_race, separate_transaction
from . import evaluation, looks

_logger = logging.getLogger(__name__)

# Seconds of one run.
RUN_SECONDS = 40.0


def look(env: Environment, limit: int = looks.BATCH) -> int:
    """Evaluate orders whose look is due, in this transaction; return how many there were."""
    ids = looks.due(env, limit)
    failing = looks.failing(env, ids)
    keeper = env["retail.sync.milestone.keeper"]
    changed: set[int] = set()

    def attempt(several: Sequence[int]) -> None:
        with env.cr.savepoint():
            changed.update(evaluation.evaluate(env, several))
            keeper._evaluate_again([order_id for order_id in several if order_id in failing])

    def failed(order_id: int, error: Exception) -> None:
        error_texts.log(_logger, logging.ERROR, error, "Could not evaluate the milestones of order %s", order_id)
        looks.note_failure(env, order_id, error)

    halve(ids, attempt, failed, passes_on=lambda error: isinstance(error, OperationalError) or lost_race(error))
    if changed:
        # Nothing was written that the capture sees: what is sent of these orders may be another thing now.
        env["retail.sync.change"]._raise("sale.order", sorted(changed), keeper._names())
    return len(ids)


def run(env: Environment, seconds: float = RUN_SECONDS) -> bool:
    """Look at what is due, in transactions of its own; return whether nothing due is left."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with separate_transaction(env, read_committed=True) as tx:
            count = look(tx(su=True))
        if count < looks.BATCH:
            return True
    return False
