"""Decisions that the time of a record alone would make, and that a person makes instead."""

from collections.abc import Iterable, Mapping

from ..canonical.kinds import equal, form_of
from ..canonical.schema import FieldSpec, Value
from .reasons import Reason
from .three_way import CONFLICT, Conflict, MergeResult


def ask_before_losing_an_edit(
    result: MergeResult,
    names: Iterable[str],
    base: Mapping[str, Value],
    remote: Mapping[str, Value],
    local: Mapping[str, Value],
) -> None:
    """Turn a removal that only its time lets prevail over an edit of the other side into a conflict, in place.

    A field that is emptied later than it was edited stays empty. With a part a whole record goes, which people may
    still need: a person decides.

    :param names: the merge names whose values say whether the part is there
    """
    for name in names:
        why = result.decisions.get(name)
        removed_there = why is Reason.remote_later and name in result.apply and result.apply[name] is None
        removed_here = why is Reason.odoo_later and name in result.push and result.push[name] is None
        if not (removed_there or removed_here):
            continue
        _ask(result, name, base, remote, local, Reason.removed_and_edited)


def keep_asking(
    result: MergeResult,
    asked: Mapping[str, Value],
    base: Mapping[str, Value],
    remote: Mapping[str, Value],
    local: Mapping[str, Value],
    specs: Mapping[str, FieldSpec],
) -> None:
    """Leave a value to a person whose conflict was open before and that the remote has not changed since, in place.

    The remote's record may be later by now, but by some other field of it.

    :param asked: the remote's values that were not taken when it was last read
    """
    for name, value in asked.items():
        if result.decisions.get(name) is Reason.remote_later and equal(
            value, remote.get(name), *form_of(specs.get(name))
        ):
            _ask(result, name, base, remote, local, Reason.none_later)


def _ask(
    result: MergeResult,
    name: str,
    base: Mapping[str, Value],
    remote: Mapping[str, Value],
    local: Mapping[str, Value],
    reason: Reason,
) -> None:
    """Turn a decision into a conflict: neither side changes, and the base stays."""
    result.apply.pop(name, None)
    result.push.pop(name, None)
    if name in base:
        result.base[name] = base[name]
    else:
        result.base.pop(name, None)
    result.outcomes[name], result.decisions[name] = CONFLICT, reason
    result.conflicts.append(Conflict(name, base.get(name), remote.get(name), local.get(name), None, reason))
