import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.resilience.faults import TEAM, FaultClass, FaultError, Rule, classify_by_rules, retry_delay

RETRIED = [FaultClass.transient, FaultClass.unknown]
NEVER = [fault for fault in FaultClass if fault not in RETRIED]


def test_the_class_is_its_word():
    assert FaultClass.auth == "auth"
    assert f"{FaultClass.auth}" == str(FaultClass.auth) == "auth"
    assert json.dumps([FaultClass.auth]) == '["auth"]'
    assert FaultClass("gone") is FaultClass.gone


def test_each_class_has_a_team():
    assert set(TEAM) == set(FaultClass)
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


@pytest.mark.parametrize("fault", NEVER)
def test_no_retry_where_trying_again_changes_nothing(fault):
    assert retry_delay(fault, 1, retry_after=5) is None


def test_an_unknown_fault_is_tried_twice():
    assert [retry_delay("unknown", n, rng=HIGHEST) for n in range(1, 4)] == [30, None, None]


@given(st.sampled_from(list(FaultClass)), st.integers(-5, 10**6), st.none() | st.floats(0, 1e6), st.integers())
def test_a_delay_is_never_negative_and_ends(fault, attempt, retry_after, seed):
    delay = retry_delay(fault, attempt, retry_after, random.Random(seed))
    if delay is not None:
        assert delay >= 0
        assert delay <= max(300, retry_after or 0)
    if attempt >= 6:
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
    Rule("FIELD_*", sequence=20, key="field"),
    Rule("field_*", "unable to * row", sequence=10, key="lock"),
    Rule("INVALID_?IELD", key="exactly"),
]


@pytest.mark.parametrize(
    ("code", "message", "key"),
    [
        ("FIELD_X", "bad value", "field"),
        ("FIELD_X", "UNABLE TO\nLOCK ROW", None),  # not the words of the pattern: "to" and a blank
        ("FIELD_X", "Seen: Unable to lock the row 7", "lock"),
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
    rules = [Rule(key=1), Rule(key=2)]
    assert classify_by_rules(rules, "X", "").key == 1
    assert classify_by_rules(reversed(rules), "X", "").key == 2


@pytest.mark.parametrize("message", [r"^([a-z. ]+)+[0-9]$", "x" * 201])
def test_a_bad_pattern_is_refused_when_it_is_made(message):
    with pytest.raises(ValueError, match="Write the words|at most 200"):
        Rule(message=message)
