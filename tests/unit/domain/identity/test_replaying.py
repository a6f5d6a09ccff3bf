"""Past decisions under other weights."""

import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retail_sync.domain.identity.decide.decision import decide
from retail_sync.domain.identity.learn.replay import Answer, Outcome, judge, rates, replay, rescore
from retail_sync.domain.identity.score.default_model import DEFAULT_MODEL
from retail_sync.domain.identity.score.frequencies import CountedFrequencies
from retail_sync.domain.identity.score.model import Model, Sharing

from .given import ELSEWHERE, HOME, NO_COUNTS, company, person
from .test_identity_properties import bases, incomings

VAT = "DE136695976"


def logged(decision):
    """(decision, rule, candidates) as they are kept, after a round through JSON."""
    falls = [{"id": fall.candidate_id, "evidence": fall.to_json()} for fall in decision.waterfalls]
    return decision.kind, decision.rule, json.loads(json.dumps(falls))


def other_weights(factor, sharing=None, **thresholds):
    """The shipped weights with other chances of agreement: u times ``factor``."""
    probabilities = {
        kind: {
            name: {level: (m, min(1.0, u * factor)) for level, (m, u) in levels.items()}
            for name, levels in fields.items()
        }
        for kind, fields in DEFAULT_MODEL.probabilities.items()
    }
    return replace(
        DEFAULT_MODEL, version="other", probabilities=probabilities, sharing=sharing or Sharing(), **thresholds
    )


models = st.builds(
    other_weights,
    st.sampled_from([0.1, 0.5, 1.0, 3.0]),
    st.sampled_from([Sharing(), Sharing(0.0, 0.0, 0.0), Sharing(0.2, 0.1, 0.1)]),
    link=st.sampled_from([0, 300, 900]),
    review=st.sampled_from([-900, -600, 0]),
)


@given(incomings, bases, models)
def test_the_same_weights_decide_the_same(incoming, base, model):
    found = decide(incoming, base, model, CountedFrequencies(base * 40))
    kind, rule, evidence = logged(found)
    outcome = replay(kind, rule, evidence, model, former=model)
    if not evidence:
        assert outcome is None
        return
    assert outcome.kind == found.kind
    if found.kind == "link" and rule == "evidence":
        assert outcome.candidate_id == found.candidate_id
    for fall in found.waterfalls:
        again = rescore(fall.to_json(), model, model)
        assert (again.parts, again.score, again.verdict) == (fall.parts, fall.score, fall.verdict)


@given(incomings, bases, models, models, st.booleans())
def test_a_score_under_other_weights_is_exactly_the_sum_of_its_parts(incoming, base, then, now, known):
    for fall in decide(incoming, base, then, CountedFrequencies(base * 40)).waterfalls:
        again = rescore(json.loads(json.dumps(fall.to_json())), now, then if known else None)
        assert again.score == sum(part.weight for part in again.parts)
        for number, part in enumerate(again.parts):
            assert part.total == sum(term.weight for term in again.parts[: number + 1])


@given(incomings, bases, models, models)
def test_a_rule_that_made_two_customers_is_never_overruled_where_values_are_shared(incoming, base, then, now):
    assume(not now.sharing.is_independent())
    for fall in decide(incoming, base, then, NO_COUNTS).waterfalls:
        if any(veto.effect == "different" for veto in fall.vetoes):
            assert rescore(fall.to_json(), now, then).verdict == "different"
        elif fall.vetoes:
            assert rescore(fall.to_json(), now, then).verdict != "link"


@given(incomings, bases, models, models)
def test_scores_by_other_weights_are_those_of_a_decision_made_by_them(incoming, base, then, now):
    """With nothing counted there is nothing to estimate: the replay is exact."""
    fresh = {fall.candidate_id: fall.score for fall in decide(incoming, base, now, NO_COUNTS).waterfalls}
    for fall in decide(incoming, base, then, NO_COUNTS).waterfalls:
        if fall.candidate_id in fresh:
            assert rescore(fall.to_json(), now, then).score == fresh[fall.candidate_id]


SURE = person("in", "Ulrike", "Albers", email="ulrike@gmx.de", phone="+496912345678", **HOME)
SAME = person(1, "Ulrike", "Albers", email="ulrike@gmx.de", phone="+496912345678", **HOME)


def test_a_higher_threshold_turns_links_into_reviews_and_a_higher_floor_into_new_customers():
    kind, rule, evidence = logged(decide(SURE, [SAME], DEFAULT_MODEL, NO_COUNTS))
    score = evidence[0]["evidence"]["score"]
    assert kind == "link"
    assert replay(kind, rule, evidence, replace(DEFAULT_MODEL, link=score)).kind == "link"
    assert replay(kind, rule, evidence, replace(DEFAULT_MODEL, link=score + 1)) == Outcome("review", 1, score)
    strict = replace(DEFAULT_MODEL, link=score + 1, review=score + 1)
    assert replay(kind, rule, evidence, strict).kind == "create"


def test_a_number_in_common_stays_worth_a_review():
    found = decide(
        company("in", "Nordlicht GmbH", vat=VAT), [company(1, "Abendrot AG", vat=VAT)], DEFAULT_MODEL, NO_COUNTS
    )
    strict = replace(DEFAULT_MODEL, link=9000, review=9000)
    assert found.kind == "review"
    assert replay(*logged(found), strict).kind == "review"


def test_a_large_base_stays_large():
    """A base of a million makes the prior lower than the model's; other weights do not raise it."""
    counts = CountedFrequencies()
    counts._totals["family"] = 1_000_000
    _kind, _rule, [candidate] = logged(decide(SURE, [SAME], DEFAULT_MODEL, counts))
    bold = replace(DEFAULT_MODEL, prior={"person": 0.4, "company": 0.4})
    stored = candidate["evidence"]["parts"][0]["weight"]
    assert rescore(candidate["evidence"], bold, DEFAULT_MODEL).parts[0].weight == stored
    assert rescore(candidate["evidence"], bold).parts[0].weight == stored
    small = decide(SURE, [SAME], DEFAULT_MODEL, NO_COUNTS).waterfalls[0].to_json()
    assert rescore(small, bold, DEFAULT_MODEL).parts[0].weight == bold.prior_weights["person"]


def test_who_moved_counts_once_under_other_weights_too():
    moved = person(1, "Ulrike", "Albers", email="ulrike@gmx.de", **ELSEWHERE)
    fall = decide(SURE, [moved], DEFAULT_MODEL, NO_COUNTS).waterfalls[0].to_json()
    model = other_weights(0.5)
    weights = model.weights["person"]
    parts = {part.field: part.weight for part in rescore(fall, model, DEFAULT_MODEL).parts}
    assert parts["address"] == -max(weights["street"]["different"], weights["locality"]["different"]) > 0


def test_a_common_value_takes_away_its_own_weight_at_most():
    fall = {
        "candidate_id": 1, "verdict": "ask", "vetoes": [], "score": 0,
        "parts": [
            {"field": "prior", "level": "", "weight": -1229, "total": -1229},
            {"field": "email", "level": "exact", "weight": 1381, "total": 152},
            {"field": "email", "level": "frequency", "weight": -1300, "total": -1148},
        ],
    }  # fmt: skip
    weak = other_weights(1000.0)
    parts = rescore(fall, weak, DEFAULT_MODEL).parts
    assert [part.weight for part in parts if part.field == "email"] == [
        weak.weights["person"]["email"]["exact"],
        -weak.weights["person"]["email"]["exact"],
    ]


@pytest.mark.parametrize("rule", ["already_bound", "other_company", "parent_missing", "twin"])
def test_what_was_doubted_beside_the_evidence_is_asked_again(rule):
    kind, _rule, evidence = logged(decide(SURE, [SAME], DEFAULT_MODEL, NO_COUNTS))
    assert kind == "link"
    assert replay("review", rule, evidence, DEFAULT_MODEL, DEFAULT_MODEL).kind == "review"


def test_a_review_stays_until_it_is_answered():
    kind, _rule, evidence = logged(decide(SURE, [SAME], DEFAULT_MODEL, NO_COUNTS))
    unreachable = replace(DEFAULT_MODEL, link=9000, review=9000)
    assert replay("review", "asked", evidence, unreachable, DEFAULT_MODEL).kind == "review"
    assert replay("review", "score", evidence, unreachable, DEFAULT_MODEL).kind == "create"


def test_several_that_could_be_linked_are_linked_only_where_they_were_found_to_be_one():
    duplicate = person(2, "Ulrike", "Albers", email="ulrike@gmx.de", **HOME)
    kind, rule, evidence = logged(decide(SURE, [SAME, duplicate], DEFAULT_MODEL, NO_COUNTS))
    assert (kind, rule) == ("link", "survivor")
    assert replay(kind, rule, evidence, DEFAULT_MODEL, DEFAULT_MODEL).kind == "link"
    assert replay("review", "tie", evidence, DEFAULT_MODEL, DEFAULT_MODEL).kind == "review"


def test_a_decision_without_evidence_is_not_guessed_at():
    assert replay("link", "evidence", [], DEFAULT_MODEL) is None
    assert replay("review", "twin", [{"id": 1, "reasons": ["Agrees"]}], DEFAULT_MODEL) is None


def test_levels_and_fields_that_the_weights_do_not_know_weigh_nothing():
    data = DEFAULT_MODEL.to_json()
    del data["probabilities"]["person"]["birthdate"]
    old = Model.from_json(data)
    born = {"birthdate": "1970-05-06", **HOME}
    fall = decide(
        person("in", "Ulrike", "Albers", **born), [person(1, "Ulrike", "Albers", **born)], DEFAULT_MODEL, NO_COUNTS
    )
    parts = rescore(fall.waterfalls[0].to_json(), old, DEFAULT_MODEL).parts
    assert "birthdate" not in {part.field for part in parts}


LINKED, MISLINKED, ASKED, NEW = (
    Outcome("link", 1, 900),
    Outcome("link", 2, 900),
    Outcome("review", 1, 0),
    Outcome("create", 1, -900),
)


@pytest.mark.parametrize(
    ("answer", "linked", "mislinked", "asked", "new"),
    [
        (Answer(right=1), "right_link", "wrong_link", "asked", "duplicate"),
        (Answer(right=1, wrong=frozenset([1])), "right_link", "wrong_link", "asked", "duplicate"),
        (Answer(new=True), "wrong_link", "wrong_link", "asked", "right_new"),
        (Answer(wrong=frozenset([1])), "wrong_link", "open", "asked", "open"),
        (Answer(), "open", "open", "open", "open"),
    ],
)
def test_outcomes_are_judged_by_what_people_said(answer, linked, mislinked, asked, new):
    assert [judge(outcome, answer) for outcome in (LINKED, MISLINKED, ASKED, NEW)] == [linked, mislinked, asked, new]


def test_rates_say_nothing_of_nothing():
    assert rates({}) == {"precision": None, "recall": None, "review": None}
    counts = {"right_link": 3, "wrong_link": 1, "known": 6, "asked": 2, "answered": 8}
    assert rates(counts) == {"precision": 0.75, "recall": 0.5, "review": 0.25}
