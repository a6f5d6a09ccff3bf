"""What was read, and our own writes that crossed it."""

from collections.abc import Mapping
from typing import Any

from odoo import models

from ...domain.reconcile.stale_reads import tells_otherwise
from ..mapping.item import Outcome, Reconciled


def drop_stale(
    entity: models.BaseModel,
    items: list[Reconciled],
    local: Mapping[int, dict[str, Any]],
    specs_of: Mapping[str, Mapping[str, Any]],
) -> list[Reconciled]:
    """Return items without those that must be read again: outcome 'stale'.

    Of two that cross, a read and a write of ours, the read may come in last and show what the write has replaced.
    Taken in, it would undo the edit here. Where it shows what both sides agreed on it does no harm.

    :param specs_of: {part: its merge specs}
    """
    trusted = []
    for item in items:
        if item.maybe_stale and any(
            _differs(entity, item, part, values, local, specs_of[part]) for part, values in item.folded.items()
        ):
            item.outcome, item.res_id = Outcome.stale, item.linked_id
        else:
            trusted.append(item)
    return trusted


def _differs(
    entity: models.BaseModel,
    item: Reconciled,
    part: str,
    values: dict[str, Any] | None,
    local: Mapping[int, dict[str, Any]],
    specs: Mapping[str, Any],
) -> bool:
    bound = item.bound.get(part)
    if bound is None:
        return bool(values) and part not in item.repeats
    base = bound.base or {}
    if values is None:
        # An emptied part keeps the names of its values.
        return any(base.values())
    here = local.get(bound.res_id)
    if here is None or part in item.vacant:
        return tells_otherwise(base, values, specs)
    absent = item.absent.get(part)
    beside = entity._beside(here, base, part, item.unread.get(part, ()))
    remote = entity._complete(values, beside, absent)
    base = entity._complete(base, beside, absent)
    return tells_otherwise(base, {name: value for name, value in remote.items() if name in here}, specs)
