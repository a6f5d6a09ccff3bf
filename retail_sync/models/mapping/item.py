"""A remote record on its way through a page: decoded, then resolved, then reconciled.

Each stage is a class of its own that adds what its step found; a step takes items of one stage and returns those of the
next.
"""

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from ...domain.canonical.schema import PART_MAIN, Incoming, Values
from ...domain.identity.decide.decision import Decision
from ...domain.identity.normalise.features import Features
from ...domain.reconcile.taken_back import TakenBack
from ...domain.reconcile.three_way import Conflict
from .entity_parts import Standing


class Outcome(str, Enum):
    """What becomes of a record. The value is the counter's name in a run (`n_<value>`) where the record counts.

    undecided, link and create come from the decision who the record is; the others are final. `stale` is read again.
    """

    undecided = ""
    link = "link"
    create = "create"
    review = "review"
    unchanged = "unchanged"
    linked = "linked"
    created = "created"
    updated = "updated"
    failed = "failed"
    excluded = "excluded"
    stale = "stale"

    __str__ = str.__str__
    __format__ = str.__format__


@dataclass(slots=True)
class Bound:
    """A link as the page needs it: one row of one query."""

    id: int
    part: str
    res_id: int
    version: int
    content_hash: str | None
    base: dict[str, Any] | None
    state: str
    is_primary: bool
    archived_by_sync: bool
    pushed: dict[str, Any] | None = None
    carries_our_id: bool = False
    synced_at: datetime | None = None
    divergent: dict[str, Any] | None = None


@dataclass(slots=True)
class Decoded:
    """A record as it was read, with what is linked to it.

    references: {reference name: {"Object/id": id of the Odoo record, None while it is not known}}. maybe_stale: it may
    have been read before values were last taken, and show what those have replaced. Before the next stage the outcome
    is undecided, or the final one of a record that needs no more: unchanged, excluded, failed. fault: why it failed;
    with another outcome, what is left to a person although the record was taken in.
    """

    incoming: Incoming
    bound: dict[str, Bound] = field(default_factory=dict)
    references: dict[str, dict[str, int | None]] = field(default_factory=dict)
    maybe_stale: bool = False
    outcome: Outcome = Outcome.undecided
    res_id: int | None = None
    rule: str = ""
    reason: str = ""
    fault: Exception | None = None

    @property
    def main(self) -> Values:
        """Return the values of the record itself."""
        return self.incoming.parts.get(PART_MAIN) or {}

    @property
    def linked_id(self) -> int | None:
        """Return the id of the Odoo record: the linked one, else the one that was decided on, if any."""
        bound = self.bound.get(PART_MAIN)
        return bound.res_id if bound else self.res_id

    def ref_of(self, name: str) -> str | None:
        """Return the "Object/id" that a reference names, None where it names none; the first one of several."""
        return next(iter(self.references.get(name, ())), None)

    def target_of(self, name: str) -> int | None:
        """Return the id of the Odoo record that a reference names; None where it names none or is not known yet."""
        return next(iter(self.references.get(name, {}).values()), None)

    def missing(self) -> dict[str, list[str]]:
        """Return {reference name: ["Object/id"]} of the references whose records are not known yet."""
        found = {name: [ref for ref, res_id in refs.items() if not res_id] for name, refs in self.references.items()}
        return {name: refs for name, refs in found.items() if refs}


_Stage = TypeVar("_Stage", bound="Resolved")


@dataclass(slots=True)
class Resolved(Decoded):
    """A record of which it is decided who it is: outcome, rule and reason, and the candidates there were.

    features, decision: what was weighed, where evidence decides. same_page_candidate: external id of a record of
    the same page that looks like this record; the record it becomes is known once the page is applied.
    """

    candidates: list[dict[str, Any]] = field(default_factory=list)
    features: Features | None = None
    decision: Decision | None = None
    same_page_candidate: str | None = None

    @classmethod
    def of(cls: type[_Stage], item: Decoded) -> _Stage:
        """Return the item of an earlier stage in this one. What it holds is shared, not copied."""
        return cls(**{entry.name: getattr(item, entry.name) for entry in fields(item)})


@dataclass(slots=True)
class Reconciled(Resolved):
    """A record that was compared with Odoo's values and written. All mappings are by part.

    folded: its values in the form in which both sides are compared. absent: {composite: fields that it did not report}.
    unread: fields among them whose value on the platform was not understood.
    repeats: parts that show what the main one shows. vacant: parts that are linked, and what became of their record.
    conflicts, with the part of each in conflict_parts. to_push: Odoo's values that the platform has to get; replaces:
    the platform's in their place; attempts: how often each was given before; last_pushed: what is kept of former ones.
    merged_values: all values as both sides have them afterwards. written: {record id: vals} as the engine
    wrote them, of the record and its parts. to_apply: the platform's values that Odoo has to get; displaced: Odoo's in
    their place. taken_back: [(record id, id of who edited it last, edit that the platform's value replaced)].
    """

    folded: dict[str, Values | None] = field(default_factory=dict)
    absent: dict[str, Any] = field(default_factory=dict)
    repeats: frozenset[str] = frozenset()
    vacant: dict[str, Standing] = field(default_factory=dict)
    unread: dict[str, set[str]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    conflict_parts: list[str] = field(default_factory=list)
    to_push: dict[str, dict[str, Any]] = field(default_factory=dict)
    replaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    attempts: dict[str, dict[str, int]] = field(default_factory=dict)
    last_pushed: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    merged_values: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: dict[int, dict[str, Any]] = field(default_factory=dict)
    to_apply: dict[str, dict[str, Any]] = field(default_factory=dict)
    displaced: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken_back: list[tuple[int, int, TakenBack]] = field(default_factory=list)

    def lacking(self) -> dict[str, Values]:
        """Return {part: values} of the parts for which Odoo needs a record and has none."""
        return {
            part: values
            for part, values in self.folded.items()
            if part != PART_MAIN and values and part not in self.bound and part not in self.repeats
        }
