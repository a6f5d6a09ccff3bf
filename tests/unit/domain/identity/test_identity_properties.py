"""What holds whatever the records."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.identity.blocking.blocking_keys import blocking_keys
from retail_sync.domain.identity.compare.field_levels import compare
from retail_sync.domain.identity.decide.clustering import ScoredPair, cluster
from retail_sync.domain.identity.decide.decision import decide
from retail_sync.domain.identity.normalise.features import prepare
from retail_sync.domain.identity.normalise.record import read_record
from retail_sync.domain.identity.normalise.serialise import pack, unpack
from retail_sync.domain.identity.rules.facts import Facts
from retail_sync.domain.identity.rules.obvious_differences import obviously_different
from retail_sync.domain.identity.rules.vetoes import vetoes
from retail_sync.domain.identity.score.default_model import DEFAULT_MODEL
from retail_sync.domain.identity.score.frequencies import CountedFrequencies
from retail_sync.domain.identity.score.model import Model, Sharing
from retail_sync.domain.identity.score.scoring import score_comparison

values = {
    "kind": st.sampled_from(["person", "person", "company", ""]),
    "name": st.sampled_from(["", "Nordlicht GmbH", "Nordlicht AG", "Nordlicht Hamburg", "Ulrike Albers"]),
    "first_name": st.sampled_from(["", "Ulrike", "Ulrika", "U.", "Jonas", "Albers", "Uli", "Юлия"]),
    "last_name": st.sampled_from(["", "Albers", "Alberts", "Albers Jr.", "Sand", "Ulrike", "von Albers"]),
    "street": st.sampled_from(["", "Rosenweg 7", "Rosenweg 9", "Hafenstraße 112", "7 Rosenweg", "n/a"]),
    "zip": st.sampled_from(["", "60311", "60312", "20457"]),
    "city": st.sampled_from(["", "Frankfurt", "Hamburg", "Frankfrut"]),
    "phone": st.sampled_from(["", "+496912345678", "+494098765432", "0000000"]),
    "mobile": st.sampled_from(["", "+491701234567", "+496912345678"]),
    "email": st.sampled_from(["", "info@nordlicht.de", "ulrike@gmx.de", "ulrike@web.de", "x1@relay.example"]),
    "vat": st.sampled_from(["", "DE136695976", "DE129273398"]),
    "birthdate": st.sampled_from(["", "1970-05-06", "1970-06-05", "1999-01-09", "1900-01-01"]),
    "parent": st.sampled_from([None, 1, 2]),
}
mappings = st.fixed_dictionaries(values)
bases = st.lists(mappings, max_size=7).map(lambda rows: [prepare(read_record(i, row)) for i, row in enumerate(rows, 1)])
incomings = mappings.map(lambda row: prepare(read_record("in", row)))


@given(incomings, bases, st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(incoming, base, rng):
    counts = CountedFrequencies(base)
    shuffled = list(base)
    rng.shuffle(shuffled)
    assert decide(incoming, base, DEFAULT_MODEL, counts) == decide(incoming, shuffled, DEFAULT_MODEL, counts)


@given(incomings, bases)
def test_every_score_is_exactly_the_sum_of_the_parts_shown(incoming, base):
    for fall in decide(incoming, base, DEFAULT_MODEL, CountedFrequencies(base * 40)).waterfalls:
        assert fall.score == sum(part.weight for part in fall.parts)
        assert [part.total for part in fall.parts] == [
            sum(part.weight for part in fall.parts[: number + 1]) for number in range(len(fall.parts))
        ]


@given(incomings, bases)
def test_no_link_goes_over_a_veto_and_each_decision_says_why(incoming, base):
    found = decide(incoming, base, DEFAULT_MODEL, CountedFrequencies(base))
    assert found.rule
    assert bool(found.agrees) == (found.kind == "link")
    assert json.loads(json.dumps(found.to_json()))["kind"] == found.kind
    if found.kind == "link":
        [fall] = [fall for fall in found.waterfalls if fall.candidate_id == found.candidate_id]
        assert not fall.vetoes
        assert fall.score >= fall.link_threshold
    else:
        assert found.candidate_id is None
        assert bool(found.suggestions) == (found.kind == "review")


@given(mappings, mappings, st.sampled_from([None, 0.0, 0.2]))
def test_who_is_obviously_different_is_so_by_the_whole_comparison(left, right, rate):
    first, second = prepare(read_record(1, left)), prepare(read_record(2, right))
    sharing = Sharing(rate, rate, rate)
    plain = obviously_different(first, second, sharing)
    assert plain == obviously_different(second, first, sharing)
    if plain:
        facts = Facts(first, second, compare(first, second), frozenset(), sharing)
        assert plain in vetoes(facts, sharing.is_independent())


@given(mappings)
def test_packed_features_come_back_as_they_were(row):
    features = prepare(read_record(7, row))
    assert unpack(7, pack(features)) == features


@given(mappings, mappings)
def test_comparison_is_symmetric(left, right):
    first, second = prepare(read_record(1, left)), prepare(read_record(2, right))
    there, back = compare(first, second), compare(second, first)
    assert there.levels == back.levels
    assert there.swapped == back.swapped
    counts = CountedFrequencies([first, second] * 150)
    scores = [score_comparison(comparison, DEFAULT_MODEL, counts).total for comparison in (there, back)]
    assert scores[0] == scores[1]


@given(mappings)
def test_a_record_shares_all_keys_with_its_copy_and_agrees_with_it(row):
    first, second = prepare(read_record(1, row)), prepare(read_record(2, row))
    assert blocking_keys(first) == blocking_keys(second)
    assert len(set(blocking_keys(first))) == len(blocking_keys(first))
    assert "different" not in compare(first, second).levels.values()


@given(mappings)
def test_a_record_that_is_one_of_ours_is_never_silently_made_again(row):
    first, second = prepare(read_record(1, row)), prepare(read_record("in", {**row, "parent": None}))
    agree = [level for level in compare(first, second).levels.values() if level != "missing"]
    if len(agree) > 3:
        assert decide(second, [first], DEFAULT_MODEL, CountedFrequencies()).kind != "create"


pairs = st.lists(
    st.builds(ScoredPair, st.integers(1, 9), st.integers(1, 9), st.integers(-500, 2000), st.booleans()), max_size=30
)


@given(pairs, st.randoms(use_true_random=False), st.sampled_from([None, -500, 300]))
def test_groups_never_join_a_vetoed_pair_and_do_not_depend_on_order(found, rng, average):
    groups = cluster(found, 0, average)
    shuffled = list(found)
    rng.shuffle(shuffled)
    assert cluster(shuffled, 0, average) == groups
    group_of = {member: number for number, group in enumerate(groups) for member in group.members}
    assert len(group_of) == sum(len(group.members) for group in groups)
    for pair in found:
        if pair.vetoed and pair.left != pair.right:
            assert group_of.get(pair.left, pair.left * 100) != group_of.get(pair.right, pair.right * 100)


def test_a_model_survives_json_and_another_format_is_refused():
    data = json.loads(json.dumps(DEFAULT_MODEL.to_json()))
    again = Model.from_json(data)
    assert again.weights == DEFAULT_MODEL.weights
    assert again.to_json() == DEFAULT_MODEL.to_json()
    with pytest.raises(ValueError, match="format 99"):
        Model.from_json({**data, "format": 99})
