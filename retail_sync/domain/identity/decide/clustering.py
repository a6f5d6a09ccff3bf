"""The bulk finder's last step: scored pairs to groups of records of one customer.

Closing groups by transitivity joins what nothing joins: one wrong pair makes two groups one. Here the strongest pairs
go first, two groups become one only where no pair between them is vetoed, and where enough of their pairs agree.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..normalise.record import id_order

Id = int | str


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """``score`` in hundredths of a bit. ``vetoed``: the two are different customers, whatever the score. ``joins``: it
    may make two groups one; else it only counts in the mean between them.
    """

    left: Id
    right: Id
    score: int
    vetoed: bool = False
    joins: bool = True


@dataclass(frozen=True, slots=True)
class Cluster:
    """Ids of one customer's records, in order. ``disputed``: pairs that would have joined it to another group, kept
    apart by a veto between the two: for a person to look at.
    """

    members: tuple[Id, ...]
    disputed: tuple[tuple[Id, Id], ...] = ()


def cluster(pairs: Iterable[ScoredPair], threshold: int, average: int | None = None) -> list[Cluster]:
    """Groups of two or more records, ordered by their first member. The order of ``pairs`` is irrelevant.

    ``threshold``: a pair's score from which it joins two groups. ``average``: the mean score that all scored pairs
    between two groups must reach; none by default. No group ever has a vetoed pair inside.
    """
    scores: dict[tuple[int | str, int | str], ScoredPair] = {}
    for pair in pairs:
        left, right = sorted((pair.left, pair.right), key=id_order)
        if id_order(left) != id_order(right):
            known = scores.get((left, right))
            vetoed = pair.vetoed or bool(known and known.vetoed)
            score = max(pair.score, known.score) if known else pair.score
            joins = pair.joins and (known is None or known.joins)
            scores[left, right] = ScoredPair(left, right, score, vetoed, joins)
    ordered = sorted(scores.values(), key=lambda pair: (-pair.score, id_order(pair.left), id_order(pair.right)))
    groups = _Groups(ordered)
    disputed: list[ScoredPair] = []
    for pair in ordered:
        if pair.vetoed or not pair.joins or pair.score < threshold or groups.are_one(pair.left, pair.right):
            continue
        verdict = groups.may_join(pair.left, pair.right, average)
        if verdict == "join":
            groups.join(pair.left, pair.right)
        elif verdict == "veto":
            disputed.append(pair)
    return groups.clusters(disputed)


class _Groups:
    """Groups under way, and between any two of them: sum of scores, number of scored pairs, vetoed pairs."""

    def __init__(self, pairs: Sequence[ScoredPair]):
        self._members: dict[Id, list[Id]] = {}
        self._group: dict[Id, Id] = {}
        self._between: dict[Id, dict[Id, list[int]]] = {}
        for pair in pairs:
            for record in (pair.left, pair.right):
                self._members.setdefault(record, [record])
                self._group.setdefault(record, record)
                self._between.setdefault(record, {})
            for left, right in ((pair.left, pair.right), (pair.right, pair.left)):
                self._between[left][right] = [pair.score, 1, int(pair.vetoed)]

    def are_one(self, first: Id, second: Id) -> bool:
        return self._group[first] == self._group[second]

    def may_join(self, first: Id, second: Id, average: int | None) -> str:
        total, count, vetoed = self._between[self._group[first]][self._group[second]]
        if vetoed:
            return "veto"
        return "join" if average is None or total >= average * count else "weak"

    def join(self, first: Id, second: Id) -> None:
        kept, gone = self._group[first], self._group[second]
        if len(self._members[kept]) < len(self._members[gone]):
            kept, gone = gone, kept
        for record in self._members.pop(gone):
            self._members[kept].append(record)
            self._group[record] = kept
        kept_pairs = self._between[kept]
        for neighbour, sums in self._between.pop(gone).items():
            links = self._between[neighbour]
            links.pop(gone)
            if neighbour == kept:
                continue
            merged = [left + right for left, right in zip(kept_pairs.get(neighbour, (0, 0, 0)), sums, strict=True)]
            kept_pairs[neighbour] = links[kept] = merged

    def clusters(self, disputed: Sequence[ScoredPair]) -> list[Cluster]:
        by_group: dict[Id, list[tuple[Id, Id]]] = {}
        for pair in disputed:
            for group in {self._group[pair.left], self._group[pair.right]}:
                by_group.setdefault(group, []).append((pair.left, pair.right))
        found = [
            Cluster(tuple(sorted(members, key=id_order)), tuple(by_group.get(group, ())))
            for group, members in self._members.items()
            if len(members) > 1
        ]
        return sorted(found, key=lambda entry: id_order(entry.members[0]))
