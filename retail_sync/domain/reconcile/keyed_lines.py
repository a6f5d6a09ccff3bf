"""Three-way reconciliation of lists of keyed lines: what was added, removed, changed and moved on either side.

Both sides may differ after it: where people have to decide, each side keeps what it has. Nothing here knows who owns a
list; a side that may not write is passed through ``may_change``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..canonical.kind_lines import line_key
from ..canonical.kinds import Declared, KindError, equal, form_of, is_empty
from .field_case import ODOO, REMOTE
from .line_order import line_orders

# In place of a field's name: the line as a whole, its being there or not.
LINE = ""

Line = dict[str, Any]
# (side that changed it, line key, field or LINE) -> whether that side may change it in the record's present state.
MayChange = Callable[[str, str, str], bool]


@dataclass(frozen=True, slots=True)
class LineConflict:
    """Both sides changed it, differently. ``field`` LINE: one side removed the line, the other changed it.

    Values are those of the sides; of a whole line, the line, or ``None`` where it was removed.
    """

    key: str
    field: str
    base: Any
    remote: Any
    local: Any


@dataclass(frozen=True, slots=True)
class LockedChange:
    """A change that its side may not make in this state: it is taken back there, and shown to its author."""

    side: str
    key: str
    field: str
    base: Any
    value: Any


@dataclass(slots=True)
class LinesResult:
    """``remote``, ``local``: the lines as each side shall have them. ``base``: what to store as agreed on.

    Without conflicts, and where both sides report the same fields, the three are equal. ``order_conflict``: both moved
    lines differently; each side keeps its order.
    """

    remote: list[Line] = field(default_factory=list)
    local: list[Line] = field(default_factory=list)
    base: list[Line] = field(default_factory=list)
    conflicts: list[LineConflict] = field(default_factory=list)
    refused: list[LockedChange] = field(default_factory=list)
    order_conflict: bool = False
    # Line keys in the order of each side, with those that the other side alone has.
    remote_order: list[str] = field(default_factory=list)
    local_order: list[str] = field(default_factory=list)


def merge_lines(
    base: Sequence[Mapping[str, Any]] | None,
    remote: Sequence[Mapping[str, Any]],
    local: Sequence[Mapping[str, Any]],
    fields: Iterable[Declared] = (),
    *,
    key: str = "key",
    may_change: MayChange | None = None,
    ordered: bool = True,
) -> LinesResult:
    """Reconcile the lines of one list.

    ``base``: the lines both sides agreed on last; ``None`` at a first meeting, where a value goes before a blank and
    lines of either side are kept. ``fields``: how values compare; those not named compare as texts. A field that one
    side does not report stays as it is on both. ``may_change`` is asked about each change of one side against the base;
    what both sides changed alike is agreed on. ``ordered`` False: the order says nothing, each side keeps its own.
    Raises KindError for a line without a key and for two with the same key.
    """
    merge = _Merge(
        _by_key(base or (), key),
        _by_key(remote, key),
        _by_key(local, key),
        {spec.name: spec for spec in fields},
        key,
        may_change,
        base is not None,
    )
    merge.run()
    result = LinesResult(conflicts=merge.conflicts, refused=merge.refused)
    orders = line_orders(list(merge.base), list(merge.remote), list(merge.local), merge.kept, ordered)
    result.remote_order, result.local_order, result.order_conflict = orders
    result.remote = [merge.to_remote[name] for name in result.remote_order if name in merge.to_remote]
    result.local = [merge.to_local[name] for name in result.local_order if name in merge.to_local]
    base_order = [name for name in merge.base if name in merge.kept] if result.order_conflict else result.local_order
    base_order = base_order + [name for name in result.local_order if name not in base_order]
    result.base = [merge.to_base[name] for name in base_order if name in merge.to_base]
    return result


def _by_key(lines: Sequence[Mapping[str, Any]], name: str) -> dict[str, Line]:
    found: dict[str, Line] = {}
    for line in lines:
        key = line_key(line, name)
        if key in found:
            raise KindError("DOUBLE_LINE", "Two lines have the same key.")
        found[key] = {**line, name: key}
    return found


@dataclass(slots=True)
class _Merge:
    """``to_remote``, ``to_local``, ``to_base``: {line key: line} of each side afterwards; ``kept``: all their keys."""

    base: dict[str, Line]
    remote: dict[str, Line]
    local: dict[str, Line]
    specs: Mapping[str, Declared]
    key: str
    may_change: MayChange | None
    known: bool
    to_remote: dict[str, Line] = field(default_factory=dict)
    to_local: dict[str, Line] = field(default_factory=dict)
    to_base: dict[str, Line] = field(default_factory=dict)
    conflicts: list[LineConflict] = field(default_factory=list)
    refused: list[LockedChange] = field(default_factory=list)

    @property
    def kept(self) -> set[str]:
        return self.to_remote.keys() | self.to_local.keys()

    def run(self) -> None:
        for key in sorted(self.base.keys() | self.remote.keys() | self.local.keys()):
            self._line(key)

    def _line(self, key: str) -> None:
        base = self.base.get(key)
        remote, local = self.remote.get(key), self.local.get(key)
        if (remote is None) != (local is None):
            # What both sides did is agreed on, whatever the state would have allowed.
            remote = self._presence(REMOTE, key, base, remote)
            local = self._presence(ODOO, key, base, local)
        if remote is not None and local is not None:
            self._both(key, base, remote, local)
        elif remote is None and local is None:
            return
        elif base is None:
            added = remote if remote is not None else local
            assert added is not None
            self._everywhere(key, added)
        else:
            self._removed(key, base, remote, local)

    def _presence(self, side: str, key: str, base: Line | None, line: Line | None) -> Line | None:
        """Return the side's line, with an addition or a removal taken back that it may not make."""
        if (line is None) == (base is None) or not self.known or self._may(side, key, LINE):
            return line
        self.refused.append(LockedChange(side, key, LINE, base, line))
        return None if base is None else dict(base)

    def _removed(self, key: str, base: Line, remote: Line | None, local: Line | None) -> None:
        """One side removed a line that both had: it goes, unless the other side changed it meanwhile."""
        side, line = (ODOO, local) if local is not None else (REMOTE, remote)
        assert line is not None
        changed = [
            name
            for name in line.keys() & base.keys() - {self.key}
            if not self._equal(name, line[name], base[name]) and self._may(side, key, name)
        ]
        # A field that was never agreed on is no change of the line: the base may come from an older mapping.
        if not changed:
            return
        self.conflicts.append(LineConflict(key, LINE, base, remote, local))
        self.to_base[key] = dict(base)
        if local is not None:
            self.to_local[key] = dict(local)
        else:
            self.to_remote[key] = dict(line)

    def _everywhere(self, key: str, line: Line) -> None:
        for side in (self.to_remote, self.to_local, self.to_base):
            side[key] = dict(line)

    def _both(self, key: str, base: Line | None, remote: Line, local: Line) -> None:
        agreed: Line = dict(base or {self.key: key})
        to_remote, to_local = dict(remote), dict(local)
        for name in sorted(remote.keys() & local.keys() - {self.key}):
            value = self._field(key, name, base, remote[name], local[name])
            if value is None:
                continue
            to_remote[name], to_local[name], agreed[name] = value.remote, value.local, value.base
        self.to_remote[key], self.to_local[key], self.to_base[key] = to_remote, to_local, agreed

    def _field(self, key: str, name: str, base: Line | None, remote: Any, local: Any) -> "_Sides | None":
        """Return the values of a field that both sides report; ``None``: in conflict, each keeps its own."""
        if self._equal(name, remote, local):
            # Two spellings of one value: each side keeps its own, and neither is written for it.
            return _Sides(remote, local, remote)
        if base is None or name not in base:
            form = form_of(self.specs.get(name))
            if is_empty(remote, *form):
                return _Sides(local, local, local)
            if is_empty(local, *form):
                return _Sides(remote, remote, remote)
            self.conflicts.append(LineConflict(key, name, None, remote, local))
            return None
        agreed = base[name]
        remote_changed = self._change(REMOTE, key, name, agreed, remote)
        local_changed = self._change(ODOO, key, name, agreed, local)
        if remote_changed and local_changed:
            self.conflicts.append(LineConflict(key, name, agreed, remote, local))
            return None
        value = remote if remote_changed else local if local_changed else agreed
        return _Sides(value, value, value)

    def _change(self, side: str, key: str, name: str, base: Any, value: Any) -> bool:
        """Return whether a side made a change that counts; note one that it may not make."""
        if self._equal(name, value, base):
            return False
        if self._may(side, key, name):
            return True
        self.refused.append(LockedChange(side, key, name, base, value))
        return False

    def _may(self, side: str, key: str, name: str) -> bool:
        return self.may_change is None or self.may_change(side, key, name)

    def _equal(self, name: str, left: Any, right: Any) -> bool:
        return equal(left, right, *form_of(self.specs.get(name)))


@dataclass(frozen=True, slots=True)
class _Sides:
    remote: Any
    local: Any
    base: Any
