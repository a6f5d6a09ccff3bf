"""Several changes of one ticket as few: the newest value of each field, and every comment in its order."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from .records import TicketChange


def coalesce(changes: Iterable[TicketChange]) -> list[TicketChange]:
    """As many changes as there are comments, one at least unless there is nothing to write.

    A call carries one comment. What was changed before the first comment goes out with it, and what came after a
    comment goes out with that one, so that no call is made for values alone. A value that a later change
    replaces is not written at all: state is what counts, and each step could send a mail. The version that was read
    first guards the first change; the later ones follow the answer to the one before, and have none.
    """
    changes = list(changes)
    groups: list[list[TicketChange]] = [[]]
    for change in changes:
        if change.comment and any(known.comment for known in groups[-1]):
            groups.append([])
        groups[-1].append(change)
    merged = [_merged(group) for group in groups]
    later_values: set[str] = set()
    later_custom: set[str] = set()
    tags_replaced = False
    kept: list[TicketChange] = []
    for change in reversed(merged):
        values = {name: value for name, value in change.values.items() if name not in later_values}
        custom = {name: value for name, value in change.custom.items() if name not in later_custom}
        later_values |= set(change.values)
        later_custom |= set(change.custom)
        change = replace(change, values=values, custom=custom, version="")
        if tags_replaced:
            change = replace(change, tags=None, add_tags=(), remove_tags=())
        tags_replaced = tags_replaced or change.tags is not None
        kept.append(change)
    kept = [change for change in reversed(kept) if not is_empty(change)]
    version = next((change.version for change in changes if change.version), "")
    return [replace(kept[0], version=version), *kept[1:]] if kept else []


def is_empty(change: TicketChange) -> bool:
    """Whether a change writes nothing."""
    return (
        not (change.values or change.custom or change.comment or change.add_tags or change.remove_tags)
        and change.tags is None
    )


def apply_tags(present: Sequence[str], change: TicketChange) -> tuple[str, ...]:
    """The tags of a ticket after a change, in the order in which they came."""
    base = present if change.tags is None else change.tags
    removed = set(change.remove_tags)
    return tuple(dict.fromkeys([tag for tag in (*base, *change.add_tags) if tag not in removed]))


def _merged(group: Sequence[TicketChange]) -> TicketChange:
    values: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    tags: tuple[str, ...] | None = None
    added: dict[str, None] = {}
    removed: dict[str, None] = {}
    comment = None
    for change in group:
        values.update(change.values)
        custom.update(change.custom)
        comment = change.comment or comment
        if change.tags is not None:
            tags, added, removed = change.tags, {}, {}
        for tag in change.add_tags:
            removed.pop(tag, None)
            added[tag] = None
        for tag in change.remove_tags:
            added.pop(tag, None)
            removed[tag] = None
    return TicketChange(values, custom, tags, tuple(added), tuple(removed), comment)
