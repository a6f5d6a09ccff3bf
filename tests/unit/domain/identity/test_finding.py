"""Groups of duplicates: held together by pairs, never over two customers."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.identity.decide.clustering import ScoredPair
from retail_sync.domain.identity.decide.duplicate_groups import MOST, components, find_groups, pair_of, parts


def never(left, right):
    raise AssertionError(f"{left} and {right} were compared before")


def same(left, right):
    return ScoredPair(left, right, 500)


def different(left, right):
    return ScoredPair(left, right, 500, vetoed=True)


def members(groups):
    return [group.members for group in groups]


def test_a_pair_is_a_group():
    [group] = find_groups([ScoredPair(2, 1, 700)], (), never, 300)
    assert (group.members, group.score, group.disputed) == ((1, 2), 700, ())


def test_a_weak_pair_is_none():
    assert find_groups([ScoredPair(1, 2, 299)], (), never, 300) == []


def test_a_pair_that_a_person_marked_as_different_is_none():
    assert find_groups([ScoredPair(2, 1, 700)], {(1, 2)}, never, 300) == []


def test_non_matches_do_not_meet_through_a_third_record():
    pairs = [ScoredPair(1, 2, 900), ScoredPair(2, 3, 700)]
    assert members(find_groups(pairs, {(1, 3)}, same, 300)) == [(1, 2)]


def test_two_customers_do_not_meet_through_a_third_record_although_they_were_not_compared():
    pairs = [ScoredPair(1, 2, 900), ScoredPair(2, 3, 700)]
    [group] = find_groups(pairs, (), different, 300)
    assert group.members == (1, 2)
    assert group.disputed == ((2, 3),)


def test_the_score_of_a_group_is_that_of_its_weakest_link():
    pairs = [ScoredPair(1, 2, 900), ScoredPair(2, 3, 400), ScoredPair(1, 3, 700)]
    assert [group.score for group in find_groups(pairs, (), never, 300)] == [700]


def test_what_a_crowd_shares_makes_no_customer():
    pairs = [ScoredPair(1, number, 900) for number in range(2, MOST + 3)]
    assert find_groups(pairs, (), same, 300) == []


edges = st.builds(ScoredPair, st.integers(1, 7), st.integers(1, 7), st.integers(-300, 1200), st.booleans())
unlike = edges.filter(lambda pair: pair.left != pair.right)


@given(
    st.lists(unlike, max_size=14), st.sets(st.tuples(st.integers(1, 7), st.integers(1, 7)), max_size=6), st.randoms()
)
def test_no_group_holds_two_customers_whatever_the_order(pairs, hidden, random):
    pairs = list({pair_of(pair.left, pair.right): pair for pair in pairs}.values())
    hidden_pairs = {pair_of(*pair) for pair in hidden}
    secret = {pair for pair in combinations(range(1, 8), 2) if sum(pair) % 3 == 0}

    def judge(left, right):
        return ScoredPair(left, right, 400, vetoed=pair_of(left, right) in secret)

    groups = find_groups(pairs, hidden_pairs, judge, 300)
    vetoed = {pair_of(pair.left, pair.right) for pair in pairs if pair.vetoed} | hidden_pairs
    compared = {pair_of(pair.left, pair.right) for pair in pairs}
    for group in groups:
        for pair in combinations(group.members, 2):
            assert pair not in vetoed
            assert pair in compared or pair not in secret
        assert group.score >= 300
    assert len({left for group in groups for left in group.members}) == sum(len(group.members) for group in groups)
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert find_groups(shuffled, hidden_pairs, judge, 300) == groups


many = st.builds(ScoredPair, st.integers(1, 30), st.integers(1, 30), st.integers(200, 1200), joins=st.booleans())


@given(st.lists(many.filter(lambda pair: pair.left != pair.right), max_size=40), st.integers(1, 8), st.randoms())
def test_groups_of_parts_are_those_of_the_whole(pairs, size, random):
    pairs = list({pair_of(pair.left, pair.right): pair for pair in pairs}.values())
    whole = find_groups(pairs, (), same, 300, 350)
    random.shuffle(pairs)
    found = components((pair.left, pair.right) for pair in pairs if pair.joins)
    cut = parts(found, size)
    assert sorted(member for part in cut for member in part) == sorted(found)
    assert all(len(part) >= size for part in cut[:-1])
    separate = []
    for part in map(set, cut):
        separate += find_groups([pair for pair in pairs if {pair.left, pair.right} <= part], (), same, 300, 350)
    assert sorted(separate, key=lambda group: group.members) == whole


def test_a_long_chain_is_one_component():
    pairs = [(number, number + 1) for number in range(5000)]
    assert set(components(reversed(pairs)).values()) == {0}
