"""What the first meeting of two records wrote to the one in Odoo, kept so that a steward can undo a wrong link."""

from collections.abc import Iterable
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical.schema import PART_MAIN
from ..mapping.item import Outcome, Reconciled

Before = dict[int, dict[str, Any]]


def of(items: Iterable[Reconciled]) -> list[Reconciled]:
    """Return the items whose record in Odoo was linked, and not compared with them before."""
    return [item for item in items if _is_first(item)]


def _is_first(item: Reconciled) -> bool:
    bound = item.bound.get(PART_MAIN)
    return bound is None and item.outcome is Outcome.linked or (bound is not None and not bound.content_hash)


def before(
    env: Environment, entity: models.BaseModel, items: list[Reconciled], changes: dict[int, dict[str, Any]]
) -> Before:
    """Return {record id: values} of the columns that are to be written to the records of first meetings."""
    ids = {item.linked_id for item in items} | {bound.res_id for item in items for bound in item.bound.values()}
    records = env[entity._res_model].with_context(active_test=False)
    return env["retail.sync.link.journal"]._values(records, {id_: changes.get(id_, {}) for id_ in ids if id_})


def note(
    env: Environment, stream: models.BaseModel, entity: models.BaseModel, items: list[Reconciled], held: Before
) -> None:
    """Store what was written, and the records that were created beside it.

    :param held: the result of `before`
    """
    if not items:
        return
    records = env[entity._res_model].with_context(active_test=False)
    journal = env["retail.sync.link.journal"]
    written = {item.incoming.external_id: sorted({item.linked_id, *item.written}) for item in items}
    journal._note(
        stream,
        stream.remote_object,
        written,
        held,
        journal._values(records, {id_: held.get(id_, {}) for ids in written.values() for id_ in ids}),
        entity._res_model,
    )
