"""Weights without labels, what is shared in a base, rare values, groups."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from retail_sync.domain.identity.decide.clustering import ScoredPair, cluster
from retail_sync.domain.identity.decide.decision import decide
from retail_sync.domain.identity.learn.expectation_maximisation import estimate, measure_sharing, train
from retail_sync.domain.identity.score.default_model import DEFAULT_MODEL
from retail_sync.domain.identity.score.frequencies import CountedFrequencies, adjustment
from retail_sync.domain.identity.score.model import Sharing

from .given import HOME, decision, person

TRUE = {
    "a": {"yes": (0.9, 0.02), "no": (0.1, 0.98)},
    "b": {"yes": (0.7, 0.10), "no": (0.3, 0.90)},
    "c": {"yes": (0.95, 0.01), "no": (0.05, 0.99)},
    "d": {"yes": (0.6, 0.05), "no": (0.4, 0.95)},
}


def _patterns(rng, pairs, column):
    def level(field):
        return "yes" if rng.random() < TRUE[field]["yes"][column] else "no"

    return Counter(tuple(level(field) for field in TRUE) for _number in range(pairs))


def test_expectation_maximisation_recovers_known_chances_from_a_vague_prior():
    rng = random.Random(5)
    blocked = _patterns(rng, 3000, 0) + _patterns(rng, 20000, 1)
    vague = {field: {"yes": (0.8, 0.1), "no": (0.2, 0.9)} for field in TRUE}
    found, chance = estimate(blocked, _patterns(rng, 30000, 1), 23_000, vague, 0.01)
    for field, levels in TRUE.items():
        assert found[field]["yes"][0] == pytest.approx(levels["yes"][0], abs=0.04)
        assert found[field]["yes"][1] == pytest.approx(levels["yes"][1], abs=0.02)
    assert chance == pytest.approx(3000 / 23_000, rel=0.15)


def test_learning_is_deterministic_and_few_records_change_little():
    rows = [person(i, f"Anna{i}", f"Albers{i}", **HOME) for i in range(6)]
    first, second = train(rows, DEFAULT_MODEL), train(rows, DEFAULT_MODEL)
    assert first == second
    assert first.version != DEFAULT_MODEL.version
    for field, levels in first.weights["person"].items():
        for level, weight in levels.items():
            assert abs(weight - DEFAULT_MODEL.weights["person"][field][level]) < 250, (field, level)


def _singles(count):
    return [
        person(i, f"Vor{i}", f"Nach{i * 7}", street=f"Weg{i} {i}", zip=str(10000 + i), city="Ort") for i in range(count)
    ]


def test_sharing_is_measured_only_on_enough_records():
    assert measure_sharing(_singles(100)) == Sharing(None, None, None)
    assert measure_sharing(_singles(600)) == Sharing(0.0, 0.0, 0.0)


def test_households_and_namesakes_are_counted():
    base = _singles(600)
    base += [person(1000 + i, "Zoe", f"Nach{i * 7}", street=f"Weg{i} {i}", zip=str(10000 + i)) for i in range(60)]
    base += [person(2000 + i, f"Vor{i}", f"Nach{i * 7}", street=f"Weg{i} {i}", zip=str(10000 + i)) for i in range(30)]
    found = measure_sharing(base)
    assert found.address == pytest.approx(150 / 690)
    assert found.namesake == pytest.approx(60 / 690)
    assert not found.is_independent()


def test_name_and_address_link_only_where_the_base_shows_that_no_two_share_them():
    first, second = person(1, "Karl", "Albers", **HOME), person(9, "Karl", "Albers", **HOME)
    alone = replace(DEFAULT_MODEL, sharing=Sharing(0.0, 0.0, 0.0))
    assert decision(second, first).kind == "review"
    assert decision(second, first, model=alone).candidate_id == 1
    senior = person(9, "Karl", "Albers Sr.", **HOME)
    assert decision(senior, person(1, "Karl", "Albers Jr.", **HOME), model=alone).kind == "create"


def test_a_rare_name_counts_more_and_a_contact_of_many_less():
    counts = CountedFrequencies(
        [person(i, "Anna", "Albers" if i else "Zwicknagl", email="office.team@gmx.de") for i in range(400)]
    )
    rare, common = (adjustment(counts, "family", name, 0.02) for name in ("zwicknagl", "albers"))
    assert rare > 0 > common
    assert adjustment(counts, "email", "office.team@gmx.de", 0.00005) == -700
    assert adjustment(counts, "email", "anna@gmx.de", 0.00005) == 0


def test_in_a_large_base_a_name_alone_is_worth_no_review():
    class Large(CountedFrequencies):
        def total(self, field):
            return 1_000_000

        def count(self, field, value):
            return 3_000

    known = person(1, "Anna", "Albers", **HOME, mobile="+491701234567")
    moved = person("in", "Anna", "Albers", street="Kai 5", zip="20457", city="Hamburg", mobile="+491719999888")
    assert decide(moved, [known], DEFAULT_MODEL, CountedFrequencies()).kind == "review"
    assert decide(moved, [known], DEFAULT_MODEL, Large()).kind == "create"
    again = person("in", "Anna", "Albers", **HOME, mobile="+491701234567")
    assert decide(again, [known], DEFAULT_MODEL, Large()).kind == "link"


def test_an_e_mail_of_many_records_is_no_personal_key():
    values = {**HOME, "email": "sand.albers@gmx.de"}
    many = CountedFrequencies([person(i, f"Vor{i}", "Sand", **values) for i in range(20)])
    incoming, known = person("in", "Ulrke", "Albers", **values), person(1, "Ulrike", "Albers", **values)
    assert decide(incoming, [known], DEFAULT_MODEL, CountedFrequencies()).kind == "link"
    assert decide(incoming, [known], DEFAULT_MODEL, many).kind == "review"


def test_a_chain_of_pairs_is_not_closed_over_a_veto():
    pairs = [ScoredPair(1, 2, 900), ScoredPair(2, 3, 700), ScoredPair(1, 3, 100, vetoed=True), ScoredPair(4, 5, 50)]
    first, second = cluster(pairs, 0)
    assert (first.members, first.disputed) == ((1, 2), ((2, 3),))
    assert second.members == (4, 5)


def test_one_strong_pair_does_not_join_two_groups_that_otherwise_disagree():
    inside = [ScoredPair(1, 2, 1500), ScoredPair(3, 4, 1500)]
    between = [ScoredPair(2, 3, 300), ScoredPair(1, 3, -900), ScoredPair(1, 4, -900), ScoredPair(2, 4, -900)]
    assert [group.members for group in cluster(inside + between, 0)] == [(1, 2, 3, 4)]
    assert [group.members for group in cluster(inside + between, 0, average=-500)] == [(1, 2), (3, 4)]


def test_a_pair_that_a_person_must_judge_joins_no_groups_but_does_not_part_them():
    pairs = [ScoredPair(1, 2, 900, joins=False), ScoredPair(2, 3, 700)]
    assert [group.members for group in cluster(pairs, 0)] == [(2, 3)]
    assert [group.members for group in cluster([*pairs, ScoredPair(1, 3, 650)], 0)] == [(1, 2, 3)]


def test_second_records_by_birth_date_or_number_are_no_namesakes_of_a_house():
    base = _singles(600)
    base += [
        person(1000 + i, f"Vor{i}", "Anders", street=f"Weg{i} {i}", zip=str(10000 + i), national_id=f"77{i:04}81")
        for i in range(50)
    ]
    base += [
        person(2000 + i, f"Var{i}", "Anders", street=f"Weg{i} {i}", zip=str(10000 + i), national_id=f"77{i:04}81")
        for i in range(50)
    ]
    alone = [record for record in base if record.numbers] + _singles(600)[50:]
    assert measure_sharing(alone).address == 0.0
    assert measure_sharing(base).address > 0.1
