"""Three-way merge of one bound record under the ownership matrix.

*Base* is, per field, the remote's value as it was last merged: what both sides agreed on, or what Odoo has overruled
since. Measured against it, each side's change shows, and what the remote still has to get back shows as well.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from ..canonical.schema import ENTITIES, OWNERS, FieldSpec, Value, Values
from ..values.equality import comparable, equal

REMOTE = "remote"
ODOO = "odoo"
SHARED = "shared"
SURVIVORSHIPS = ("owner_wins", "most_recent", "most_complete", "source_rank", "restrictive", "ask")

AGREED = "agreed"
APPLY = "apply"
PUSH = "push"
CONFLICT = "conflict"
UNTOUCHED = "untouched"

_SAME = "Both sides say the same."


@dataclass(frozen=True, slots=True)
class OwnershipRule:
    """One row of the ownership matrix. ``rank``: for source_rank, the sources ("remote", "odoo") from best to worst."""

    field: str
    owner: str = SHARED
    survivorship: str = "most_recent"
    rank: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.owner not in OWNERS:
            raise ValueError(f"Unknown owner {self.owner!r} of field {self.field!r}.")
        if self.survivorship not in SURVIVORSHIPS:
            raise ValueError(f"Unknown survivorship rule {self.survivorship!r} of field {self.field!r}.")


@dataclass(frozen=True, slots=True)
class Conflict:
    field: str
    base: Value
    remote: Value
    local: Value
    ownership_rule: OwnershipRule
    reason: str = ""


@dataclass(slots=True)
class MergeResult:
    """``apply``: values to write to Odoo. ``push``: Odoo's values that the remote has to get back. ``conflicts``: for a
    person; nothing is written for them. ``base``: the base to store. ``decisions``: field -> reason to read.
    ``outcomes``: field -> agreed, apply, push, conflict or untouched (one side was not told).
    """

    apply: Values = field(default_factory=dict)
    push: Values = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    base: Values = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)


DEFAULT_SPECS: Mapping[str, FieldSpec] = {**ENTITIES["address"].fields, **ENTITIES["customer"].fields}


def ownership_rules_by_field(ownership_rules: Iterable[OwnershipRule]) -> dict[str, OwnershipRule]:
    return {ownership_rule.field: ownership_rule for ownership_rule in ownership_rules}


def default_ownership_rule(name: str, spec: FieldSpec | None = None) -> OwnershipRule:
    """For a field without a row: its owner wins; a shared one takes the latest edit, an opt-out flag stays set."""
    if spec is not None and spec.owner != SHARED:
        return OwnershipRule(name, spec.owner, "owner_wins")
    return OwnershipRule(name, SHARED, "restrictive" if spec is not None and spec.restrictive else "most_recent")


def merge(
    base: Mapping[str, Value] | None,
    remote: Mapping[str, Value],
    local: Mapping[str, Value],
    ownership_rules: Mapping[str, OwnershipRule] | Iterable[OwnershipRule] = (),
    *,
    remote_time_ms: int | None = None,
    local_time_ms: int | None = None,
    local_times_ms: Mapping[str, int] | None = None,
    foreign: Collection[str] = (),
    specs: Mapping[str, FieldSpec] = DEFAULT_SPECS,
) -> MergeResult:
    """Decide every field that either side names.

    A field missing on one side was not told there, and stays as it is on both. A field missing in ``base`` meets for
    the first time. Times are the sides' last modification in milliseconds since the epoch (UTC); ``None``: not known.
    ``local_times_ms`` holds those of single fields, which tell more than that of the whole record. ``foreign``: fields
    whose value in Odoo came from another connection.
    """
    rows = ownership_rules if isinstance(ownership_rules, Mapping) else ownership_rules_by_field(ownership_rules)
    result = MergeResult(base=dict(base or {}))
    for name in sorted(remote.keys() | local.keys()):
        if name not in remote or name not in local:
            result.outcomes[name] = UNTOUCHED
            result.decisions[name] = "Not told by the remote." if name in local else "Not read from Odoo."
            continue
        if remote[name] == local[name]:  # nearly all fields of nearly all records
            result.outcomes[name] = AGREED
            result.decisions[name] = _SAME
            result.base[name] = remote[name]
            continue
        spec = specs.get(name)
        ownership_rule = rows.get(name) or default_ownership_rule(name, spec)
        case = _Case(
            spec.kind if spec else "bool" if ownership_rule.survivorship == "restrictive" else "",
            ownership_rule,
            base is not None and name in base,
            (base or {}).get(name),
            remote[name],
            local[name],
            remote_time_ms,
            (local_times_ms or {}).get(name, local_time_ms),
            name in foreign,
        )
        outcome, reason = case.decide()
        result.outcomes[name] = outcome
        result.decisions[name] = reason
        if outcome == UNTOUCHED:
            continue
        if outcome == CONFLICT:
            result.conflicts.append(Conflict(name, case.base, case.remote, case.local, ownership_rule, reason))
            continue
        # Once Odoo's value has prevailed, the remote's edit is dealt with: it must not win later, when some other
        # field of the remote record makes that record the most recent one.
        result.base[name] = case.remote
        if outcome == APPLY:
            result.apply[name] = case.remote
        elif outcome == PUSH:
            result.push[name] = case.local
    return result


@dataclass(frozen=True, slots=True)
class _Case:
    """One field of one record, both of whose sides were told."""

    kind: str
    ownership_rule: OwnershipRule
    known: bool
    base: Value
    remote: Value
    local: Value
    remote_time: int | None
    local_time: int | None
    foreign: bool = False

    def _empty(self, value: Value) -> bool:
        return comparable(value, self.kind) is None

    def decide(self) -> tuple[str, str]:
        if equal(self.remote, self.local, self.kind):
            return AGREED, _SAME
        remote_changed = not (self.known and equal(self.remote, self.base, self.kind))
        local_changed = not (self.known and equal(self.local, self.base, self.kind))
        if self.ownership_rule.survivorship == "restrictive":
            return self._restrictive(remote_changed, local_changed)
        if self.ownership_rule.owner == REMOTE:
            if self.foreign and not remote_changed:
                # Two platforms that both own a field and disagree would correct each other for ever.
                return UNTOUCHED, "Another connection owns this field too, and its value came last."
            return APPLY, "The remote owns this field."
        if self.ownership_rule.owner == ODOO:
            return PUSH, "Odoo owns this field."
        if not self.known:
            if self._empty(self.local):
                return APPLY, "First meeting: Odoo had no value."
            if self._empty(self.remote):
                return PUSH, "First meeting: the remote had no value."
        elif not local_changed:
            return APPLY, "Only the remote has changed it."
        elif not remote_changed:
            return PUSH, "Only Odoo has changed it."
        return self._survive()

    def _restrictive(self, remote_changed: bool, local_changed: bool) -> tuple[str, str]:
        """One side says True, and True stands; only the owner may lift what was agreed."""
        if bool(self.remote) == bool(self.local):
            return self._survive()  # the rule was given to a field that is no flag
        lifted = self.known and bool(self.base)
        if self.remote:
            if lifted and self.ownership_rule.owner == ODOO and local_changed and not remote_changed:
                return PUSH, "Odoo owns this flag and has lifted it."
            return APPLY, "An opt-out on either side stands."
        if lifted and self.ownership_rule.owner == REMOTE and remote_changed and not local_changed:
            return APPLY, "The remote owns this flag and has lifted it."
        return PUSH, "An opt-out on either side stands."

    def _survive(self) -> tuple[str, str]:
        rule = self.ownership_rule.survivorship
        if rule == "most_complete":
            left, right = self._weight(self.remote), self._weight(self.local)
            if left != right:
                side = APPLY if left > right else PUSH
                return side, f"Both changed: {_SIDE[side]}'s value is the more complete one."
        if rule in ("most_recent", "most_complete"):
            if self.remote_time is None or self.local_time is None or self.remote_time == self.local_time:
                return CONFLICT, "Both changed, and neither is known to be the later one."
            side = APPLY if self.remote_time > self.local_time else PUSH
            return side, f"Both changed: {_SIDE[side]}'s edit is the later one."
        if rule == "source_rank":
            for source in self.ownership_rule.rank:
                if source in (REMOTE, ODOO):
                    side = APPLY if source == REMOTE else PUSH
                    return side, f"Both changed: {_SIDE[side]} ranks higher as a source."
        return CONFLICT, "Both changed, and the rule of this field is to ask a person."

    def _weight(self, value: Value) -> tuple[int, int]:
        """How much a value says: number of words, then of letters and digits."""
        text = comparable(value, self.kind)
        if text is None:
            return (0, 0)
        words = " ".join(str(part or "") for part in text) if isinstance(text, tuple) else str(text)
        return (len(words.split()), sum(char.isalnum() for char in words))


_SIDE = {APPLY: "the remote", PUSH: "Odoo"}
