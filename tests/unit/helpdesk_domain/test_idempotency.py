"""A request happens once: the key and what is stored under it decide."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from retail_sync_helpdesk.domain.api.canonical_json import NotCanonical
from retail_sync_helpdesk.domain.api.idempotency import (
    Outcome,
    StoredKey,
    decide,
    is_final,
    key_of,
    lifetime,
    request_hash,
)

NOW = datetime(2026, 11, 30, 12)
OPEN = StoredKey("h", NOW + timedelta(days=1))
DONE = replace(OPEN, status=201, answer='{"b":1,"a":2}')


@pytest.mark.parametrize(
    ("stored", "locked", "hash_now", "outcome", "status"),
    [
        (None, True, "h", Outcome.first, 0),
        (None, False, "h", Outcome.in_progress, 409),
        (OPEN, True, "h", Outcome.resume, 0),
        (OPEN, False, "h", Outcome.in_progress, 409),
        (DONE, True, "h", Outcome.replay, 201),
        (DONE, False, "h", Outcome.replay, 201),
        (DONE, True, "other", Outcome.mismatch, 422),
        (OPEN, False, "other", Outcome.mismatch, 422),
        (replace(DONE, expires_at=NOW), True, "h", Outcome.expired, 409),
        (replace(DONE, expires_at=NOW), True, "other", Outcome.mismatch, 422),
    ],
)
def test_what_a_request_is(stored, locked, hash_now, outcome, status):
    found = decide(stored, locked, hash_now, NOW)
    assert (found.outcome, found.status) == (outcome, status)
    assert found.acts is (outcome in (Outcome.first, Outcome.resume))
    assert bool(found.problem) is (outcome not in (Outcome.first, Outcome.resume, Outcome.replay))


def test_a_replay_is_the_answer_byte_for_byte():
    assert decide(DONE, True, "h", NOW).answer == DONE.answer


def test_who_comes_too_early_is_asked_to_wait_a_second_and_gets_an_answer_at_once():
    assert decide(None, False, "h", NOW).retry_after == 1


BODY = b'{"lines": [{"id": 1, "quantity": 2}], "reason": "damaged"}'


def hashed(method="POST", path="/orders/7/refunds", scope="key/3:1,2", body=BODY):
    return request_hash(method, path, scope, body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"reason":"damaged","lines":[{"quantity":2,"id":1}]}',
        b'{"reason":"damaged","lines":[{"quantity":2.0,"id":1}]}\n',
    ],
)
def test_the_same_request_written_differently_has_one_hash(body):
    assert hashed(body=body) == hashed()


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"path": "/orders/8/refunds"},
        {"scope": "key/3:1"},
        {"body": BODY.replace(b"2", b"3")},
        {"body": b""},
        {"body": b"null "},
    ],
)
def test_another_request_has_another_hash(change):
    assert hashed(**change) != hashed()


def test_a_body_of_two_meanings_has_no_hash():
    with pytest.raises(NotCanonical):
        hashed(body=b'{"amount":1,"amount":100}')


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("abc-1", "abc-1"),
        ('"abc-1"', "abc-1"),
        (" abc ", "abc"),
        (None, None),
        ("", None),
        ('""', None),
        ("a b", None),
        ("a\nb", None),
        ("é", None),
        ("x" * 255, "x" * 255),
        ("x" * 256, None),
    ],
)
def test_what_counts_as_a_key(header, key):
    assert key_of(header) == key


@pytest.mark.parametrize(
    ("status", "problem", "final"),
    [
        (200, "", True),
        (201, "", True),
        (202, "", True),
        (409, "approval_refused", True),
        (409, "not_eligible", False),
        (409, "preview_stale", False),
        (429, "rate_limited", False),
        (500, "internal_error", False),
        (503, "busy", False),
    ],
)
def test_answers_that_are_repeated(status, problem, final):
    assert is_final(status, problem) is final


def test_money_is_remembered_longer_than_a_dispute_lasts():
    assert lifetime(True) == timedelta(days=400)
    assert lifetime(False) >= timedelta(hours=24)


class Requests(RuleBasedStateMachine):
    """Equal requests arrive while others work, crash before and after their commit, and lose their answers."""

    def __init__(self):
        super().__init__()
        self.rows, self.effects, self.working, self.answers = {}, {}, set(), {}

    keys = st.sampled_from("ab")
    hashes = st.sampled_from(["h1", "h2"])

    @rule(key=keys, hash_now=hashes)
    def arrive(self, key, hash_now):
        locked = key not in self.working
        found = decide(self.rows.get(key), locked, hash_now, NOW)
        if found.acts:
            assert locked
            self.working.add(key)
            self.working_hash = {**getattr(self, "working_hash", {}), key: hash_now}
        elif found.outcome is Outcome.replay:
            assert (found.status, found.answer) == self.answers[key]
            assert self.rows[key].request_hash == hash_now

    @rule(key=keys)
    def commit(self, key):
        if key in self.working:
            self.effects[key] = self.effects.get(key, 0) + 1
            answer = f"answer {len(self.answers)}"
            self.rows[key] = StoredKey(self.working_hash[key], NOW + timedelta(days=1), 201, answer)
            self.answers[key] = (201, answer)
            self.working.discard(key)

    @rule(key=keys)
    def crash(self, key):
        self.working.discard(key)

    @invariant()
    def happens_once(self):
        assert all(count == 1 for count in self.effects.values())


TestRequests = Requests.TestCase


names = st.text(alphabet="a/b,:", max_size=5)


@given(names, names, names, names)
def test_paths_and_scopes_do_not_run_into_each_other(path, scope, other_path, other_scope):
    first, second = hashed(path=path, scope=scope), hashed(path=other_path, scope=other_scope)
    same = (path.rstrip("/"), scope) == (other_path.rstrip("/"), other_scope)
    assert (first == second) is same
