"""Runs the engine over a labelled set and counts: decisions one by one, scored pairs, closed groups."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from retail_sync.domain.identity.blocking.memory_index import BlockingIndex
from retail_sync.domain.identity.decide.clustering import Cluster, ScoredPair, cluster
from retail_sync.domain.identity.decide.decision import CREATE, LINK, REVIEW, Decision, decide, judge_pair
from retail_sync.domain.identity.learn.expectation_maximisation import measure_sharing, train
from retail_sync.domain.identity.normalise.features import Features, prepare
from retail_sync.domain.identity.score.default_model import DEFAULT_MODEL
from retail_sync.domain.identity.score.frequencies import CountedFrequencies
from retail_sync.domain.identity.score.model import Model

from .labelled import LabelledSet


@dataclass
class Arrivals:
    """Decisions of all arriving records by id, and the seconds of each with its look-up."""

    decisions: dict[str, Decision]
    seconds: list[float]


def share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def shipped_model(data: LabelledSet) -> Model:
    """The weights as shipped, and what the base shows about shared values."""
    return replace(DEFAULT_MODEL, sharing=measure_sharing(data.base))


def trained_model(data: LabelledSet) -> Model:
    """Weights learnt without labels from the set's own records; across the files where there are two."""
    if not data.arriving:
        return train(data.base, DEFAULT_MODEL)
    index = BlockingIndex(data.base)
    pairs = [(record, other) for record in data.arriving for other in index.candidates(record)]
    return train([*data.base, *data.arriving], DEFAULT_MODEL, pairs, data.base)


def decide_arrivals(data: LabelledSet, model: Model) -> Arrivals:
    """Each arriving record alone against the base."""
    index, frequencies = BlockingIndex(data.base), CountedFrequencies(data.base)
    found = Arrivals({}, [])
    for record in data.arriving:
        started = time.perf_counter()
        found.decisions[record.id] = decide(record, index.candidates(record), model, frequencies)
        found.seconds.append(time.perf_counter() - started)
    return found


def time_prepare(data: LabelledSet) -> float:
    """Seconds to prepare one record, values met before; the mean over the set."""
    started = time.perf_counter()
    for record in data.sources:
        prepare(record)
    return (time.perf_counter() - started) / max(1, len(data.sources))


def time_decisions(
    data: LabelledSet, model: Model, candidates: int = 15, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Seconds of each whole decision: the record prepared, compared with 15 candidates (others of the base where its
    keys find fewer), decided.

    :param clock: ``time.thread_time`` leaves out what other programs of a busy machine take in between
    """
    index, frequencies = BlockingIndex(data.base), CountedFrequencies(data.base)
    found = []
    for number, record in enumerate(data.sources[:1000]):
        near = index.candidates(prepare(record), candidates)
        filled = [*near, *data.base[number : number + candidates - len(near)]]
        started = clock()
        decide(prepare(record), filled, model, frequencies)
        found.append(clock() - started)
    return found


def count_arrivals(data: LabelledSet, arrivals: Arrivals) -> dict[str, float]:
    """Automatic precision and recall, recall with review, review share, and what became of new ordinary records."""
    partners: dict[str, set[str]] = {}
    for record in data.base:
        partners.setdefault(data.entity.get(record.id, ""), set()).add(record.id)
    counts: Counter[str] = Counter()
    for record_id, decision in arrivals.decisions.items():
        right = partners.get(data.entity[record_id], set())
        counts["known"] += bool(right)
        counts[decision.kind] += 1
        counts["right links"] += decision.kind == LINK and decision.candidate_id in right
        counts["right asked"] += decision.kind == REVIEW and not right.isdisjoint(decision.suggestions[:3])
        if not right and data.trap.get(record_id, "new") in ("", "new"):
            counts["new"] += 1
            counts["new linked"] += decision.kind == LINK
            counts["new created"] += decision.kind == CREATE
        if right and decision.waterfalls:
            counts["top"] += decision.waterfalls[0].candidate_id in right
    return {
        "auto_precision": share(counts["right links"], counts[LINK]),
        "auto_recall": share(counts["right links"], counts["known"]),
        "recall_with_review": share(counts["right links"] + counts["right asked"], counts["known"]),
        "review_share": share(counts[REVIEW], len(arrivals.decisions)),
        "new_linked": counts["new linked"],
        "new_created": share(counts["new created"], counts["new"]),
        "top1": share(counts["top"], counts["known"]),
        "wrong_links": counts[LINK] - counts["right links"],
    }


def score_pairs(data: LabelledSet, model: Model) -> list[ScoredPair]:
    """Every pair that blocking finds, scored and judged; across the files where there are two."""
    if not data.arriving:
        frequencies = CountedFrequencies(data.base)
        pairs: Iterable[tuple[Features, Features]] = BlockingIndex(data.base).pairs()
    else:
        index, frequencies = BlockingIndex(data.base), CountedFrequencies(data.base)
        pairs = ((other, record) for record in data.arriving for other in index.candidates(record))
    return [judge_pair(left, right, model, frequencies) for left, right in pairs]


def one_to_one(pairs: Iterable[ScoredPair], threshold: int) -> set[tuple[str, str]]:
    """Each record in one pair at most, the strongest first; ids as they came."""
    taken: set[str] = set()
    chosen = set()
    for pair in sorted(pairs, key=lambda pair: (-pair.score, pair.left, pair.right)):
        if pair.score >= threshold and not pair.vetoed and not taken & {"1" + pair.left, "2" + pair.right}:
            taken |= {"1" + pair.left, "2" + pair.right}
            chosen.add((min(pair.left, pair.right), max(pair.left, pair.right)))
    return chosen


def closed(clusters: Iterable[Cluster]) -> set[tuple[str, str]]:
    """All pairs within the groups."""
    return {
        (min(left, right), max(left, right))
        for group in clusters
        for index, left in enumerate(group.members)
        for right in group.members[:index]
    }


def precision_recall(found: set[tuple[str, str]], truth: set[tuple[str, str]]) -> tuple[float, float, float]:
    """(precision, recall, F1)."""
    right = len(found & truth)
    precision, recall = share(right, len(found)), share(right, len(truth))
    return precision, recall, share(2 * precision * recall, precision + recall)


def recall_at_precision(pairs: Iterable[ScoredPair], truth: set[tuple[str, str]], precision: float) -> float:
    """The largest recall of a threshold on the score whose pairs are right so often."""
    ordered = sorted((pair for pair in pairs if not pair.vetoed), key=lambda pair: -pair.score)
    best = right = 0
    for number, pair in enumerate(ordered, 1):
        right += (min(pair.left, pair.right), max(pair.left, pair.right)) in truth
        last = number == len(ordered) or ordered[number].score != pair.score
        if last and right >= precision * number:
            best = right
    return share(best, len(truth))


def groups_of(pairs: Iterable[ScoredPair], model: Model) -> list[Cluster]:
    return cluster(pairs, model.match, model.group)


def percentile(values: list[float], part: float) -> float:
    """The value that ``part`` (0..1) of ``values`` do not exceed; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
