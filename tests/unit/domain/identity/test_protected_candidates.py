"""Decisions among candidates of which some may never be linked."""

from retail_sync.domain.identity.decide.decision import CREATE, LINK, REVIEW, Decision, Waterfall
from retail_sync.domain.identity.decide.protected_candidates import decide_beside

from .given import person

COLLEAGUE, CUSTOMER = 1, 2


def fall(candidate_id, score, verdict="link"):
    return Waterfall(candidate_id, verdict, score, (), (), 1000, 500, "test")


def deciding(scores, kind=LINK):
    """Return a decision-maker that takes the best of the candidates, and notes how often it was asked."""
    asked = []

    def decide(candidates):
        falls = sorted((fall(found.id, scores[found.id]) for found in candidates), key=lambda found: -found.score)
        asked.append([found.candidate_id for found in falls])
        ids = tuple(found.candidate_id for found in falls)
        if not falls:
            return Decision(CREATE, None, "no_candidate")
        return Decision(kind, ids[0] if kind == LINK else None, "evidence", (), ids, tuple(falls))

    decide.asked = asked
    return decide


def both():
    return [person(COLLEAGUE), person(CUSTOMER)]


def test_a_page_without_protected_candidates_is_decided_once():
    decide = deciding({COLLEAGUE: 20, CUSTOMER: 10})
    assert decide_beside(both(), (), decide).candidate_id == COLLEAGUE
    assert len(decide.asked) == 1


def test_a_customer_with_as_much_evidence_is_preferred():
    decision = decide_beside(both(), {COLLEAGUE}, deciding({COLLEAGUE: 20, CUSTOMER: 20}))
    assert (decision.kind, decision.candidate_id) == (LINK, CUSTOMER)


def test_a_record_that_is_most_like_a_colleague_is_not_linked_to_the_next_best():
    decision = decide_beside(both(), {COLLEAGUE}, deciding({COLLEAGUE: 21, CUSTOMER: 20}))
    assert decision.suggestions[0] == COLLEAGUE


def test_a_customer_that_is_linked_anyway_is_decided_once():
    decide = deciding({COLLEAGUE: 10, CUSTOMER: 20})
    assert decide_beside(both(), {COLLEAGUE}, decide).candidate_id == CUSTOMER
    assert len(decide.asked) == 1


def test_a_review_stays_one_where_no_customer_can_be_linked():
    decision = decide_beside(both(), {COLLEAGUE}, deciding({COLLEAGUE: 20, CUSTOMER: 20}, kind=REVIEW))
    assert (decision.kind, decision.suggestions[0]) == (REVIEW, COLLEAGUE)


def test_a_new_record_is_decided_once():
    decide = deciding({})
    assert decide_beside([], {COLLEAGUE}, decide).kind == CREATE
    assert len(decide.asked) == 1
