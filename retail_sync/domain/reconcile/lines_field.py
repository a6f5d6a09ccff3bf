"""One field of kind lines: its lines are reconciled by key, conflicts are decided by ownership and survivorship."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..canonical.kinds import NO_OPTIONS, equal
from ..canonical.schema import FieldSpec
from .field_case import APPLY, CONFLICT, PUSH, REMOTE, SHARED, FieldCase, OwnershipRule, default_ownership_rule
from .keyed_lines import LINE, Line, LineConflict, LinesResult, merge_lines

# In place of a line's key: the order of the lines.
ORDER = ""


@dataclass(slots=True)
class LinesOutcome:
    """``apply``, ``push``: all lines as Odoo and the remote have to get them, ``None`` where nothing is to be written.

    ``base``: the lines to store, by which each side's next change is measured. ``undecided``: for a person; the lines
    concerned stay as they are on both sides.
    """

    base: list[Line]
    apply: list[Line] | None = None
    push: list[Line] | None = None
    undecided: list[LineConflict] = field(default_factory=list)


class LinesCase:
    """``case``: the field as a whole. ``rows``: ownership rules; one named "lines.note" is about field ``note``."""

    def __init__(self, spec: FieldSpec, case: FieldCase, rows: Mapping[str, OwnershipRule]):
        self.spec = spec
        self.case = case
        self.key = spec.line_key
        self._fields = {entry.name: entry for entry in spec.lines}
        self._rows = rows

    def _rule(self, name: str) -> OwnershipRule:
        """Return the rule of a line's field: its own row, else its declared owner, else the rule of the lines."""
        row = self._rows.get(f"{self.spec.name}.{name}")
        entry = self._fields.get(name)
        if row is None and entry is not None and (entry.owner != SHARED or entry.restrictive):
            row = default_ownership_rule(name, entry)
        return row or self.case.ownership_rule

    def _may(self, side: str, key: str, name: str) -> bool:
        rule = self._rule(name)
        return name == LINE or rule.owner in (SHARED, side) or rule.survivorship == "restrictive"

    def reconcile(self, may_change: Callable[[str, str, str], bool] | None = None) -> LinesOutcome:
        """Return what becomes of the lines. ``may_change`` (side, line key, field or "") is asked about each change.

        Raises KindError for lines without a key, or with the same one twice.
        """

        def may(side: str, key: str, name: str) -> bool:
            return self._may(side, key, name) and (may_change is None or may_change(side, key, name))

        case = self.case
        base = _lines(case.base) if case.known else None
        result = merge_lines(
            base, _lines(case.remote), _lines(case.local), self.spec.lines, key=self.key, may_change=may
        )
        undecided = [conflict for conflict in result.conflicts if not self._decide(result, conflict)]
        if result.order_conflict and not self._decide_order(result):
            undecided.append(LineConflict(ORDER, LINE, None, *self._orders(result)))
            # By the base that is stored: a review that changes by being made is another one the next time.
            undecided[-1] = replace(undecided[-1], base=_keys(self._base(result, undecided), self.key))
        found = LinesOutcome(self._base(result, undecided), undecided=undecided)
        if not equal(result.local, case.local, "lines", self.spec.options):
            found.apply = result.local
        if not equal(result.remote, case.remote, "lines", self.spec.options):
            found.push = result.remote
        return found

    def _decide(self, result: LinesResult, conflict: LineConflict) -> bool:
        """Write the side that prevails to both sides; return whether one does."""
        entry = self._fields.get(conflict.field)
        whole = conflict.field == LINE
        case = replace(
            self.case,
            kind="" if whole or entry is None else entry.kind,
            options=NO_OPTIONS if whole or entry is None else entry.options,
            ownership_rule=self.case.ownership_rule if whole else self._rule(conflict.field),
            base=conflict.base,
            # A line as a whole weighs what its values say.
            remote=_content(conflict.remote) if whole else conflict.remote,
            local=_content(conflict.local) if whole else conflict.local,
        )
        rule = case.ownership_rule
        if rule.survivorship == "restrictive":
            outcome, _reason = case.decide()
        elif rule.owner != SHARED:
            outcome = APPLY if rule.owner == REMOTE else PUSH
        else:
            outcome, _reason = case.survive()
        if outcome == CONFLICT:
            return False
        value = conflict.remote if outcome == APPLY else conflict.local
        # Where both sides moved lines, each keeps its order, also around a line that it gets back: at the other side's
        # place it would decide what a person has to decide.
        for lines, order in ((result.remote, result.remote_order), (result.local, result.local_order)):
            if whole:
                _set_line(lines, conflict.key, value, order, self.key)
            else:
                next(line for line in lines if line[self.key] == conflict.key)[conflict.field] = value
        return True

    def _decide_order(self, result: LinesResult) -> bool:
        # The values of the lines say nothing about their order, and are merged by now: weighed, they would decide
        # otherwise the next time.
        remote, local = self._orders(result)
        outcome = replace(self.case, kind="", options=NO_OPTIONS, remote=remote, local=local).survive()[0]
        if outcome == CONFLICT:
            return False
        order = _keys(result.remote if outcome == APPLY else result.local, self.key)
        for lines in (result.remote, result.local):
            lines.sort(key=lambda line: _place(order, line[self.key]))
        return True

    def _orders(self, result: LinesResult) -> tuple[list[str], list[str]]:
        return _keys(result.remote, self.key), _keys(result.local, self.key)

    def _base(self, result: LinesResult, undecided: Sequence[LineConflict]) -> list[Line]:
        """Return the remote's lines as it reported them, and where a change of it does not count, what was agreed on.

        What Odoo has overruled is measured against the remote's value from now on, as for any other field: the remote
        gets Odoo's value again as long as it shows the old one.
        """
        agreed = {
            key: dict(line)
            for key, line in zip(_keys(_lines(self.case.base), self.key), _lines(self.case.base), strict=True)
        }
        base = [dict(line) for line in _lines(self.case.remote)]
        open_ones = [(conflict.key, conflict.field) for conflict in undecided if conflict.key != ORDER]
        open_ones += [(conflict.key, conflict.field) for conflict in result.refused if conflict.side == REMOTE]
        for key, name in open_ones:
            if name == LINE:
                keys = _keys(base, self.key)
                if key in agreed and key in keys:
                    # At the remote's place: another one would look like a move the next time.
                    base[keys.index(key)] = dict(agreed[key])
                else:
                    _set_line(base, key, agreed.get(key), list(agreed), self.key)
                continue
            for line in base:
                if str(line[self.key]).strip() == key:
                    line.pop(name, None)
                    if name in agreed.get(key, ()):
                        line[name] = agreed[key][name]
        if any(conflict.key == ORDER for conflict in undecided):
            base.sort(key=lambda line: _place(list(agreed), str(line[self.key]).strip()))
        return base


def _lines(value: Any) -> list[Line]:
    return value if isinstance(value, list) else []


def _keys(lines: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    return [str(line[name]).strip() for line in lines]


def _place(order: Sequence[str], key: str) -> int:
    return order.index(key) if key in order else len(order)


def _content(line: Any) -> list[Any] | None:
    return [value for _name, value in sorted(line.items())] if isinstance(line, Mapping) else None


def _set_line(lines: list[Line], key: str, line: Line | None, order: Sequence[str], name: str) -> None:
    """Put a line behind those that precede it in an order of keys, or take it out where it is ``None``."""
    lines[:] = [entry for entry in lines if entry[name] != key]
    if line is None:
        return
    before = set(order[: order.index(key)]) if key in order else set(order)
    place = max((number for number, entry in enumerate(lines, 1) if entry[name] in before), default=0)
    lines.insert(place, dict(line))
