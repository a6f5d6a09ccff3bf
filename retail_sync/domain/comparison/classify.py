"""What a difference between both sides is, from what they agreed on last and what each has now."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from ..canonical.kinds import equal, form_of, is_empty
from ..canonical.schema import FieldSpec, Value


class Kind(str, Enum):
    """The kinds of differences; the values are stored."""

    missing_here = "missing_here"
    missing_there = "missing_there"
    stale = "stale"
    conflict = "conflict"
    changed_by_hand = "changed_by_hand"
    orphan = "orphan"


@dataclass(frozen=True, slots=True)
class Directions:
    """Which values travel: ``sent`` and ``received`` by the stream, ``platform_owned`` by the ownership rules."""

    sent: frozenset[str]
    received: frozenset[str]
    platform_owned: frozenset[str] = frozenset()


@dataclass(slots=True)
class Finding:
    """Names of one part that differ, by which side changed them since both agreed."""

    remote_changed: set[str] = field(default_factory=set)
    local_changed: set[str] = field(default_factory=set)
    both: set[str] = field(default_factory=set)

    @property
    def names(self) -> set[str]:
        return self.remote_changed | self.local_changed | self.both

    @property
    def kind(self) -> Kind | None:
        """Return the kind of the record's difference, None where there is none."""
        if self.both:
            return Kind.conflict
        if self.remote_changed:
            return Kind.stale
        return Kind.changed_by_hand if self.local_changed else None

    def add(self, other: "Finding") -> None:
        self.remote_changed |= other.remote_changed
        self.local_changed |= other.local_changed
        self.both |= other.both


def compare(
    base: Mapping[str, Value],
    local: Mapping[str, Value],
    remote: Mapping[str, Value] | None,
    specs: Mapping[str, FieldSpec],
    directions: Directions,
    filled_in: Collection[str] = (),
) -> Finding:
    """Compare the values of one part.

    A difference that no rule lets travel is none: nothing would repair it. So is a value that the platform does not
    report: what it leaves out is not Odoo's to fill.

    :param remote: the platform's values as read now; None where its version proves that it has those of the base
    :param filled_in: names that Odoo fills in where the platform has nothing
    """
    found = Finding()
    shown = base if remote is None else remote
    for name in local.keys() & specs.keys():
        kind, options = form_of(specs[name])
        if name not in shown:
            continue
        if equal(local[name], shown.get(name), kind, options):
            continue
        if name in filled_in and is_empty(shown.get(name), kind, options):
            continue
        remote_changed = name not in base or not equal(shown[name], base[name], kind, options)
        local_changed = name not in base or not equal(local[name], base[name], kind, options)
        if name not in base and is_empty(shown[name], kind, options):
            # A first exchange: a blank never beats a value.
            remote_changed = False
        if remote_changed and name in directions.received:
            (found.both if local_changed and name in base else found.remote_changed).add(name)
        elif local_changed and (name in directions.sent or name in directions.platform_owned & directions.received):
            found.local_changed.add(name)
    return found


def needs_reading(
    base: Mapping[str, Value],
    local: Mapping[str, Value],
    specs: Mapping[str, FieldSpec],
    names: Collection[str],
) -> bool:
    """Return whether Odoo has a value about which both sides have never exchanged a word: the base cannot tell.

    :param names: those that the stream sends and the platform is known to report
    """
    return any(
        name not in base and name in specs and value is not False and not is_empty(value, *form_of(specs[name]))
        for name, value in local.items()
        if name in names
    )


@dataclass(frozen=True, slots=True)
class Off:
    """A time during which something was switched off: times in ms since 1970; until None: it still is.

    ``name``: the canonical field whose mapping was off; empty: the whole stream.
    """

    since: int
    until: int | None
    name: str = ""

    def covers(self, moment: int, names: Collection[str]) -> bool:
        end = self.until is None or moment <= self.until
        return self.since <= moment and end and (not self.name or self.name in names)


def off_at(periods: Iterable[Off], moment: int, names: Collection[str]) -> Off | None:
    """Return the period that explains a change at a moment; one of a single field goes before that of a stream."""
    found = [period for period in periods if period.covers(moment, names)]
    return max(found, key=lambda period: (bool(period.name), period.since), default=None)
