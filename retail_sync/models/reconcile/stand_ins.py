"""Values for which the platform has none, and shows one that stands for all of these: such as the owner of the rest.

What stands for others says nothing about the value: it reads as what was agreed on last (`Incoming.as_agreed`). Whether
it was our delivery that put it there, or an edit over there that put it in the place of a value of its own, follows
from a mark that the link keeps beside what was sent.
"""

from collections.abc import Mapping
from typing import Any

from odoo import models

from ...adapter.values import OutboundRecord
from ..mapping.item import Bound, Reconciled

STANDS = "stands"


def mark(record: OutboundRecord, part: str, name: str) -> dict[str, bool]:
    """Return what the note of a sent value says besides: nothing, or that the platform shows another one for it."""
    return {STANDS: True} if name in record.stand_ins.get(part, ()) else {}


def noted(record: OutboundRecord, part: str) -> dict[str, dict[str, Any]] | None:
    """Return {field: note} of a new record's values that the platform shows by another one; None for none."""
    sent = record.sent.get(part) or {}
    names = [name for name in record.stand_ins.get(part, ()) if name in sent]
    return {name: {"sent": sent[name], "over": None, "times": 1, STANDS: True} for name in names} or None


def kept(item: Reconciled, part: str, bound: Bound | None, base: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return {field: note} of values that go on being shown by another one since a delivery has sent them."""
    pushed = (bound.pushed if bound else None) or {}
    names = item.incoming.as_agreed.get(part, {})
    return {name: pushed[name] for name in names if is_ours(pushed, name, base.get(name))}


def is_ours(pushed: Mapping[str, Any] | None, name: str, agreed: Any) -> bool:
    """Return whether the platform shows another value for the one agreed on because a delivery gave it that one.

    :param pushed: {field: note} of the link
    """
    note = (pushed or {}).get(name) or {}
    return bool(note.get(STANDS)) and note.get("sent") == agreed


def remark(
    entity: models.BaseModel, item: Reconciled, part: str, bound: Bound | None, local: Mapping[str, Any]
) -> None:
    """Say on the record which values were replaced over there by one that stands for none, while Odoo keeps its own."""
    for name, word in item.incoming.as_agreed.get(part, {}).items():
        agreed = ((bound.base if bound else None) or {}).get(name)
        if not agreed or agreed == word or not local.get(name) or is_ours(bound and bound.pushed, name, agreed):
            continue
        if local[name] != agreed:
            continue  # it was edited in Odoo, and is sent
        label = entity._field_labels().get(name) or entity._spec().fields[name].label
        item.incoming.warnings.append(
            entity.env._("%s: the platform has the value that stands for none. Odoo keeps its own.", label)
        )
