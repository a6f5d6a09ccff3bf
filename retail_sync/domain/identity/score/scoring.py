"""The score of a pair as a waterfall: prior, one part for each field, one for each frequency, and their running sum."""

from dataclasses import dataclass
from typing import NamedTuple

from ..compare.agreement_levels import DIFFERENT, MISSING
from ..compare.field_levels import Comparison
from ..normalise.record import PERSON
from .frequencies import Frequencies, adjustment
from .model import Model, hundredths

_new_part = tuple.__new__  # a third of the time of Part(...), and there are ten a candidate
# Agreement in swapped order is a little less than in the right one.
_SWAPPED = -100
# Of the records that arrive, how many are customers already, as a rule.
_KNOWN = 0.7


class Part(NamedTuple):
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


def score_comparison(comparison: Comparison, model: Model, frequencies: Frequencies) -> Score:
    kind, levels, values = comparison.kind, comparison.levels, comparison.values
    steps = [("prior", "", _prior(kind, model, frequencies))]
    averages = model.averages[kind]
    for field, weights in model.weights[kind].items():
        level = levels.get(field, MISSING)
        if level == MISSING:
            continue
        weight = weights.get(level, 0)
        steps.append((field, level, weight))
        value = values.get(field)
        if value:
            # A common contact may lose all its weight, but is never evidence against.
            rarity = max(adjustment(frequencies, field, value, averages[field]), -max(weight, 0))
            if rarity:
                steps.append((field, "frequency", rarity))
    moved = _moved(comparison, model)
    if moved:
        steps.append(("address", "moved", moved))
    if comparison.swapped:
        steps.append(("order", "swapped", _SWAPPED))
    total = 0
    parts = []
    for field, level, weight in steps:
        total += weight
        parts.append(_new_part(Part, (field, level, weight, total)))
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
