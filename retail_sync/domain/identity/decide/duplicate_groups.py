"""The bulk finder's decisions: which records to compare, and which groups their pairs make."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import combinations

from ..normalise.record import id_order
from .clustering import Id, ScoredPair, cluster

# Others that a record is compared with. Who has ten nearer ones is found from their side.
COMPARED = 10
# A group of more records is no customer: it stands for something that many records share.
MOST = 50

Pair = tuple[Id, Id]


@dataclass(frozen=True, slots=True)
class Group:
    """``members``: ids, in order. ``score``: of the weakest pair that holds it together, in hundredths of a bit.
    ``disputed``: pairs that would have made it larger, and are two customers.
    """

    members: tuple[Id, ...]
    score: int
    disputed: tuple[Pair, ...] = ()


def pair_of(left: Id, right: Id) -> Pair:
    """The two in order."""
    return (left, right) if id_order(left) <= id_order(right) else (right, left)


def components(pairs: Iterable[Pair]) -> dict[Id, Id]:
    """Return {record: first record of its component}: records that a chain of joining pairs connects.

    No group reaches beyond its component, so components can be grouped apart from each other.
    """
    above: dict[Id, Id] = {}

    def first(record: Id) -> Id:
        while above.setdefault(record, record) != record:
            above[record] = record = above[above[record]]
        return record

    for pair in pairs:
        left, right = sorted(map(first, pair), key=id_order)
        above[right] = left
    return {record: first(record) for record in above}


def parts(found: dict[Id, Id], size: int) -> list[list[Id]]:
    """Cut components into parts of about ``size`` records, none of which is torn; records in order."""
    members: dict[Id, list[Id]] = {}
    for record in sorted(found, key=id_order):
        members.setdefault(found[record], []).append(record)
    cut: list[list[Id]] = []
    for component in members.values():
        if not cut or len(cut[-1]) >= size:
            cut.append([])
        cut[-1] += component
    return cut


def find_groups(
    pairs: Iterable[ScoredPair],
    non_matches: Collection[Pair],
    judge: Callable[[Id, Id], ScoredPair],
    threshold: int,
    average: int | None = None,
) -> list[Group]:
    """Return groups of records of one customer, ordered by their first member.

    Not every pair of a group was compared before: those that were not are judged here, and a group that holds two
    customers after all is taken apart.

    :param non_matches: pairs, in order, of which a person said that they are two
    :param judge: scores a pair; asked for pairs within groups only
    :param threshold: score from which a pair joins, ``average`` the mean that two groups need to become one
    """
    known = {pair_of(pair.left, pair.right): _without_non_match(pair, non_matches) for pair in pairs}
    found: list[Group] = []
    waiting = [list(known.values())]
    while waiting:
        scored = waiting.pop()
        for made in cluster(scored, threshold, average):
            if len(made.members) > MOST:
                continue
            inside = {pair: known[pair] for pair in combinations(made.members, 2) if pair in known}
            unknown = [pair for pair in combinations(made.members, 2) if pair not in known]
            for pair in unknown:
                inside[pair] = known[pair] = _without_non_match(judge(*pair), non_matches)
            if any(inside[pair].vetoed for pair in unknown):
                waiting.append(list(inside.values()))
            else:
                found.append(Group(made.members, _weakest(made.members, inside, threshold), made.disputed))
    return sorted(found, key=lambda group: id_order(group.members[0]))


def _without_non_match(pair: ScoredPair, non_matches: Collection[Pair]) -> ScoredPair:
    if not pair.vetoed and pair_of(pair.left, pair.right) in non_matches:
        return ScoredPair(pair.left, pair.right, pair.score, True, False)
    return pair


def _weakest(members: tuple[Id, ...], inside: dict[Pair, ScoredPair], threshold: int) -> int:
    """The weakest of the pairs by which the group hangs together, the strongest ones taken first."""
    group = {member: member for member in members}
    weakest, open_joins = 0, len(members) - 1
    for pair in sorted(inside.values(), key=lambda link: -link.score):
        left, right = group[pair.left], group[pair.right]
        if left != right and pair.joins and not pair.vetoed and pair.score >= threshold:
            group = {member: left if held == right else held for member, held in group.items()}
            weakest, open_joins = pair.score, open_joins - 1
            if not open_joins:
                break
    return weakest
