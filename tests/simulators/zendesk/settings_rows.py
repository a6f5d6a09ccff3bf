"""Writes of settings by the control API: fields, groups, memberships, triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import stock
from .errors import not_found
from .journal import Actor
from .table import Row

if TYPE_CHECKING:
    from .account import Account

_KINDS = ("ticket_field", "user_field", "organization_field", "group", "group_membership", "trigger", "ticket_form",
          "brand", "custom_status")  # fmt: skip
_DEFAULTS: dict[str, Row] = {
    "group": {"description": "", "default": False, "is_public": True, "deleted": False},
    "group_membership": {"default": False},
    "trigger": {"active": True, "position": 99, "default": False, "category_id": "1", "description": None,
                "conditions": {"all": [], "any": []}},
    "ticket_form": {"active": True, "default": False, "position": 9, "ticket_field_ids": [], "end_user_visible": True},
    "brand": {"active": True, "default": False, "has_help_center": False, "is_deleted": False},
    "custom_status": {"active": True, "default": False, "description": "", "end_user_description": ""},
}  # fmt: skip


def create(account: Account, actor: Actor, kind: str, values: Row) -> int:
    """The id of the new row. Raises ``KeyError`` for a kind that is none of the settings."""
    if kind not in _KINDS:
        raise KeyError(f"no such kind: {kind}")
    if kind == "ticket_field":
        row = stock.ticket_field(values)
    elif kind in ("user_field", "organization_field"):
        row = stock.keyed_field(values)
    else:
        row = {**_DEFAULTS[kind], **values}
    stamp = account.stamp()
    row |= {"id": account.ids.number(), "created_at": stamp, "updated_at": stamp}
    account.save(kind, row, actor, "create")
    return int(row["id"])


def update(account: Account, actor: Actor, kind: str, number: int, values: Row) -> int:
    before = account.records.table(kind).get(number)
    if before is None or kind not in _KINDS:
        raise not_found()
    account.save(kind, {**before, **values, "updated_at": account.stamp()}, actor, "update")
    return number
