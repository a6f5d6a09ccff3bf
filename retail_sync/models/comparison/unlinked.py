"""Records that no link knows: the platform's that Odoo never received, and Odoo's that the platform never got."""

from typing import Any

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...domain.comparison.classify import Kind
from ...runtime import environment
from ...runtime.constants import UNCLOSED_STATES
from ..exceptions.subject import records_domain
from ..links import erased_record
from . import sides, slices
from .slices import Difference, Found

CHUNK = 5000


def compare(stream: models.BaseModel, comparison: models.BaseModel) -> Found:
    """Return what is missing on either side."""
    found = Found()
    if stream.direction != "out" and stream._takes_in():
        _missing_here(stream, comparison, found)
    _missing_there(stream, found)
    return found


def _missing_here(stream: models.BaseModel, comparison: models.BaseModel, found: Found) -> None:
    env = stream.env
    rows = env.execute_query(
        SQL(
            "SELECT listed.external_id, listed.version FROM retail_sync_remote_version listed"
            " WHERE listed.comparison_id = %s AND NOT EXISTS (SELECT FROM retail_sync_link link"
            " WHERE link.connection_id = %s AND link.remote_object = %s AND link.external_id = listed.external_id)"
            " ORDER BY listed.external_id",
            comparison.id,
            stream.connection_id.id,
            stream.remote_object,
        )
    )
    versions = dict(rows)
    known = set(
        env["retail.sync.message"]
        .sudo()
        .search_fetch(
            [
                ("stream_id", "=", stream.id),
                *records_domain(versions),
                ("state", "in", [*UNCLOSED_STATES, "ignored"]),
            ],
            ["external_id"],
        )
        .mapped("external_id")
    )
    found.waiting += len(known)
    # What was erased here is left out on purpose.
    erased = erased_record.erased_ids(env, stream.connection_id.id, stream.remote_object, versions.keys() - known)
    wanted = sorted(versions.keys() - known - erased)
    for start in range(0, len(wanted), slices.READ_IDS):
        # Listed once and gone since, or out of the scope: no difference.
        shown, _missing = stream._adapter().read_in_scope(stream, wanted[start : start + slices.READ_IDS])
        found.read += len(shown)
        row_key = stream._adapter().row_key
        found.differences += [
            Difference(Kind.missing_here, "never_read", external_id, version=versions.get(external_id))
            for external_id, _version in (row_key(stream, row) for row in shown)
        ]


def _missing_there(stream: models.BaseModel, found: Found) -> None:
    """Add the records of Odoo that the stream creates on the platform, and that have no link."""
    if not stream._outbound_fields() or stream.export_policy == "never":
        return
    if not stream._adapter().capabilities().write:
        return
    under_way = [("stream_id", "=", stream.id), ("kind", "=", "history"), ("state", "in", ["pending", "running"])]
    if stream.env["retail.sync.run"].sudo().search_count(under_way, limit=1):
        return  # what the platform lacks is on its way
    sync_env = environment.of_connection(stream.env, stream.connection_id)
    entity: Any = stream.with_env(sync_env)._entity()
    table = sync_env[entity._res_model]._table
    after = 0
    while True:
        rows = sync_env.execute_query(
            SQL(
                "SELECT record.id FROM %s record WHERE record.id > %s AND NOT EXISTS ("
                " SELECT FROM retail_sync_link link WHERE link.connection_id = %s AND link.res_model = %s"
                " AND link.res_id = record.id) ORDER BY record.id LIMIT %s",
                SQL.identifier(table),
                after,
                stream.connection_id.id,
                entity._res_model,
                CHUNK,
            )
        )
        if not rows:
            return
        ids = [id_ for (id_,) in rows]
        after = ids[-1]
        # Records before the stream's history are sent when they change: they are not missing.
        history = Domain("id", "in", ids) & entity._history_domain(stream)
        records = entity._in_use(entity._model().sudo().search(history))
        due = entity._exportable(stream.with_env(sync_env), records.ids)
        waiting, _external = sides.in_progress(stream, due, [])
        found.waiting += len(waiting)
        found.differences += [
            Difference(Kind.missing_there, "never_created", res_id=res_id) for res_id in due if res_id not in waiting
        ]
