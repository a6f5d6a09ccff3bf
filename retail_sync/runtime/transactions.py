"""Transactions of our own beside the job's: what a remote call follows or precedes must not wait for the job to end."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from psycopg2 import Error, OperationalError
from psycopg2.errors import UniqueViolation
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY
from odoo.sql_db import Cursor

from odoo.addons.queue_job.exception import RetryableJobError

TRIES = 6
# Unique indexes that say "another transaction was quicker", and never that a value is wrong: the step sees what the
# other one has committed when it is tried again.
OPEN_MESSAGE_INDEXES = frozenset({"retail_sync_message_open_uniq", "retail_sync_message_open_connection_uniq"})
RACES = OPEN_MESSAGE_INDEXES | {
    "retail_sync_message_sending_uniq",
    "retail_sync_value_map_value_uniq",
    "retail_sync_record_status_link_uniq",
    "retail_sync_record_status_subject_uniq",
    "retail_sync_milestone_once_uniq",
}


class LostRaceError(RetryableJobError, ConcurrencyError):  # type: ignore[misc]  # Odoo is not typed
    """Another transaction was quicker, and this one cannot see what it did: it does so when it is run again.

    A separate transaction is repeated by `retry_transaction`, a job by the queue without counting a try, a request of
    a user by Odoo.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text, seconds=2, ignore_retry=True)


@contextmanager
def separate_transaction(env: api.Environment, read_committed: bool = False) -> Iterator[api.Environment]:
    """Yield an environment like env on a cursor of its own; committed when the block ends well, else rolled back.

    A job's own transaction sees the database as it was when the job began, and may not
    commit before it ends. What is claimed before a remote call and applied after it
    has to be seen by others at once.

    :param read_committed: each statement sees what is committed by then; for short
        transactions that queue up behind others instead of failing
    """
    with Registry(env.cr.dbname).cursor() as cr:
        if read_committed and isinstance(cr, Cursor):
            cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
        tx = api.Environment(cr, env.uid, dict(env.context), env.su)
        yield tx
        tx.flush_all()


def clock(env: api.Environment) -> datetime:
    """Return the database's clock, a naive datetime in UTC: to be asked before a read, in any transaction."""
    env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
    now: datetime = env.cr.fetchone()[0]
    return now


def retry_transaction(
    env: api.Environment, step: Callable[[api.Environment], Any], read_committed: bool = False
) -> Any:
    """Return step(env of an own transaction), tried again when it loses against a concurrent one.

    For what must not be lost because another worker was quicker: the remote side has
    acted already, and asking it again would be the wrong answer to a lost race here.
    """
    for number in range(TRIES):
        try:
            with separate_transaction(env, read_committed) as tx:
                return step(tx)
        except (OperationalError, UniqueViolation, LostRaceError) as error:
            if not lost_race(error) or number == TRIES - 1:
                raise
        time.sleep(random.uniform(0, 0.05 * 2**number))
    return None


def lost_race(error: BaseException) -> bool:
    """Return whether a transaction failed only because a concurrent one was quicker."""
    if isinstance(error, LostRaceError):
        return True
    if isinstance(error, UniqueViolation):
        return error.diag.constraint_name in RACES
    return isinstance(error, Error) and error.pgcode in PG_CONCURRENCY_ERRORS_TO_RETRY


def run_separately(
    env: api.Environment,
    function: Callable[..., Any],
    *args: Any,
    retry: bool = True,
    read_committed: bool = False,
) -> Any:
    """Return function(tx, *args) of a separate transaction that has committed when this returns.

    ``tx``: a superuser's environment there. Recordsets among args are browsed there, with the context they have; other
    args are passed as they are, so a recordset inside of them still belongs to the caller's transaction. ``retry``:
    try again when it loses against a concurrent transaction; not for what must happen at most once.
    ``read_committed``: see ``separate_transaction``. Raises what the function raises; nothing is written then.
    """

    def step(tx: api.Environment) -> Any:
        tx = tx(su=True)
        return function(tx, *(_browse_in(tx, arg) for arg in args))

    if retry:
        return retry_transaction(env, step, read_committed)
    with separate_transaction(env, read_committed) as tx:
        return step(tx)


def _browse_in(tx: api.Environment, value: Any) -> Any:
    if isinstance(value, models.BaseModel):
        return value.with_env(tx(context=value.env.context))
    return value
