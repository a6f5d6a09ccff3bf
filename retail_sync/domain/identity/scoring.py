"""The score of a pair as a waterfall: prior, one part for each field, one for each frequency, and their running sum."""

from dataclasses import dataclass

from .features import Features
from .frequencies import Frequencies, adjustment
from .grades import DIFFERENT, EXACT, MISSING
from .levels import Comparison, compare
from .model import Model, hundredths
from .records import PERSON

# Agreement in swapped order is a little less than in the right one.
_SWAPPED = -100
# Of the records that arrive, how many are customers already, as a rule.
_KNOWN = 0.7
_AVERAGE_OF = {"locality": "both", "email": "exact"}


@dataclass(frozen=True, slots=True)
class Part:
    """One step: ``weight`` and ``total`` (running sum) in hundredths of a bit."""

    field: str
    level: str
    weight: int
    total: int


@dataclass(frozen=True, slots=True)
class Score:
    """``total`` is exactly the sum of the parts' weights, in hundredths of a bit."""

    total: int
    parts: tuple[Part, ...]
    comparison: Comparison


def score_pair(one: Features, other: Features, model: Model, frequencies: Frequencies) -> Score:
    """The score of two records, with its parts. Symmetric."""
    return score_comparison(compare(one, other), model, frequencies)


def score_comparison(comparison: Comparison, model: Model, frequencies: Frequencies) -> Score:
    kind = comparison.kind
    total = _prior(kind, model, frequencies)
    parts = [Part("prior", "", total, total)]
    chances = model.probabilities[kind]
    for field, weights in model.weights[kind].items():
        level = comparison.levels.get(field, MISSING)
        if level == MISSING:
            continue
        weight = weights.get(level, 0)
        total += weight
        parts.append(Part(field, level, weight, total))
        value = comparison.values.get(field)
        if value:
            average = chances[field].get(_AVERAGE_OF.get(field, EXACT), (0, 0))[1]
            rarity = adjustment(frequencies, field, value, average)
            if rarity:
                # A common contact may lose all its weight, but is never evidence against.
                rarity = max(rarity, -max(weight, 0))
                total += rarity
                parts.append(Part(field, "frequency", rarity, total))
    moved = _moved(comparison, model)
    if moved:
        total += moved
        parts.append(Part("address", "moved", moved, total))
    if comparison.swapped:
        total += _SWAPPED
        parts.append(Part("order", "swapped", _SWAPPED, total))
    return Score(total, tuple(parts), comparison)


def _prior(kind: str, model: Model, frequencies: Frequencies) -> int:
    """The model's prior, less in a base so large that a random record of it is the right one more rarely still: among
    a million customers a name has many namesakes.
    """
    records = frequencies.total("family" if kind == PERSON else "name")
    prior = model.prior_weights[kind]
    return min(prior, hundredths(_KNOWN / records)) if records else prior


def _moved(comparison: Comparison, model: Model) -> int:
    """Who moves changes street and town at once: the two count against the pair only once."""
    levels, weights = comparison.levels, model.weights[comparison.kind]
    if levels.get("street") != DIFFERENT or levels.get("locality") != DIFFERENT:
        return 0
    return max(0, -max(weights["street"].get(DIFFERENT, 0), weights["locality"].get(DIFFERENT, 0)))
