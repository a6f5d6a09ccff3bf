"""Weights from a retailer's own customers: what to compare, and how far learning may go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..blocking.memory_index import BlockingIndex
from ..normalise.features import Features
from ..normalise.record import id_order
from ..score.model import Model
from .expectation_maximisation import measure_sharing, train

# Fewer customers tell less than the shipped weights do.
LEAST = 500
# Others that a record is compared with: those with most in common.
_NEAREST = 10


@dataclass(frozen=True, slots=True)
class Learnt:
    """``pairs``: how many were compared; ``alike``: about how many of them are one customer by the new weights."""

    model: Model
    people: int
    companies: int
    pairs: int
    alike: int


def learn(
    base: Sequence[Features], prior: Model, near: Sequence[Features] = (), callers: Sequence[Features] | None = ()
) -> Learnt:
    """Weights for the customers of ``base``, by expectation maximisation from ``prior``; no labels.

    Where ``base`` is a sample: ``near`` are customers outside of it who may be duplicates of its customers, ``callers``
    those outside with a phone number of a customer in it; ``None`` if not all of these are available: how phones are
    shared is then unknown, and unknown is strict.
    """
    records = list({row.id: row for row in (*base, *near)}.values())
    pairs = nearest_pairs(records)
    model = train(records, prior, pairs, base)
    phone = None if callers is None else measure_sharing([*base, *callers]).phone
    model = replace(model, sharing=replace(model.sharing, phone=phone))
    counts = {kind: sum(1 for row in records if row.kind == kind) for kind in model.prior}
    alike = sum(model.prior[kind] * count * (count - 1) / 2 for kind, count in counts.items() if count > 1)
    return Learnt(
        never_bolder(model, prior), counts.get("person", 0), counts.get("company", 0), len(pairs), round(alike)
    )


def never_bolder(model: Model, than: Model) -> Model:
    """The model with thresholds at least as high as another's: weights may be learnt, caution is people's choice."""
    names = ("link", "review", "match", "group", "trusted")
    return replace(model, **{name: max(getattr(model, name), getattr(than, name)) for name in names})


def nearest_pairs(records: Sequence[Features]) -> list[tuple[Features, Features]]:
    """Each record with those it has most in common with, each two once, in a fixed order."""
    index = BlockingIndex(records)
    found: dict[tuple[Any, Any], tuple[Features, Features]] = {}
    for record in records:
        for other in index.candidates(record, _NEAREST):
            left, right = sorted((record, other), key=lambda row: id_order(row.id))
            found[id_order(left.id), id_order(right.id)] = (left, right)
    return [found[key] for key in sorted(found)]
