import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.canonical.entity_spec import FieldSpec
from retail_sync.domain.merge.survivorship import (
    ASK,
    MOST_COMPLETE,
    NEWEST,
    OWNER,
    PERSON,
    RESTRICTIVE,
    RULES,
    Contender,
    Reason,
    Rule,
    preview,
)

NAME = "name"


def merged_field(values, rule="survivor", owner="", choice=None, edited=None, systems=None, kind=""):
    """Preview a single field; values by record id, the survivor is record 2."""
    found = preview(
        [
            Contender(
                record_id,
                {NAME: value},
                (edited or {}).get(record_id),
                systems=frozenset((systems or {}).get(record_id, ())),
            )
            for record_id, value in values.items()
        ],
        2,
        {NAME: Rule(rule, owner)},
        {NAME: choice} if choice else None,
        {NAME: FieldSpec(NAME, kind)} if kind else None,
    )
    return found[NAME]


def test_the_survivors_own_value_stays():
    assert (merged_field({1: "Old", 2: "Own"}).value, merged_field({1: "Old", 2: "Own"}).source) == ("Own", 2)


@pytest.mark.parametrize("empty", [None, "", "  ", False])
@pytest.mark.parametrize("rule", RULES)
def test_an_empty_value_beats_no_other(rule, empty):
    found = merged_field({1: "Rossi", 2: empty}, rule, edited={1: 1, 2: 9})
    assert (found.value, found.source, found.differs) == ("Rossi", 1, False)


def test_the_fuller_value_survives():
    assert merged_field({1: "Via Roma 12, interno 3", 2: "Via Roma"}, MOST_COMPLETE).source == 1
    assert merged_field({1: "abcd", 2: "dcba"}, MOST_COMPLETE).source == 2


def test_the_latest_edit_survives():
    assert merged_field({1: "a", 2: "b"}, NEWEST, edited={1: 9, 2: 1}).source == 1
    assert merged_field({1: "a", 2: "b"}, NEWEST, edited={1: 9, 2: 9}).source == 2
    assert merged_field({1: "a", 2: "b"}, NEWEST).source == 2
    assert merged_field({1: "a", 2: "b"}, NEWEST, edited={1: 5}).source == 1


def test_a_value_that_its_rule_leaves_open_has_a_second_reason():
    assert merged_field({1: "a", 2: "b"}).reasons == (Reason.survivor_stays,)
    assert merged_field({1: "a", 2: "b"}, NEWEST).reasons == (Reason.none_later, Reason.survivor_stays)
    assert merged_field({1: "a", 2: "", 3: "b"}, NEWEST).reasons == (Reason.none_later, Reason.oldest)
    assert merged_field({1: "a", 2: "b"}, NEWEST, edited={1: 9, 2: 1}).reasons == (Reason.latest,)


def test_the_edit_of_the_field_counts_more_than_that_of_the_record():
    records = [Contender(1, {NAME: "a"}, 9, {NAME: 1}), Contender(2, {NAME: "b"}, 5)]
    assert preview(records, 1, {NAME: Rule(NEWEST)})[NAME].source == 2


def test_the_owners_value_survives():
    assert merged_field({1: "a", 2: "b"}, OWNER, "7", systems={1: "7"}).source == 1
    assert merged_field({1: "a", 2: "b"}, OWNER, "7", systems={1: "8"}).source == 2
    assert merged_field({1: "a", 2: "b", 3: "c"}, OWNER, "7", systems={1: "7", 3: "7"}, edited={1: 1, 3: 2}).source == 3


def test_an_opt_out_is_never_lost():
    assert merged_field({1: True, 2: False}, RESTRICTIVE, kind="bool").value is True
    assert merged_field({1: True, 2: False}).value is True


def test_a_review_says_so_and_keeps_the_survivors_value():
    found = merged_field({1: "a", 2: "b"}, ASK)
    assert (found.asks, found.source) == (True, 2)
    assert not merged_field({1: "a", 2: "a"}, ASK).asks


def test_a_person_may_choose_even_nothing():
    found = merged_field({1: "", 2: "b"}, choice=1)
    assert (found.value, found.rule) == ("", PERSON)


def test_two_spellings_of_one_value_do_not_differ():
    assert not merged_field({1: "+39 011 1234", 2: "+390111234"}, kind="phone").differs
    assert merged_field({1: "a", 2: "b"}).differs


def test_strangers_are_refused():
    with pytest.raises(ValueError, match="survivor 3"):
        preview([Contender(1, {})], 3)
    with pytest.raises(ValueError, match="none of those"):
        merged_field({1: "a", 2: "b"}, choice=9)
    with pytest.raises(ValueError, match="Unknown rule"):
        Rule("whim")


VALUES = st.one_of(st.none(), st.booleans(), st.text("aB é.", max_size=8), st.integers(0, 3))
RECORDS = st.dictionaries(
    st.integers(1, 6),
    st.tuples(
        st.dictionaries(st.sampled_from(["name", "email", "vat"]), VALUES),
        st.none() | st.integers(0, 3),
        st.frozensets(st.sampled_from("78")),
    ),
    min_size=1,
)
ALL_RULES = st.dictionaries(
    st.sampled_from(["name", "email", "vat"]), st.builds(Rule, st.sampled_from(RULES), st.sampled_from("78"))
)


@given(RECORDS, ALL_RULES, st.randoms(), st.data())
def test_every_outcome_is_a_customer_s_value_and_no_order_matters(records, rules, random, data):
    survivor = data.draw(st.sampled_from(sorted(records)))
    choices = data.draw(st.dictionaries(st.sampled_from(["name", "email"]), st.sampled_from(sorted(records))))
    contenders = [
        Contender(record_id, values, edited, systems=systems)
        for record_id, (values, edited, systems) in records.items()
    ]
    found = preview(contenders, survivor, rules, choices)
    random.shuffle(contenders)
    assert preview(contenders, survivor, rules, choices) == found
    for name, outcome in found.items():
        held = {record_id: values.get(name) for record_id, (values, _edited, _systems) in records.items()}
        assert dict(outcome.options) == held
        if name in choices:
            assert outcome.source == choices[name]
        if outcome.source is None:
            assert outcome.value is None
            assert not any(str(value).strip() for value in held.values() if value not in (None, False))
        else:
            assert outcome.value == held[outcome.source]
            assert outcome.reasons
    json.dumps([outcome.as_json() for outcome in found.values()])


@given(RECORDS, ALL_RULES, st.data())
def test_what_a_merge_gave_is_what_a_second_merge_of_it_gives(records, rules, data):
    """The survivor with the outcome, merged with the same others again, says the same."""
    survivor = data.draw(st.sampled_from(sorted(records)))
    rules = {name: rule for name, rule in rules.items() if rule.kind in ("survivor", "restrictive", "ask")}
    contenders = [Contender(record_id, values) for record_id, (values, _e, _s) in records.items()]
    found = preview(contenders, survivor, rules)
    again = [
        Contender(item.id, {name: outcome.value for name, outcome in found.items()}) if item.id == survivor else item
        for item in contenders
    ]
    assert {name: item.value for name, item in preview(again, survivor, rules).items()} == {
        name: item.value for name, item in found.items()
    }
