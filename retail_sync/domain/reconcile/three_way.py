"""Three-way comparison of one linked record under the ownership matrix.

*Base* is, per field, the remote's value as it was last reconciled: what both sides agreed on, or what Odoo has
overruled since. Measured against it, each side's change shows, and what the remote still has to get back shows as well.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ..canonical.kinds import NO_OPTIONS
from ..canonical.schema import FieldSpec, Value, Values
from .field_case import (
    AGREED,
    APPLY,
    CONFLICT,
    ODOO,
    PUSH,
    REMOTE,
    SHARED,
    UNTOUCHED,
    FieldCase,
    OwnershipRule,
    Times,
    default_ownership_rule,
)
from .first_meeting import fill_agreed_blanks, meet
from .keyed_lines import LineConflict
from .lines_field import LinesCase
from .reasons import Reason

__all__ = [
    "AGREED",
    "APPLY",
    "CONFLICT",
    "Conflict",
    "MergeResult",
    "OwnershipRule",
    "PUSH",
    "Reason",
    "UNTOUCHED",
    "default_ownership_rule",
    "merge",
    "ownership_rules_by_field",
]
# One side's value counts although the other side has changed its own.
_ONE_PREVAILS = (
    *(Reason.odoo_owns, Reason.remote_owns, Reason.odoo_later, Reason.remote_later),
    *(Reason.odoo_more_complete, Reason.remote_more_complete, Reason.odoo_ranks_higher, Reason.remote_ranks_higher),
)
# (field of kind lines, side that changed a line, line key, field of the line or "") -> whether that side may do so.
MayChange = Callable[[str, str, str, str], bool]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that both sides changed. ``lines``: of a field of kind lines, what about it is undecided.

    ``proposal``: the value that would be written with consent (Reason.would_empty); ``would``: APPLY or PUSH with it.
    """

    field: str
    base: Value
    remote: Value
    local: Value
    ownership_rule: OwnershipRule | None
    reason: Reason | str = ""
    lines: tuple[LineConflict, ...] = ()
    proposal: Value = None
    would: str = ""


@dataclass(slots=True)
class MergeResult:
    """``apply``: values to write to Odoo. ``push``: Odoo's values that the remote has to get back. ``conflicts``: for a
    person; nothing is written for them. ``base``: the base to store. ``decisions``: field -> why.
    ``outcomes``: field -> agreed, apply, push, conflict or untouched (one side did not report it).

    A field of kind lines may be in ``apply``, ``push`` and ``conflicts`` at once, each for other lines of it.
    """

    apply: Values = field(default_factory=dict)
    push: Values = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    base: Values = field(default_factory=dict)
    decisions: dict[str, Reason] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)


def ownership_rules_by_field(ownership_rules: Iterable[OwnershipRule]) -> dict[str, OwnershipRule]:
    return {ownership_rule.field: ownership_rule for ownership_rule in ownership_rules}


def merge(
    base: Mapping[str, Value] | None,
    remote: Mapping[str, Value],
    local: Mapping[str, Value],
    ownership_rules: Mapping[str, OwnershipRule] | Iterable[OwnershipRule] = (),
    *,
    specs: Mapping[str, FieldSpec],
    remote_time_ms: int | None = None,
    local_time_ms: int | None = None,
    local_times_ms: Mapping[str, int] | None = None,
    foreign: Collection[str] = (),
    may_change: MayChange | None = None,
    may_empty: bool = False,
) -> MergeResult:
    """Decide every field that either side names.

    A field missing on one side was not reported there, and stays as it is on both. A field missing in ``base`` meets
    for the first time. ``specs``: those of the record's part, ``EntitySpec.merge_specs(part)``. Times are the sides'
    last modification in milliseconds since the epoch (UTC); ``None``: not known. ``local_times_ms`` holds those of
    single fields, which say more than that of the whole record. ``foreign``: fields whose value in Odoo came from
    another connection. ``may_change``: which changes of lines the record's state allows. ``may_empty``: an
    administrator agreed that a composite may lose a part when it meets another one for the first time; else
    that is a conflict. Raises KindError for lines without a key.
    """
    rows = ownership_rules if isinstance(ownership_rules, Mapping) else ownership_rules_by_field(ownership_rules)
    result = MergeResult(base=dict(base or {}))
    for name in sorted(remote.keys() | local.keys()):
        if name not in remote or name not in local:
            result.outcomes[name] = UNTOUCHED
            result.decisions[name] = Reason.not_reported if name in local else Reason.not_read
            continue
        if remote[name] == local[name]:  # nearly all fields of nearly all records
            result.outcomes[name] = AGREED
            result.decisions[name] = Reason.same
            result.base[name] = remote[name]
            continue
        spec = specs.get(name)
        ownership_rule = rows.get(name) or default_ownership_rule(name, spec)
        case = FieldCase(
            spec.kind if spec else "bool" if ownership_rule.survivorship == "restrictive" else "",
            spec.options if spec else NO_OPTIONS,
            ownership_rule,
            base is not None and name in base,
            (base or {}).get(name),
            remote[name],
            local[name],
            Times(remote_time_ms, (local_times_ms or {}).get(name, local_time_ms)),
            name in foreign,
            spec is None or spec.owner != ODOO or ownership_rule.owner != ODOO,
        )
        if spec is not None and spec.anchors is not None and _both_listed(case):
            _meet_composite(result, name, case, spec, may_empty)
        elif spec is not None and spec.anchors is not None and _agreed_elements(case):
            _merge_known_composite(result, name, case, spec)
        elif spec is not None and spec.kind == "lines" and ownership_rule.owner == SHARED:
            _merge_lines(result, LinesCase(spec, case, rows), may_change)
        else:
            _merge_value(result, name, case)
    return result


def _merge_value(result: MergeResult, name: str, case: FieldCase) -> None:
    outcome, reason = case.decide()
    result.outcomes[name], result.decisions[name] = outcome, reason
    if outcome == UNTOUCHED:
        return
    if outcome == CONFLICT:
        result.conflicts.append(Conflict(name, case.base, case.remote, case.local, case.ownership_rule, reason))
        return
    if outcome == PUSH and reason is Reason.remote_was_empty and case.ownership_rule.owner == REMOTE:
        # Kept out of the base until both sides have the value: as a change in Odoo it would be taken back.
        result.push[name] = case.local
        return
    # Once Odoo's value has prevailed, the remote's edit is dealt with: it must not win later, when some other
    # field of the remote record makes that record the most recent one.
    result.base[name] = case.remote
    if outcome == APPLY:
        result.apply[name] = case.remote
    elif outcome == PUSH:
        result.push[name] = case.local


def _both_listed(case: FieldCase) -> bool:
    """Return whether two values of a composite meet that were not agreed on before."""
    return not case.known and isinstance(case.remote, list) and isinstance(case.local, list)


def _agreed_elements(case: FieldCase) -> bool:
    """Return whether both sides have a composite that they agreed on before, and that both may fill."""
    return (
        case.known
        and (case.ownership_rule.owner != ODOO or case.taken_in)
        and isinstance(case.remote, list)
        and isinstance(case.local, list)
        and (case.base is None or isinstance(case.base, list))
    )


def _merge_known_composite(result: MergeResult, name: str, case: FieldCase, spec: FieldSpec) -> None:
    """Let the composite of the owner prevail, or of the later edit; a blank of it that both agreed on is no value."""
    assert isinstance(case.remote, list) and isinstance(case.local, list)
    assert case.base is None or isinstance(case.base, list)
    outcome, reason = case.decide()
    if reason not in _ONE_PREVAILS:
        return _merge_value(result, name, case)
    owners, others = (case.local, case.remote) if outcome == PUSH else (case.remote, case.local)
    value = fill_agreed_blanks(owners, others, case.base, spec.anchors or {})
    if value == owners:
        return _merge_value(result, name, case)
    # Between two edits the reason stays: whether a person is asked follows from it.
    filled = case.ownership_rule.owner in (REMOTE, ODOO)
    return _write_composite(result, name, case, value, Reason.filled_up if filled else reason)


def _meet_composite(result: MergeResult, name: str, case: FieldCase, spec: FieldSpec, may_empty: bool) -> None:
    assert isinstance(case.remote, list) and isinstance(case.local, list)
    outcome, reason = case.decide()
    meeting = meet(case.remote, case.local, spec.anchors or {})
    if outcome == AGREED or (outcome == CONFLICT and meeting.contrary):
        return _merge_value(result, name, case)
    prevails = outcome == APPLY
    value = meeting.value(prevails)
    if meeting.empties(prevails) and not may_empty:
        result.outcomes[name], result.decisions[name] = CONFLICT, Reason.would_empty
        values = (case.base, case.remote, case.local, case.ownership_rule, Reason.would_empty)
        result.conflicts.append(Conflict(name, *values, proposal=value, would=outcome))
        return None
    return _write_composite(result, name, case, value, reason if meeting.contrary else Reason.filled_up)


def _write_composite(result: MergeResult, name: str, case: FieldCase, value: list[Value], reason: Reason) -> None:
    """Give a composite to the sides that lack it; one that a side has in another spelling stays as it is there."""
    applied, pushed = (not case.same(value, side) for side in (case.local, case.remote))
    if applied:
        result.apply[name] = value
    if pushed:
        result.push[name] = value
    result.base[name] = case.remote
    result.outcomes[name] = APPLY if applied else PUSH if pushed else AGREED
    result.decisions[name] = reason


def _merge_lines(result: MergeResult, lines: "LinesCase", may_change: MayChange | None) -> None:
    name, case = lines.spec.name, lines.case
    found = lines.reconcile(None if may_change is None else lambda *change: may_change(name, *change))
    result.base[name] = found.base
    if found.apply is not None:
        result.apply[name] = found.apply
    if found.push is not None:
        result.push[name] = found.push
    if found.undecided:
        result.outcomes[name], result.decisions[name] = CONFLICT, Reason.lines_in_conflict
        result.conflicts.append(
            Conflict(
                name,
                case.base,
                case.remote,
                case.local,
                case.ownership_rule,
                Reason.lines_in_conflict,
                tuple(found.undecided),
            )
        )
    elif found.apply is None and found.push is None:
        result.outcomes[name], result.decisions[name] = AGREED, Reason.same
    else:
        result.outcomes[name] = APPLY if found.apply is not None else PUSH
        result.decisions[name] = Reason.lines_reconciled
