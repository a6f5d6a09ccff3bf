"""Learning from the retailer's own records, without labels: weights by expectation maximisation, and how values are
shared. Deterministic; the model given is the prior, so that few records change little.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..blocking.hashes import key_hash
from ..blocking.memory_index import BlockingIndex
from ..compare.agreement_levels import DIFFERENT, EXACT, MISSING, PART, VARIANT
from ..compare.field_levels import Comparison, compare, share_number
from ..compare.name_levels import name_levels
from ..normalise.features import Features
from ..normalise.record import PERSON, id_order
from ..rules.facts import Facts
from ..rules.vetoes import DIFFERENT as OTHER_CUSTOMER
from ..rules.vetoes import vetoes
from ..score.model import Model, Sharing

# Pairs that the prior's m and u weigh as much as.
_PRIOR_MATCHES, _PRIOR_OTHERS = 60.0, 2000.0
_RANDOM_PAIRS = 30_000
_ROUNDS = 25
_CONVERGED = 1e-4
# Fewer records that have the value tell nothing of how it is shared.
_LEAST_MEASURED = 500

Pattern = tuple[str, ...]
Pairs = Sequence[tuple[Features, Features]]


def train(
    records: Sequence[Features],
    prior: Model,
    pairs: Pairs | None = None,
    base: Sequence[Features] | None = None,
) -> Model:
    """A model for the retailer's ``records``. ``pairs``: candidate pairs, by blocking among ``records`` if not given.
    ``base``: those that tell how values are shared, all of them where not given: records still to be linked would
    pass for namesakes. Kinds with fewer than 2 records keep the prior.
    """
    sharing = measure_sharing(records if base is None else base)
    candidates = BlockingIndex(records).pairs() if pairs is None else pairs
    chosen = random_pairs(records)
    probabilities, chances = dict(prior.probabilities), dict(prior.prior)
    for kind, fields in prior.probabilities.items():
        count = sum(1 for features in records if features.kind == kind)
        if count < 2:
            continue
        households = sharing if sharing.address or sharing.phone else None
        blocked = _patterns(candidates, kind, tuple(fields), households)
        random = _patterns(chosen, kind, tuple(fields), None)
        probabilities[kind], chances[kind] = estimate(
            blocked, random, count * (count - 1) / 2, fields, prior.prior[kind]
        )
    version = f"{prior.version.partition('+')[0]}+trained-{len(records)}"
    return replace(prior, version=version, probabilities=probabilities, prior=chances, sharing=sharing)


def random_pairs(records: Sequence[Features], wanted: int = _RANDOM_PAIRS) -> list[tuple[Features, Features]]:
    """About ``wanted`` pairs of two records each, spread evenly over all. A hash of both ids chooses them: records that
    were imported one after the other are families and branches.
    """
    records = sorted(records, key=lambda record: (key_hash(str(record.id)), id_order(record.id)))
    count = len(records)
    pairs: list[tuple[Features, Features]] = []
    distance = 1
    while len(pairs) < wanted and distance < count:
        pairs += [(records[index], records[(index + distance) % count]) for index in range(count)]
        distance = distance * 2 + 1
    return pairs


def _patterns(pairs: Pairs, kind: str, fields: Pattern, sharing: Sharing | None) -> Counter[Pattern]:
    """How many pairs show each combination of levels. With ``sharing``, pairs that a veto makes two customers are out:
    the members of a household would pass for one customer who changes his first name.
    """
    found: Counter[Pattern] = Counter()
    for left, right in pairs:
        if left.kind != kind or right.kind != kind:
            continue
        comparison = compare(left, right)
        if sharing is not None and _is_vetoed(left, right, comparison, sharing):
            continue
        found[tuple(comparison.levels.get(field, MISSING) for field in fields)] += 1
    return found


def _is_vetoed(left: Features, right: Features, comparison: Comparison, sharing: Sharing) -> bool:
    found = vetoes(Facts(left, right, comparison, frozenset(), sharing))
    return bool(found) and found[0].effect == OTHER_CUSTOMER


def estimate(
    blocked: Mapping[Pattern, int],
    random: Mapping[Pattern, int],
    all_pairs: float,
    prior: Mapping[str, Mapping[str, tuple[float, float]]],
    chance: float,
) -> tuple[dict[str, dict[str, tuple[float, float]]], float]:
    """(probabilities by field and level, chance that a random pair matches) by expectation maximisation.

    ``blocked``, ``random``: counts of patterns, one level for each field of ``prior`` in its order. Blocked pairs tell
    m, random ones u; pairs that blocking leaves out are taken for two customers. ``all_pairs``: how many pairs there
    are in all.
    """
    fields = list(prior)
    current = {field: dict(levels) for field, levels in prior.items()}
    for _round in range(_ROUNDS):
        matches, found = _expected(blocked, fields, current, chance, True)
        others, _rest = _expected(random, fields, current, chance, False)
        updated = {field: _updated(prior[field], matches[field], others[field]) for field in fields}
        change = max(
            abs(updated[field][level][0] - current[field][level][0]) for field in fields for level in updated[field]
        )
        current = updated
        chance = min(0.5, max(found, 1.0) / all_pairs)
        if change < _CONVERGED:
            break
    return current, chance


def _expected(
    patterns: Mapping[Pattern, int],
    fields: list[str],
    current: Mapping[str, Mapping[str, Any]],
    chance: float,
    matching: bool,
) -> tuple[dict[str, dict[str, float]], float]:
    """Expected counts of levels among matches (or among others), and the expected number of them."""
    counts: dict[str, dict[str, float]] = {field: defaultdict(float) for field in fields}
    total = 0.0
    for pattern, number in sorted(patterns.items()):
        odds = chance / (1 - chance)
        for field, level in zip(fields, pattern, strict=True):
            if level in current[field]:
                m, u = current[field][level]
                odds *= m / u
        share = odds / (1 + odds) if matching else 1 / (1 + odds)
        total += share * number
        for field, level in zip(fields, pattern, strict=True):
            counts[field][level] += share * number
    return counts, total


def _updated(
    prior: Mapping[str, tuple[float, float]], matches: Mapping[str, float], others: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    """New (m, u) of one field: what was counted, and the prior as so many pairs more. Missing values don't count."""
    m_known = sum(matches.get(level, 0.0) for level in prior)
    u_known = sum(others.get(level, 0.0) for level in prior)
    return {
        level: (
            (matches.get(level, 0.0) + _PRIOR_MATCHES * m) / (m_known + _PRIOR_MATCHES),
            (others.get(level, 0.0) + _PRIOR_OTHERS * u) / (u_known + _PRIOR_OTHERS),
        )
        for level, (m, u) in prior.items()
    }


def measure_sharing(records: Iterable[Features]) -> Sharing:
    """Measure how often persons of the base share an address or a phone with another person, and with a namesake.

    Duplicates of one person count as namesakes where no birth date or number identifies them: a base full of
    duplicates proves nothing about father and son.
    """
    houses: dict[tuple[str, str], list[Features]] = defaultdict(list)
    lines: dict[str, list[Features]] = defaultdict(list)
    everybody = people = with_phone = 0
    for features in records:
        if features.kind != PERSON:
            continue
        everybody += 1
        if features.street.text and (features.zip or features.city):
            people += 1
            houses[features.street.text, features.zip or features.city].append(features)
        with_phone += bool(features.phones)
        for phone in features.phones:
            lines[phone.tail].append(features)
    shared, namesakes = _count_shared(houses.values())
    lines_shared, _same = _count_shared(lines.values())
    return Sharing(
        address=_rate(shared, people, everybody),
        phone=_rate(lines_shared, with_phone, everybody),
        namesake=_rate(namesakes, people, everybody),
    )


def _rate(sharing: int, having: int, everybody: int) -> float | None:
    """Return the share of those who have it; ``None`` for too few. A value that no record has is shared by none."""
    if having >= _LEAST_MEASURED or (not having and everybody >= _LEAST_MEASURED):
        return sharing / having if having else 0.0
    return None


def _count_shared(groups: Iterable[Sequence[Features]]) -> tuple[int, int]:
    """Return (records that share with another person, records that share with a namesake). Records that a personal key
    marks as one person are neither.
    """
    others = same = 0
    for group in groups:
        if len(group) < 2:
            continue
        for record in group:
            rest = [other for other in group if other is not record and not _has_key_of(record, other)]
            levels = {name_levels(record.person, other.person)[:2] for other in rest}
            agree = {given in (EXACT, VARIANT) and family not in (DIFFERENT, PART) for given, family in levels}
            same += True in agree
            others += False in agree
    return others, same


def _has_key_of(first: Features, second: Features) -> bool:
    """A birth date or number in common."""
    return bool(first.birthdate and first.birthdate == second.birthdate) or share_number(first, second)
