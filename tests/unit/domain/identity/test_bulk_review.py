import pytest

from retail_sync.domain.identity.bulk_review import (
    CREATE,
    LINK,
    NON_MATCH,
    SECOND,
    Review,
    agrees_most,
    is_tie,
    plan,
    score_of,
)


def ask(number, **values):
    return Review(**{"id": number, "platform": 1, "suggestion": 100 + number, **values})


def test_everything_that_fits_is_chosen_in_order():
    assert plan(LINK, [ask(2), ask(1)]).chosen == (1, 2)
    assert plan(LINK, [ask(2), ask(1)]).skipped == {}


@pytest.mark.parametrize(
    ("values", "why", "answers"),
    [
        ({"is_open": False}, "answered", (LINK, CREATE, NON_MATCH)),
        ({"may_answer": False}, "no_access", (LINK, CREATE, NON_MATCH)),
        ({"as_seen": False}, "changed", (LINK, CREATE, NON_MATCH)),
        ({"suggestion": None}, "no_suggestion", (LINK, NON_MATCH)),
        ({"may_link": False}, "no_customer_access", (LINK,)),
        ({"linked": True}, "linked", (LINK,)),
    ],
)
def test_what_does_not_fit_is_left_out_with_its_reason(values, why, answers):
    for answer in (LINK, CREATE, NON_MATCH):
        found = plan(answer, [ask(1, **values)])
        if answer in answers:
            assert (found.chosen, found.skipped) == ((), {why: (1,)})
        else:
            assert (found.chosen, found.skipped) == ((1,), {})


def test_of_those_that_want_one_customer_the_one_with_most_evidence_is_linked():
    wanted = [ask(1, suggestion=7, score=900), ask(2, suggestion=7, score=1200), ask(3, suggestion=7, score=1200)]
    found = plan(LINK, wanted)
    assert found.chosen == (2,)
    assert found.skipped == {"rival": (1, 3)}
    assert plan(CREATE, wanted).chosen == (1, 2, 3)


def test_second_records_are_those_of_customers_who_are_linked_already():
    asked = [ask(1, suggestion=7, linked=True), ask(2, suggestion=7, linked=True), ask(3), ask(4, suggestion=None)]
    asked.append(ask(5, linked=True, may_link=False))
    found = plan(SECOND, asked)
    assert found.chosen == (1, 2)
    assert found.skipped == {"not_linked": (3,), "no_suggestion": (4,), "no_customer_access": (5,)}


def test_no_record_is_linked_unseen_against_the_evidence():
    """One tax id in common, and all else different, was linked with the rest of its group."""
    for answer, linked in ((LINK, False), (SECOND, True)):
        found = plan(answer, [ask(1, score=-1, linked=linked), ask(2, suggestion=3, score=0, linked=linked)])
        assert (found.chosen, found.skipped) == ((2,), {"against": (1,)})
    for answer in (CREATE, NON_MATCH):
        assert plan(answer, [ask(1, score=-1)]).chosen == (1,)


def test_two_platforms_may_have_a_record_each_of_one_customer():
    assert plan(LINK, [ask(1, suggestion=7), ask(2, suggestion=7, platform=2)]).chosen == (1, 2)


def test_one_that_does_not_fit_takes_no_customer_from_another():
    found = plan(LINK, [ask(1, suggestion=7, score=900, as_seen=False), ask(2, suggestion=7)])
    assert found.chosen == (2,)


def candidate(*parts, score=500):
    return {"id": 1, "evidence": {"score": score, "parts": [{"field": f, "weight": w} for f, w in parts]}}


def test_what_agrees_most_counts_how_rare_it_is():
    first = candidate(("prior", 2000), ("email", 900), ("email", -600), ("phone", 500), ("name", -200))
    assert agrees_most([first, candidate(("name", 9000))]) == "phone"
    assert score_of([first]) == 500


def test_a_tie_is_between_the_first_two_that_were_weighed():
    assert is_tie([candidate(score=900), candidate(score=900), candidate(score=1)])
    assert not is_tie([candidate(score=900), candidate(score=880)])
    assert not is_tie([candidate(score=900)])
    assert not is_tie([{"id": 1}, {"id": 2}])
    assert not is_tie(None)


def test_nothing_agrees_where_nothing_speaks_for_it():
    assert agrees_most([candidate(("name", -100))]) == ""
    assert agrees_most([{"id": 1, "reasons": ["twin"]}]) == ""
    assert agrees_most(None) == ""
    assert score_of([{"id": 1}]) == 0
