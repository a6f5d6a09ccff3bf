"""The end of a retention period: rows are deleted by SQL in batches, each in a transaction of its own."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from odoo import fields, models
from odoo.api import Environment
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Rows of one transaction: a second of work or less, so that locks are short and a stop loses next to nothing.
BATCH = 10000

Method = TypeVar("Method", bound=Callable[..., Any])
# What a batch answers: (rows that were deleted or emptied, at least so many remain).
Progress = tuple[int, int]


def batched(method: Method) -> Method:
    """Mark a method of a model as one batch of the retention; return it.

    The method takes no argument and returns `Progress`. Retention has a schedule of its own instead of
    `@api.autovacuum`: Odoo gives all housekeeping of a database one short turn, and a million rows would fill it.
    """
    method.is_retention = True  # type: ignore[attr-defined]
    return method


def methods(env: Environment) -> Iterator[tuple[models.BaseModel, str]]:
    """Yield (empty recordset, method name) of each retention method of the registry, in the order of the models."""
    for name in sorted(env.registry):
        model_class = env.registry[name]
        if model_class._abstract:
            continue
        for attribute in dir(model_class):
            # Properties of the ORM are not touched: only functions bear the mark.
            if attribute.startswith("_gc_") and getattr(getattr(model_class, attribute), "is_retention", False):
                yield env[name].sudo(), attribute


def days(env: Environment, parameter: str, default: int) -> int:
    """Return for how many days rows of a class are kept; 0: for as long as what they are about."""
    value = env["ir.config_parameter"].sudo().get_param(f"retail_sync.{parameter}")
    try:
        return max(int(value), 0) if value not in (None, False, "") else default
    except ValueError:
        # A parameter that is no number must not end a retention for good.
        _logger.warning("retail_sync.%s is no number of days: %s days are used", parameter, default)
        return default


def before(env: Environment, parameter: str, default: int) -> datetime | None:
    """Return the moment before which rows of a class have expired; None: they do not expire."""
    count = days(env, parameter, default)
    return fields.Datetime.subtract(fields.Datetime.now(), days=count) if count else None


def delete_expired(model: models.BaseModel, where: SQL, order: SQL) -> Progress:
    """Delete the first rows of a table that a condition describes, and what Odoo keeps beside them; return `Progress`.

    In SQL: `unlink` loads each record, and a day may leave a million of them. Rows that another transaction holds are
    left for the next turn.

    :param where: condition on the columns of the table
    :param order: a column with an index that the condition limits, so that no batch reads the whole table
    """
    found = expired_ids(model, where, order)
    ids = found[:BATCH]
    delete_rows(model, ids)
    return len(ids), int(len(found) > BATCH)


def expired_ids(model: models.BaseModel, where: SQL, order: SQL) -> list[int]:
    """Lock the first rows of a table that a condition describes; return their ids, one more than a batch has."""
    model.flush_model()
    rows = model.env.execute_query(
        SQL(
            "SELECT id FROM %s WHERE %s ORDER BY %s LIMIT %s FOR UPDATE SKIP LOCKED",
            SQL.identifier(model._table),
            where,
            order,
            BATCH + 1,
        )
    )
    return [row_id for (row_id,) in rows]


def delete_rows(model: models.BaseModel, ids: Sequence[int]) -> None:
    """Delete rows of a model by id, with notes, followers and activities if it has such."""
    if not ids:
        return
    env = model.env(su=True)
    for name, model_field in (("mail.message", "model"), ("mail.activity", "res_model")):
        if f"{name.split('.')[1]}_ids" in model._fields:
            env[name].search([(model_field, "=", model._name), ("res_id", "in", list(ids))]).unlink()
    if "message_follower_ids" in model._fields:
        env.cr.execute("DELETE FROM mail_followers WHERE res_model = %s AND res_id = ANY(%s)", [model._name, list(ids)])
    env.cr.execute(SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(model._table), list(ids)))
    env.invalidate_all(flush=False)
