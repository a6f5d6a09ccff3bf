"""One decision for one record that is bound to nothing: link, create, or ask a person, with its waterfalls."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from ..compare.agreement_levels import CLOSE, DIFFERENT, EXACT, SIMILAR, VARIANT
from ..compare.field_levels import compare
from ..compare.name_levels import name_levels
from ..compare.organisation_levels import organisation_level
from ..normalise.features import Features
from ..normalise.names import PersonName
from ..normalise.record import PERSON, id_order
from ..rules.facts import Facts
from ..rules.obvious_differences import obviously_different
from ..rules.vetoes import DIFFERENT as OTHER_CUSTOMER
from ..rules.vetoes import LACKING, SEPARATE_RECORDS, WORTH_ASKING, Veto, vetoes
from ..score.frequencies import Frequencies
from ..score.model import Model, Sharing
from ..score.scoring import Part, Score, score_comparison
from .clustering import ScoredPair

LINK = "link"
CREATE = "create"
REVIEW = "review"

# A number that so many customers with unlike names carry identifies none of them.
_UNLIKE_CARRIERS = 3
# A contact that more records carry than this belongs to no single person.
_CARRIED_BY_MANY = 3


@dataclass(frozen=True, slots=True)
class Waterfall:
    """One candidate's score with its parts. ``verdict``: "link", "ask" or "different" for this pair alone. ``score``,
    ``link_threshold`` and ``review_threshold`` in hundredths of a bit.
    """

    candidate_id: int | str
    verdict: str
    score: int
    parts: tuple[Part, ...]
    vetoes: tuple[Veto, ...]
    link_threshold: int
    review_threshold: int
    model_version: str

    def to_json(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in _PLAIN}
        rules = [{"rule": veto.rule, "effect": veto.effect} for veto in self.vetoes]
        return {**values, "parts": [part._asdict() for part in self.parts], "vetoes": rules}


_PLAIN = ("candidate_id", "verdict", "score", "link_threshold", "review_threshold", "model_version")


@dataclass(frozen=True, slots=True)
class Decision:
    """``rule``: the code of what decided. ``agrees``: of a link, the fields that weigh most, the weightiest first.
    ``suggestions``: ids of the candidates that a person should look at, best first. ``waterfalls``: of all candidates,
    best first. Kind, rule and ``agrees`` are what a sentence about the decision is made of.
    """

    kind: str
    candidate_id: int | str | None
    rule: str
    agrees: tuple[str, ...] = ()
    suggestions: tuple[int | str, ...] = ()
    waterfalls: tuple[Waterfall, ...] = ()

    def to_json(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in ("kind", "candidate_id", "rule")}
        falls = [fall.to_json() for fall in self.waterfalls]
        return {**values, "agrees": list(self.agrees), "suggestions": list(self.suggestions), "waterfalls": falls}


@dataclass(frozen=True, slots=True)
class _Judged:
    features: Features
    score: Score
    vetoes: tuple[Veto, ...]
    verdict: str


def decide(
    incoming: Features,
    candidates: Iterable[Features],
    model: Model,
    frequencies: Frequencies,
    separate: Collection[int | str] = (),
) -> Decision:
    """Decide on one record. The order of ``candidates`` is irrelevant; its own parent among them is left out. Who is
    plainly another customer gets no waterfall.

    :param separate: ids of candidates that the record's own source keeps as separate records: likeness alone
        makes none of them the same customer
    """
    candidates = list(candidates)
    incoming = without_common_numbers(incoming, candidates)
    unique = {features.id: features for features in candidates if features.id != incoming.parent}
    ordered = [unique[key] for key in sorted(unique, key=id_order)]
    shared = shared_contacts(incoming, ordered, frequencies)
    close, vetoes = [], []
    for features in ordered:
        veto = obviously_different(incoming, features, model.sharing)
        if veto:
            vetoes.append(veto)
        else:
            close.append(features)
    judged = sorted(
        (
            _judge(incoming, features, model, frequencies, shared, separate=features.id in separate)
            for features in close
        ),
        key=_order,
    )
    waterfalls = tuple(_waterfall(entry, model) for entry in judged)
    possible = [entry for entry in judged if entry.verdict != OTHER_CUSTOMER]
    suggestions = tuple(entry.features.id for entry in possible)

    def decision(kind: str, rule: str, agrees: tuple[str, ...] = (), chosen: int | str | None = None) -> Decision:
        return Decision(kind, chosen, rule, agrees, suggestions, waterfalls)

    if not possible:
        return decision(CREATE, _why_new(judged, vetoes))
    linkable = [entry for entry in possible if entry.verdict == LINK]
    if not linkable:
        first = possible[0].vetoes
        if first:
            return decision(REVIEW, first[0].rule)
        return decision(REVIEW, "score")
    best = linkable[0]
    if possible[0] is not best:
        return decision(REVIEW, "rival")
    if any(not _are_one(best.features, entry.features, model, frequencies, shared) for entry in linkable[1:]):
        return decision(REVIEW, "tie")
    rule = "survivor" if len(linkable) > 1 else "evidence"
    return decision(LINK, rule, _agreeing(best), best.features.id)


def _order(entry: _Judged) -> tuple[Any, ...]:
    """Return the sort key: best score first; at equal scores the fuller record, then the lower id."""
    return -entry.score.total, -entry.features.filled, id_order(entry.features.id)


def judge_pair(left: Features, right: Features, model: Model, frequencies: Frequencies) -> ScoredPair:
    """Score a pair for the duplicate finder.

    Where next to nothing is shared, the score alone decides. Otherwise a pair that a rule marks as two customers is
    vetoed, and a pair that a rule leaves to a person joins no groups.
    """
    shared = shared_contacts(left, [right], frequencies)
    alone = model.sharing.is_independent(Sharing.RARE_ENOUGH_TO_PROPOSE)
    judged = _judge(left, right, model, frequencies, shared, alone)
    rules = judged.vetoes
    vetoed = bool(rules) and rules[0].effect == OTHER_CUSTOMER
    joins = not vetoed and all(veto.rule in LACKING for veto in rules)
    return ScoredPair(left.id, right.id, judged.score.total, vetoed, joins)


def _judge(
    incoming: Features,
    candidate: Features,
    model: Model,
    frequencies: Frequencies,
    shared: frozenset[str],
    alone: bool | None = None,
    separate: bool = False,
) -> _Judged:
    comparison = compare(incoming, candidate)
    score = score_comparison(comparison, model, frequencies)
    if alone is None:
        alone = score.total >= model.trusted and model.sharing.is_independent()
    facts = Facts(incoming, candidate, comparison, shared, model.sharing)
    found = (SEPARATE_RECORDS,) if separate and facts.only_alike else vetoes(facts, alone)
    if found and found[0].effect == OTHER_CUSTOMER:
        verdict = OTHER_CUSTOMER
    elif found or score.total < model.link:
        # A tax ID or national number in common is worth a review, however little else agrees.
        certain = facts.same_number or any(veto.rule in WORTH_ASKING for veto in found)
        verdict = "ask" if certain or score.total >= model.review else OTHER_CUSTOMER
    else:
        verdict = LINK
    return _Judged(candidate, score, found, verdict)


def without_common_numbers(incoming: Features, candidates: Iterable[Features]) -> Features:
    """Return a record without the tax IDs and numbers that many unlike customers carry: they identify no customer."""
    numbers = {number for number in (incoming.vat, *incoming.numbers) if number}
    common = {number for number in numbers if _carried_by_unlike(number, candidates)}
    if not common:
        return incoming
    rest = tuple(number for number in incoming.numbers if number not in common)
    return replace(incoming, vat="" if incoming.vat in common else incoming.vat, numbers=rest)


def _carried_by_unlike(number: str, candidates: Iterable[Features]) -> bool:
    """Return whether so many customers carry a number that no two of them are alike. The branches of a chain are."""
    carriers = [features for features in candidates if number in (features.vat, *features.numbers)]
    unlike: list[Features] = []
    for features in sorted(carriers, key=lambda carrier: id_order(carrier.id)):
        if all(are_unlike(features, other) for other in unlike):
            unlike.append(features)
    return len(unlike) >= _UNLIKE_CARRIERS


def are_unlike(left: Features, right: Features) -> bool:
    """Return whether nothing in the names of two customers is alike."""
    if left.kind == right.kind == PERSON:
        return name_levels(left.person, right.person)[:2] == (DIFFERENT, DIFFERENT)
    names = [f"{side.organisation.core or side.person.given} {side.person.family}".strip() for side in (left, right)]
    return organisation_level(names[0], names[1], left.place, right.place) == DIFFERENT


def shared_contacts(incoming: Features, candidates: list[Features], frequencies: Frequencies) -> frozenset[str]:
    """E-mail addresses and phone tails of ``incoming`` that several candidates of different first names carry, or many
    records. One candidate of another first name is no proof: it may be the same person.
    """
    incoming_values = {email.address for email in incoming.emails} | {phone.tail for phone in incoming.phones}
    if not incoming_values:
        return frozenset()
    found = {email.address for email in incoming.emails if frequencies.count("email", email.address) > _CARRIED_BY_MANY}
    found |= {phone.tail for phone in incoming.phones if frequencies.count("phone", phone.tail) > _CARRIED_BY_MANY}
    if incoming.kind != PERSON:
        return frozenset(found)
    holders: dict[str, set[PersonName]] = {}
    for candidate in candidates:
        if candidate.kind != PERSON:
            continue
        candidate_values = {email.address for email in candidate.emails} | {phone.tail for phone in candidate.phones}
        for value in incoming_values & candidate_values:
            holders.setdefault(value, set()).add(candidate.person)
    for value, names in holders.items():
        levels = [name_levels(incoming.person, name)[0] for name in names]
        agree = any(level in (EXACT, VARIANT) for level in levels)
        if (agree and not {DIFFERENT, CLOSE, SIMILAR}.isdisjoint(levels)) or _names_differ(names):
            found.add(value)
    return frozenset(found)


def _names_differ(names: set[PersonName]) -> bool:
    """Two of the first names are not one."""
    several = [name for name in names if name.given]
    unlike = (DIFFERENT, SIMILAR, CLOSE)
    return any(name_levels(left, right)[0] in unlike for left, right in combinations(several, 2))


def _are_one(left: Features, right: Features, model: Model, frequencies: Frequencies, shared: frozenset[str]) -> bool:
    """Two candidates that stand for one customer already: a duplicate in the base, and nothing tells them apart."""
    judged = _judge(left, right, model, frequencies, shared)
    levels = judged.score.comparison.levels
    if judged.verdict == OTHER_CUSTOMER or any(veto.rule not in LACKING for veto in judged.vetoes):
        return False
    facts = Facts(left, right, judged.score.comparison, shared, model.sharing)
    if left.kind == PERSON and facts.own_contacts_differ and not facts.personal:
        return False
    same_name = levels.get("name", levels.get("given")) in (EXACT, VARIANT, CLOSE)
    return judged.verdict == LINK or (same_name and levels.get("family", EXACT) in (EXACT, VARIANT, CLOSE))


def _waterfall(entry: _Judged, model: Model) -> Waterfall:
    return Waterfall(
        entry.features.id, entry.verdict, entry.score.total, entry.score.parts, entry.vetoes, model.link, model.review,
        model.version,
    )  # fmt: skip


def _why_new(judged: list[_Judged], vetoes: list[Veto]) -> str:
    """Return the rule that makes the nearest record another customer, else a code of how little was found."""
    if not judged and not vetoes:
        return "no_candidate"
    for veto in judged[0].vetoes if judged else vetoes:
        if veto.effect == OTHER_CUSTOMER:
            return veto.rule
    return "no_evidence"


def _agreeing(best: _Judged) -> tuple[str, ...]:
    strong = [part for part in best.score.parts if part.weight > 0 and part.level != "frequency"]
    strong.sort(key=lambda part: (-part.weight, part.field))
    return tuple(part.field for part in strong[:4])
