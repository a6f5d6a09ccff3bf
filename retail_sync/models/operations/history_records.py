"""The records of a stream's history that the platform does not have: counted, and read page by page."""

from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL
from odoo.tools.query import Query

from ...runtime import environment


def count(env: Environment, stream: models.BaseModel) -> int:
    """Return how many records the history of a stream still has to send."""
    query = _query(env, stream)
    return env.execute_query(query.select(SQL("COUNT(*)")))[0][0]


def page(env: Environment, stream: models.BaseModel, after_id: int, limit: int) -> tuple[list[int], int | None]:
    """Return (ids to send, where to go on; None after the last page), in the order in which the records were made.

    By id and not by a date: each page begins where the one before it ended, whatever the number of records.
    """
    query = _query(env, stream)
    query.add_where(SQL("%s > %s", SQL.identifier(query.table, "id"), after_id))
    query.order = SQL("%s", SQL.identifier(query.table, "id"))
    query.limit = limit
    ids = [id_ for (id_,) in env.execute_query(query.select())]
    sync_env = environment.of_connection(env, stream.connection_id)
    entity: Any = stream.with_env(sync_env)._entity()
    wanted = set(entity._exportable(stream.with_env(sync_env), ids))
    return [id_ for id_ in ids if id_ in wanted], ids[-1] if len(ids) == limit else None


def _query(env: Environment, stream: models.BaseModel) -> Query:
    sync_env = environment.of_connection(env, stream.connection_id)
    stream = stream.with_env(sync_env)
    entity: Any = stream._entity()
    records = sync_env[entity._res_model].sudo()
    query = records._search(entity._export_domain(stream) & entity._history_domain(stream))
    sync_env["retail.sync.link"].flush_model(["connection_id", "res_model", "res_id"])
    query.add_where(
        SQL(
            "NOT EXISTS (SELECT FROM retail_sync_link link WHERE link.connection_id = %s AND link.res_model = %s"
            " AND link.res_id = %s)",
            stream.connection_id.id,
            entity._res_model,
            SQL.identifier(query.table, "id"),
        )
    )
    return query
