"""Rows that were read outside any transaction, taken in by short transactions that follow each other."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from psycopg2 import OperationalError

from odoo import models
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from odoo.addons.queue_job.exception import RetryableJobError

from ...runtime import error_texts
from ...runtime.halving import halve
from ..reconcile import apply

_logger = logging.getLogger(__name__)

# Records in one transaction: short enough that deliveries of the same records seldom get in between.
PAGE = 200

Item = TypeVar("Item")


def in_short_pages(
    stream: models.BaseModel,
    items: Sequence[Item],
    step: Callable[[Sequence[Item]], Any],
    failed: Callable[[Item, Exception], Any],
    lost: Callable[[Item], Any],
) -> None:
    """Call step with pages of items, in order. A page that fails is halved until the guilty item stands alone.

    ``step``: takes a page in, in a transaction of its own that repeats itself after a lost race. ``failed``: given the
    one item that fails alone, and its error. ``lost``: given the one item whose transaction kept losing: its record is
    written all the time by other transactions, and has to wait without holding the others back.
    """

    def attempt(part: Sequence[Item]) -> None:
        try:
            step(part)
        except Exception as error:
            apply.reraise_technical(error)
            if not goes_up(error):
                text = "%s records of %s failed"
                error_texts.log(_logger, logging.WARNING, error, text, len(part), stream.display_name)
            raise

    def alone(item: Item, error: Exception) -> None:
        if lost_race(error):
            lost(item)
        else:
            failed(item, error)

    size = max(1, min(stream.page_size, PAGE))
    for start in range(0, len(items), size):
        halve(items[start : start + size], attempt, alone, passes_on=goes_up)


def lost_race(error: Exception) -> bool:
    """Tell whether a transaction failed only because another one was quicker."""
    if isinstance(error, OperationalError):
        return error.pgcode in PG_CONCURRENCY_ERRORS_TO_RETRY
    return isinstance(error, RetryableJobError)


def goes_up(error: Exception) -> bool:
    """Tell whether an error has nothing to do with the items: the database is gone, or there is no memory left."""
    return isinstance(error, MemoryError) or (apply.is_technical(error) and not lost_race(error))
