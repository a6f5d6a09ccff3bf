"""Learning from a retailer's own customers: what is compared, and what learning may not do."""

from dataclasses import replace

from retail_sync.domain.identity.learn.learning import learn, nearest_pairs, never_bolder
from retail_sync.domain.identity.score.default_model import DEFAULT_MODEL

from .given import HOME, person


def household(number, phone=""):
    """Return a person who lives alone in a street."""
    return person(
        number, f"Vor{number}", f"Nach{number * 7}", street=f"Weg{number} {number}", zip=str(10000 + number),
        city="Ort", phone=phone,
    )  # fmt: skip


def test_learning_never_lowers_a_threshold_and_keeps_a_higher_one():
    bold = replace(DEFAULT_MODEL, link=0, review=-900, match=-900, group=-900, trusted=0)
    assert never_bolder(bold, DEFAULT_MODEL) == DEFAULT_MODEL
    careful = replace(DEFAULT_MODEL, link=900, review=100)
    assert never_bolder(careful, DEFAULT_MODEL) == careful


def test_each_two_that_share_a_key_are_compared_once():
    rows = [person(number, "Ulrike", "Albers", **HOME) for number in (3, 1, 2)]
    pairs = nearest_pairs([*rows, household(9)])
    assert [(left.id, right.id) for left, right in pairs] == [(1, 2), (1, 3), (2, 3)]


def test_sharing_of_few_customers_stays_unknown():
    learnt = learn([household(number) for number in range(20)], DEFAULT_MODEL)
    assert learnt.model.sharing == DEFAULT_MODEL.sharing
    assert (learnt.people, learnt.companies) == (20, 0)


def test_phones_are_unmeasured_where_their_other_users_are_not_at_hand():
    base = [household(number, f"+4930{number:07d}") for number in range(600)]
    assert learn(base, DEFAULT_MODEL).model.sharing.phone == 0.0
    unknown = learn(base, DEFAULT_MODEL, callers=None).model.sharing
    assert (unknown.phone, unknown.address) == (None, 0.0)
    callers = [household(1000 + number, f"+4930{number:07d}") for number in range(300)]
    shared = learn(base, DEFAULT_MODEL, callers, callers).model.sharing
    assert shared.phone > 0.3
    assert shared.address == 0.0, "those outside of the sample tell nothing of its houses"
