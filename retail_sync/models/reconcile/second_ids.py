"""Other ids under which the platform knows a record, where such an id belonged to a record of its own before."""

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.canonical.schema import PART_MAIN
from ..mapping.item import Reconciled
from . import apply, remote_deletions


def follow(env: Environment, stream: models.BaseModel, items: list[Reconciled]) -> None:
    """Follow a platform that has made two records one: both ids name one record now, and Odoo has two.

    It is dealt with as any merge on the platform is: merged here too, asked about, or noted; no link is lost.
    """
    holder_of = {
        (remote_object, external_id): item
        for item in items
        if item.res_id
        for remote_object, external_id in item.incoming.secondary_ids
        if external_id
    }
    if not holder_of:
        return
    objects, ids = zip(*holder_of, strict=True)
    env["retail.sync.link"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT link.id FROM retail_sync_link link"
            " JOIN unnest(%s::text[], %s::text[]) AS alias(remote_object, external_id)"
            " USING (remote_object, external_id)"
            " WHERE link.connection_id = %s AND link.res_model = %s AND link.part = 'main' AND link.is_primary"
            " AND link.state NOT IN ('excluded', 'deleted', 'merged')",
            list(objects),
            list(ids),
            stream.connection_id.id,
            stream._entity()._res_model,
        )
    )
    for held in env["retail.sync.link"].browse([link_id for (link_id,) in rows]):
        item = holder_of[held.remote_object, held.external_id]
        if held.res_id != item.res_id:
            _merge(env, stream, held, item)


def _merge(env: Environment, stream: models.BaseModel, held: models.BaseModel, item: Reconciled) -> None:
    """Merge the record that an id named into the one that it names now."""
    link_model = env["retail.sync.link"]
    key = [("connection_id", "=", held.connection_id.id), ("role", "=", held.role)]
    losers = link_model.search(
        [*key, ("remote_object", "=", held.remote_object), ("external_id", "=", held.external_id)]
    )
    winner = link_model.search(
        [
            *key,
            ("remote_object", "=", stream.remote_object),
            ("external_id", "=", item.incoming.external_id),
            ("part", "=", PART_MAIN),
        ],
        limit=1,
    )
    if not winner:
        return
    try:
        with env.cr.savepoint():
            remote_deletions.merge_into(env, held.stream_id or stream, losers, winner)
    except Exception as error:
        apply.reraise_technical(error)
        remote_deletions.note_refusal(env, held.stream_id or stream, held, error)
