"""Which value survives when several records of one customer become one, and why.

The person who merges sees the outcome before it happens; so every field carries its reason and what the others had.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ..canonical.kinds import Options, comparable, form_of
from ..canonical.schema import FieldSpec
from ..reconcile.field_case import weight

SURVIVOR = "survivor"
MOST_COMPLETE = "most_complete"
NEWEST = "newest"
OWNER = "owner"
RESTRICTIVE = "restrictive"
ASK = "ask"
PERSON = "person"
RULES = (SURVIVOR, MOST_COMPLETE, NEWEST, OWNER, RESTRICTIVE, ASK)


class Reason(str, Enum):
    """Why a value survives: codes, for which sentences are written where they are shown."""

    chosen = "chosen"  # by a person
    empty = "empty"  # no record has a value
    single = "single"  # one record has a value
    same = "same"  # all that have a value say the same
    fuller = "fuller"
    equally_full = "equally_full"
    latest = "latest"
    none_later = "none_later"  # which edit is the later one is not known
    owner = "owner"  # of the system that owns the field
    no_owner = "no_owner"
    stricter = "stricter"
    rule_asks = "rule_asks"
    survivor_stays = "survivor_stays"
    oldest = "oldest"


@dataclass(frozen=True, slots=True)
class Contender:
    """One of the records to merge.

    ``edited``: when it was last changed, ``edits``: when single fields were, both in milliseconds since the epoch.
    ``systems``: the systems that this record is linked to, e.g. connection ids as text.
    """

    id: int
    values: Mapping[str, Any]
    edited: int | None = None
    edits: Mapping[str, int] = field(default_factory=dict)
    systems: frozenset[str] = frozenset()

    def when(self, name: str) -> int:
        moment = self.edits.get(name, self.edited)
        return -1 if moment is None else moment


@dataclass(frozen=True, slots=True)
class Rule:
    """How the value of a field is chosen. ``owner``: for the rule of that name, the system that owns the field."""

    kind: str = SURVIVOR
    owner: str = ""

    def __post_init__(self) -> None:
        if self.kind not in RULES:
            raise ValueError(f"Unknown rule {self.kind!r}.")


@dataclass(frozen=True, slots=True)
class Survival:
    """What becomes of one field. ``source``: id of the record whose value it is, None where all are empty.
    ``reasons``: the first may leave it undecided, then a second decides. ``differs``: whether the records disagree.
    ``asks``: whether a person ought to look.
    """

    field: str
    value: Any
    source: int | None
    rule: str
    reasons: tuple[Reason, ...]
    differs: bool
    asks: bool
    options: tuple[tuple[int, Any], ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "value": self.value,
            "source": self.source,
            "rule": self.rule,
            "reasons": [reason.value for reason in self.reasons],
            "differs": self.differs,
            "asks": self.asks,
            "options": [{"id": record_id, "value": value} for record_id, value in self.options],
        }


def preview(
    contenders: Iterable[Contender],
    survivor_id: int,
    rules: Mapping[str, Rule] | None = None,
    choices: Mapping[str, int] | None = None,
    specs: Mapping[str, FieldSpec] | None = None,
) -> dict[str, Survival]:
    """Return what becomes of each field that any record names.

    An empty value never beats one that says something, except by a person's choice. Ties go to the survivor, then to
    the older record (the lower id), so that the order in which records are given decides nothing.

    :param choices: field -> id of the record whose value a person wants
    :param specs: the canonical fields by name; their kinds say which spellings are equal
    :raises ValueError: if the survivor is none of the records, or a choice names none of them
    """
    records = sorted(contenders, key=lambda contender: (contender.id != survivor_id, contender.id))
    known = {contender.id for contender in records}
    if survivor_id not in known:
        raise ValueError(f"The survivor {survivor_id} is none of the records.")
    rules, choices, specs = rules or {}, choices or {}, specs or {}
    if strangers := sorted(set(choices.values()) - known):
        raise ValueError(f"Chosen records {strangers} are none of those to be merged.")
    names = sorted({name for contender in records for name in contender.values})
    return {
        name: _survival(name, records, rules.get(name, Rule()), choices.get(name), form_of(specs.get(name)))
        for name in names
    }


# Kind and options of a field.
_Form = tuple[str, Options]


def _survival(name: str, records: Sequence[Contender], rule: Rule, choice: int | None, kind: _Form) -> Survival:
    options = tuple((contender.id, contender.values.get(name)) for contender in records)
    full = [contender for contender in records if not _is_empty(contender.values.get(name), kind)]
    # Spellings that say the same are one value; a record without a value contradicts no other.
    differs = len({_form(contender.values[name], kind) for contender in full}) > 1
    if choice is not None:
        chosen = next(contender for contender in records if contender.id == choice)
        return Survival(name, chosen.values.get(name), choice, PERSON, (Reason.chosen,), differs, False, options)
    if not full:
        return Survival(name, None, None, rule.kind, (Reason.empty,), False, False, options)
    if not differs:
        best = full[0]
        reason = Reason.same if len(full) > 1 else Reason.single
        return Survival(name, best.values[name], best.id, rule.kind, (reason,), False, False, options)
    best, reasons = _best(name, full, records[0].id, rule, kind)
    return Survival(name, best.values[name], best.id, rule.kind, reasons, True, rule.kind == ASK, options)


def _best(
    name: str, full: Sequence[Contender], survivor_id: int, rule: Rule, kind: _Form
) -> tuple[Contender, tuple[Reason, ...]]:
    """Return (record, reasons) among records with different values; the first of them is the survivor or the oldest."""
    first = full[0]
    stays = Reason.survivor_stays if first.id == survivor_id else Reason.oldest
    if rule.kind == MOST_COMPLETE:
        best = max(full, key=lambda contender: weight(contender.values[name], *kind))
        if weight(best.values[name], *kind) > min(weight(contender.values[name], *kind) for contender in full):
            return best, (Reason.fuller,)
        return first, (Reason.equally_full, stays)
    if rule.kind == NEWEST:
        best = max(full, key=lambda contender: contender.when(name))
        if best.when(name) > min(contender.when(name) for contender in full):
            return best, (Reason.latest,)
        return first, (Reason.none_later, stays)
    if rule.kind == OWNER:
        owned = [contender for contender in full if rule.owner in contender.systems]
        if owned:
            best = max(owned, key=lambda contender: contender.when(name))
            return best, (Reason.owner,)
        return first, (Reason.no_owner, stays)
    if rule.kind == RESTRICTIVE:
        return max(full, key=lambda contender: bool(contender.values[name])), (Reason.stricter,)
    if rule.kind == ASK:
        return first, (Reason.rule_asks, stays)
    return first, (stays,)


def _is_empty(value: Any, kind: _Form) -> bool:
    # A flag that is not set says nothing against one that is: no opt-out gets lost in a merge.
    return value is False or comparable(value, *kind) is None


def _form(value: Any, kind: _Form) -> str:
    return repr(comparable(value, *kind))
