"""The decision about one value that both sides report, under its ownership rule."""

from dataclasses import dataclass

from ..canonical.kinds import NO_OPTIONS, Options, comparable, equal
from ..canonical.schema import OWNERS, FieldSpec, Value
from .reasons import Reason

REMOTE = "remote"
ODOO = "odoo"
SHARED = "shared"
SURVIVORSHIPS = ("owner_wins", "most_recent", "most_complete", "source_rank", "restrictive", "ask")

AGREED = "agreed"
APPLY = "apply"
PUSH = "push"
CONFLICT = "conflict"
UNTOUCHED = "untouched"

Outcome = tuple[str, Reason]


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


def default_ownership_rule(name: str, spec: FieldSpec | None = None) -> OwnershipRule:
    """Return the rule of a field without a row: its owner wins; of a shared one the latest edit, or a set opt-out."""
    if spec is not None and spec.owner != SHARED:
        return OwnershipRule(name, spec.owner, "owner_wins")
    return OwnershipRule(name, SHARED, "restrictive" if spec is not None and spec.restrictive else "most_recent")


@dataclass(frozen=True, slots=True)
class Times:
    """When the two sides were last edited, in milliseconds since the epoch (UTC); ``None``: not known."""

    remote: int | None = None
    local: int | None = None


@dataclass(frozen=True, slots=True)
class FieldCase:
    """One value of one record. ``known``: it has been agreed on before, as ``base``. ``foreign``: Odoo's value came
    from another connection. ``taken_in``: Odoo takes the platform's value in; not of what Odoo alone decides.

    An owner's blank beats the value that it emptied, and an edit that it crossed. A blank that both sides agreed on is
    no value of the owner's: who fills it fills it on both sides, and if both do, the owner's value counts.
    """

    kind: str
    options: Options
    ownership_rule: OwnershipRule
    known: bool
    base: Value
    remote: Value
    local: Value
    times: Times = Times()
    foreign: bool = False
    taken_in: bool = True

    def _empty(self, value: Value) -> bool:
        return value is None or comparable(value, self.kind, self.options) is None

    def same(self, left: Value, right: Value) -> bool:
        """Return whether two values are equal as values of this field."""
        return equal(left, right, self.kind, self.options)

    def decide(self) -> Outcome:
        """Return what becomes of the value (AGREED, APPLY, PUSH, CONFLICT or UNTOUCHED), and why."""
        if self.same(self.remote, self.local):
            return AGREED, Reason.same
        remote_changed = not (self.known and self.same(self.remote, self.base))
        local_changed = not (self.known and self.same(self.local, self.base))
        if self.ownership_rule.survivorship == "restrictive":
            return self._restrictive(remote_changed, local_changed)
        if not self.known:
            # A blank never beats a value at a first meeting, whoever owns the field.
            if self._empty(self.local):
                return (APPLY, Reason.odoo_was_empty) if self.taken_in else (UNTOUCHED, Reason.blank_stays)
            if self._empty(self.remote):
                return PUSH, Reason.remote_was_empty
        if self.ownership_rule.owner == REMOTE:
            if self.foreign and not remote_changed:
                # Two platforms that both own a field and disagree would correct each other for ever.
                return UNTOUCHED, Reason.other_connection
            if not remote_changed and self._empty(self.remote):
                return PUSH, Reason.remote_was_empty
            return APPLY, Reason.remote_owns
        if self.ownership_rule.owner == ODOO:
            if not local_changed and self._empty(self.local) and self.taken_in:
                return APPLY, Reason.odoo_was_empty
            return PUSH, Reason.odoo_owns
        if self.known:
            if not local_changed:
                return APPLY, Reason.only_remote_changed
            if not remote_changed:
                return PUSH, Reason.only_odoo_changed
        return self.survive()

    def _restrictive(self, remote_changed: bool, local_changed: bool) -> Outcome:
        """One side says True, and True stands; only the owner may lift what was agreed."""
        if bool(self.remote) == bool(self.local):
            return self.survive()  # the rule was given to a field that is no flag
        lifted = self.known and bool(self.base)
        if self.remote:
            if lifted and self.ownership_rule.owner == ODOO and local_changed and not remote_changed:
                return PUSH, Reason.odoo_lifted
            return APPLY, Reason.opt_out_stands
        if lifted and self.ownership_rule.owner == REMOTE and remote_changed and not local_changed:
            return APPLY, Reason.remote_lifted
        return PUSH, Reason.opt_out_stands

    def survive(self) -> Outcome:
        """Return what becomes of a value that both sides changed, differently: APPLY, PUSH or CONFLICT, and why."""
        rule = self.ownership_rule.survivorship
        if rule == "most_complete":
            left, right = (weight(value, self.kind, self.options) for value in (self.remote, self.local))
            if left != right:
                return (APPLY, Reason.remote_more_complete) if left > right else (PUSH, Reason.odoo_more_complete)
        if rule in ("most_recent", "most_complete"):
            remote, local = self.times.remote, self.times.local
            if remote is None or local is None or remote == local:
                return CONFLICT, Reason.none_later
            return (APPLY, Reason.remote_later) if remote > local else (PUSH, Reason.odoo_later)
        if rule == "source_rank":
            for source in self.ownership_rule.rank:
                if source == REMOTE:
                    return APPLY, Reason.remote_ranks_higher
                if source == ODOO:
                    return PUSH, Reason.odoo_ranks_higher
        return CONFLICT, Reason.rule_asks


def weight(value: Value, kind: str = "", options: Options = NO_OPTIONS) -> tuple[int, int]:
    """Return how much a value says: number of words, then of letters and digits."""
    text = comparable(value, kind, options)
    if text is None:
        return (0, 0)
    words = " ".join(str(part or "") for part in text) if isinstance(text, tuple) else str(text)
    return (len(words.split()), sum(char.isalnum() for char in words))
